"""Journey 5: the clock owes last month's reports, a real worker makes them, people take them."""

import hashlib
import io
import json
import time
import zipfile
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from celery import current_app
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from audit.models import Access
from ecmo.celery import app
from reports.models import Report, ReportState
from tests.cast import member
from tests.factories import PASSWORD, CentreFactory, PatientFactory, UnitFactory
from tests.reports.situations import ended_run, whole_run

PATIENCE_S = 90
CANARY = "Wagtail"


def last_month_of(now):
    first = now.replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=1)


@pytest.fixture
def ward(transactional_db):
    """A centre in UTC with two runs that ended last month, one of them told wholly."""
    centre = CentreFactory(code="north", name="North", elso_number="9001", timezone="UTC")
    unit = UnitFactory(centre=centre)
    by = member("sam", Role.SPECIALIST, unit=unit)
    on = last_month_of(timezone.now()) + timedelta(days=2)
    whole = PatientFactory(unit=unit, mrn="M1", family_name=CANARY)
    whole_run(whole, by, on=on)
    ended_run(PatientFactory(unit=unit, mrn="M2", family_name=CANARY), by, on=on)
    return centre


def tick():
    """Send what the beat table sends on the first days of a month."""
    current_app.send_task(app.conf.beat_schedule["reports-monthly"]["task"])


def wait_for(count, state):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if Report.objects.filter(state=state).count() == count:
            return
        time.sleep(0.2)
    raise AssertionError(list(Report.objects.values_list("kind", "state", "error")))


def signed_in(client, user):
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    return client


def taken(client, report, media_type):
    file = report.files.get(media_type=media_type)
    answer = client.get(reverse("reports:report-file", args=[report.public_id, file.public_id]))
    assert hashlib.sha256(answer.content).hexdigest() == file.sha256
    return answer.content


def test_last_months_reports_are_made_once_taken_and_signed(ward, celery_worker_process, client):
    coordinator = member("cleo", Role.COORDINATOR, centre=ward)
    director = member("dana", Role.DIRECTOR, centre=ward)

    tick()
    wait_for(2, ReportState.TO_REVIEW)
    tick()
    current_app.send_task("reports.produce", [Report.objects.first().pk])
    current_app.send_task("reports.sweep")
    time.sleep(2)

    assert Report.objects.count() == 2
    registry, programme = (Report.objects.get(kind=kind) for kind in ("registry", "programme"))
    assert registry.month == last_month_of(timezone.now()).date()
    assert (registry.summary["exported"], len(registry.summary["held_back"])) == (1, 1)

    signed_in(client, coordinator)
    with zipfile.ZipFile(io.BytesIO(taken(client, registry, "application/zip"))) as bundle:
        assert json.loads(bundle.read("manifest.json"))["runs"] == 1
        assert CANARY.encode() not in b"".join(map(bundle.read, bundle.namelist()))
    document = taken(client, programme, "application/pdf")
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert opened.Root.Lang == "en-GB"
    pages = pypdfium2.PdfDocument(document)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "Programme report" in text
    assert CANARY.upper() not in text.upper()
    assert Access.objects.filter(user_name=str(coordinator)).count() >= 2

    client.logout()
    signed_in(client, director)
    client.post(reverse("reports:report-sign", args=[registry.public_id]))
    registry.refresh_from_db()
    assert (registry.state, registry.signed_by) == (ReportState.SIGNED, director)


def test_a_coordinator_asks_for_the_next_revision_and_it_comes(ward, celery_worker_process, client):
    coordinator = member("cleo", Role.COORDINATOR, centre=ward)
    signed_in(client, coordinator)
    month = last_month_of(timezone.now()).date()
    wanted = {"kind": "registry", "month": month.isoformat(), "centre": ward.public_id}

    for revision in (1, 2):
        answer = client.post(reverse("reports:report-ask"), wanted)
        assert answer.status_code == 302
        until = time.monotonic() + PATIENCE_S
        while not Report.objects.filter(revision=revision, state="to_review").exists():
            assert time.monotonic() < until
            time.sleep(0.2)

    first, second = Report.objects.order_by("revision")
    assert (first.state, second.state) == (ReportState.SUPERSEDED, ReportState.TO_REVIEW)
    assert "Traceback" not in celery_worker_process.log.read_text()
