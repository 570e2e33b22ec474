"""A patient's name and number go nowhere but onto pages, documents and the database."""

import logging
import re
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert
from audit.models import Access
from circuits.models import ComponentUse
from labs.models import Result
from launcher.processes import wait_until
from notifications.models import Notification
from patients.models import Patient
from reports.models import Report, ReportState
from staffing.models import Duty
from tests.canary.conftest import CANARY, Remembering, sings
from tests.factories import PatientFactory, PersonFactory, ShiftFactory
from tests.interop.messages import HEADER
from tests.interop.test_receiving import NOON_ORDER, message, obx
from tests.journeys.people import Person, machine
from tests.journeys.test_monthly_report import last_month_of
from tests.reports.situations import ended_run
from tests.scenarios import device

PATIENCE = 60  # seconds
FAMILY, GIVEN, MRN = CANARY
PID = f"PID|1||{MRN}^^^HOSP^MR||{FAMILY}^{GIVEN}||19800517|F"


@pytest.fixture
def ward(transactional_db, unit, nurse, centre, specialist):
    """A nurse on call; a run of the canary's namesake that ended last month."""
    shift_began = timezone.now() - timedelta(hours=2)
    ShiftFactory(
        person=PersonFactory(unit=unit, user=nurse), duty=Duty.BEDSIDE, starts_at=shift_began
    )
    past = PatientFactory(unit=unit, mrn=f"{MRN}X", family_name=FAMILY, given_name=GIVEN)
    ended_run(past, specialist, on=last_month_of(timezone.now()) + timedelta(days=2))
    return unit


@pytest.fixture
def cleo(ward, coordinator):
    return Person(coordinator, Remembering())


@pytest.fixture
def lab(ward, lab_interface):
    client = machine(lab_interface)

    def send(control_id, pid=PID, **parts):
        now = timezone.now().strftime("%Y%m%d%H%M%S+0000")
        header = HEADER.replace("|M1|", f"|{control_id}|")
        order = re.sub(r"2026\d{10}\+0000", now, NOON_ORDER)
        raw = message(obx(at=now, **parts), patient=pid, order=order, header=header)
        return client.post("/api/v1/hl7/", raw.encode(), content_type="application/hl7-v2")

    return send


def admits(person, unit):
    form = {"family_name": FAMILY, "given_name": GIVEN, "mrn": MRN, "assigning_authority": "HOSP"}
    form |= {"born_at": "17-May-1980 00:00", "sex": "female", "bed": "7", "unit": unit.pk}
    assert person.saves(reverse("patients:patient-create"), **form).status_code == 302
    assert person.saves(reverse("patients:patient-create"), **form).status_code == 422
    return Patient.objects.get(mrn=MRN)


def turns_on(person, patient, unit):
    form = {"patient": patient.pk, "unit": unit.pk, "started_at": "-120", "mode": "VV"}
    assert person.saves(reverse("circuits:support-start"), **form).status_code == 302
    return patient.runs.get()


def works(person, run):
    """Whatever a shift enters about a run, and one thing that is refused."""

    def saves(name, *rest, status=302, **typed):
        url = reverse(name, args=[run.public_id, *rest])
        assert person.saves(url, **typed).status_code == status, (name, typed)

    saves("circuits:weight-create", weight_kg="80", basis="actual", measured_at="-60")
    saves("circuits:cannula-create", site="femoral_v", purpose="drainage", inserted_at="-60")
    for kind in ("oxygenator", "console"):
        part = {"model": device(kind).pk, "serial": f"S-{kind}", "installed_at": "-100"}
        saves("circuits:component-install", **part)
    suction = {"v_blood_flow": "4.1", "v_p_drainage": "-170", "note": f"{FAMILY} was turned"}
    saves("circuits:check-create", checked_at="-5", status=422, **suction)
    saves("circuits:check-create", checked_at="-5", confirm=["p_drainage"], **suction)
    saves("circuits:check-create", checked_at="31-Dec-2099 10:00", status=422, v_blood_flow="4.1")
    saves("labs:result-create", collected_at="-20", aptt="55")
    heparin = {"agent": "ufh", "rate": "12", "rate_unit": "[IU]/kg/h", "weight_kg": "80"}
    saves("labs:infusion-start", **heparin, weight_basis="actual", changed_at="-30")
    plan = {"agent": "ufh", "driver": "aptt", "target_low": "50", "target_high": "70"}
    saves("labs:plan-set", **plan, starts_at="-30")
    saves("patients:event-create", "bleeding", site=f"{FAMILY}'s cannula", starts_at="-10")
    saves("patients:event-create", "diagnosis", label="ARDS", icd10="J80")


def looks_and_corrects(person, patient, run):
    """Open whatever there is to see, search by name and number, correct, exchange, amend."""
    client, check = person.client, run.checks.get()
    for words in (FAMILY, f"{GIVEN} {FAMILY}".lower(), MRN, f"{FAMILY} nobody"):
        client.post(reverse("patients:patient-list"), {"q": words}, follow=True)
    for view in ("cards", "table", "wall"):
        person.opens(reverse("board"), view=view)
    use = ComponentUse.objects.get(kind="oxygenator", circuit__run=run)
    exchange = {
        f"p{use.pk}-model": device("oxygenator").pk,
        "reason": "clot",
        "exchanged_at": "-2",
        "is_told_later": "on",
    }
    corrections = {
        reverse("circuits:check-amend", args=[check.public_id]): {"blood_flow": "4.3"},
        reverse(
            "labs:result-correct",
            args=[Result.objects.filter(sample__patient=patient).first().public_id],
        ): {"value": "56"},
        reverse("patients:patient-correct", args=[patient.public_id]): {"bed": "8"},
    }
    for url, typed in corrections.items():
        assert person.saves(url, **typed, reason=f"{FAMILY} was misread").status_code == 302
    exchanging = reverse("circuits:component-exchange", args=[use.public_id])
    assert person.saves(exchanging, **exchange).status_code == 302
    for name in PAGES_OF_A_RUN:
        assert person.opens(reverse(name, args=[run.public_id])).status_code == 200, name
    for name in ("patient-trail", "patients:patient-detail"):
        assert person.opens(reverse(name, args=[patient.public_id])).status_code == 200
    for name in ("access-list", "alerts:alert-list", "interop:message-list", "reports:report-list"):
        assert person.opens(reverse(name)).status_code == 200


PAGES_OF_A_RUN = [
    "circuits:run-overview",
    "circuits:run-trends",
    "circuits:support-detail",
    "circuits:limit-list",
    "circuits:check-list",
    "circuits:circuit-detail",
    "patients:event-list",
    "labs:anticoagulation",
    "labs:results",
    "alerts:run-history",
    "reports:run-registry",
    "reports:run-facts",
    "reports:run-summary",
]


def files_by_hand(person):
    """Find by name whom a message means, and set it aside."""
    held = person.opens(reverse("interop:message-list")).context["page"].object_list[0]
    page = reverse("interop:message-detail", args=[held.public_id])
    person.client.post(page, {"q": FAMILY}, follow=True)
    aside = reverse("interop:message-aside", args=[held.public_id])
    assert person.saves(aside, reason=f"{FAMILY} is known").status_code == 302


def asks_for_reports(person, centre):
    """Ask for both reports of last month, and take every file."""
    month = last_month_of(timezone.now()).date().isoformat()
    for kind in ("registry", "programme"):
        form = {"kind": kind, "month": month, "centre": centre.public_id}
        assert person.client.post(reverse("reports:report-ask"), form).status_code == 302
    ready = Report.objects.filter(state=ReportState.TO_REVIEW)
    assert wait_until(lambda: ready.count() == 2, PATIENCE)
    for report in ready:
        for file in report.files.all():
            url = reverse("reports:report-file", args=[report.public_id, file.public_id])
            assert person.opens(url).status_code == 200


def in_the_broker():
    """Whatever the broker holds now."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    held = list(client.scan_iter())
    for key in list(held):
        match client.type(key):
            case b"list":
                held += client.lrange(key, 0, -1)
            case b"hash":
                held += client.hgetall(key).values()
            case b"string":
                held.append(client.get(key))
    client.close()
    return held


@pytest.fixture
def clients(ward, cleo, lab, nurse, overheard, celery_worker_process, smtp_server, caplog):
    """What two people's browsers saw of a patient's whole stay."""
    caplog.set_level(logging.INFO)
    patient, noor = admits(cleo, ward), Person(nurse, Remembering())
    run = turns_on(cleo, patient, ward)
    works(cleo, run)
    assert lab("M1", value="131").content.count(b"|AA|") == 1
    lab("M2", pid=PID.replace(MRN, f"{MRN}7"))
    lab("M3", value="60", unit="parsec")
    looks_and_corrects(cleo, patient, run)
    files_by_hand(cleo)
    for alert in Alert.objects.open().exclude(run=None):
        url = reverse("alerts:alert-acknowledge", args=[alert.public_id])
        noor.client.post(url, {"note": f"{FAMILY} was turned"})
    off = reverse("circuits:support-end", args=[run.public_id])
    assert cleo.saves(off, ended_at="now", end_reason="").status_code == 302
    asks_for_reports(cleo, ward.centre)
    asks_the_api(cleo, patient, run, ward)
    assert wait_until(lambda: smtp_server.messages, PATIENCE)
    return [cleo.client, noor.client]


def asks_the_api(person, patient, run, unit):
    """Read through the API, and be refused there."""
    api = machine(person.opens(reverse("patients:patient-list")).context["user"])
    mine = (f"patients/{patient.public_id}/", f"runs/{run.public_id}/")
    for path in ("patients/", "alerts/", *mine):
        assert api.get(f"/api/v1/{path}").status_code == 200
    taken = {"mrn": MRN, "family_name": FAMILY, "unit": str(unit.public_id)}
    assert api.post("/api/v1/patients/", taken, format="json").status_code == 409


def rows_of(model):
    return [" ".join(map(str, row)) for row in model.objects.values_list()]


def test_a_patient_is_named_on_pages_and_nowhere_else(
    clients, overheard, celery_worker_process, smtp_server, caplog
):
    answers = [answer for client in clients for answer in client.answers]
    written = [
        record.getMessage() + str(record.exc_text or "") for record in caplog.get_records("setup")
    ]

    assert len([a for a in answers if not a.streaming and sings(a.content.decode("latin-1"))]) > 20
    assert len(overheard) > 3
    silent = {
        "addresses": [address for client in clients for address in client.addresses],
        "titles": titles(answers),
        "headers": [str(answer.headers) for answer in answers],
        "log": written,
        "worker's log": [celery_worker_process.log.read_text()],
        "mails": [mail.as_string() for mail in smtp_server.messages],
        "messages": rows_of(Notification),
        "trail of readings": rows_of(Access),
        "alerts": rows_of(Alert),
        "broker": [str(one) for one in in_the_broker()],
        "commands to the broker": [str(one) for one in overheard],
    }
    assert all(silent.values())
    for where, texts in silent.items():
        assert_silent(where, texts)


def titles(answers):
    html = [
        a.content.decode() for a in answers if a.get("Content-Type", "").startswith("text/html")
    ]
    found = [
        title for page in html for title in re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    ]
    assert len(found) > 30
    return found


def assert_silent(where, texts):
    found = [text[-300:] for text in texts if sings(text)]
    assert not found, f"named in {where}: {found[:3]}"
