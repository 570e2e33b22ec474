"""What is typed wrongly on a page is said so in a sentence, and nothing is half written."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from circuits.models import Check
from labs.models import Result
from patients.models import Patient, Run, WeightEntry
from staffing.models import Shift
from tests.factories import NOON, PatientFactory
from tests.journeys.entries import ENTRIES, IDS, TIMES, count
from tests.journeys.people import Person, said
from web.models import IdempotencyRecord

TIMED = [(e, i) for e, i in zip(ENTRIES, IDS, strict=True) if e.time and e.time != "born_at"]
DURING = [(e, i) for e, i in TIMED if e.of in {"run", "use"}]
BEFORE_FLOW_IS_FINE = {
    "adjunct-start",
    "cannula-create",
    "result-create",
    "weight-create",
    "component-install",
    "infusion-start",
    "plan-set",
    "bed-move",
    "emergency-plan-set",
    "incident-create",
}
NO_TIMES = ("25:00", "2 pm", "11/02 10:00", "yesterday", "0001-01-01 00:00", "\x00", "🕐" * 60)
TEXTS = ("a\x00b", "Wren 🐦🫀", "<script>alert(1)</script>", "a\ud800b")
NOT_TEXT = TIMES | {"client_uuid", "csrfmiddlewaretoken"}


def refused(person, url, rows, /, **typed):
    """Send a form that must be refused; return its sentences."""
    before = count(rows)
    answer = person.saves(url, **typed)
    assert (answer.status_code, count(rows)) == (422, before)
    assert not IdempotencyRecord.objects.exists()
    assert said(answer)
    return said(answer)


@pytest.mark.parametrize("entry", [e for e, _ in DURING], ids=[i for _, i in DURING])
def test_a_time_before_flow_on_is_refused_where_the_run_must_be_on(ward, coordinator, entry):
    typed = {**ward.typed(entry), entry.time: "25-Feb-2026 10:00"}
    cleo, url, before = Person(coordinator), ward.page(entry), count(entry.rows)

    answer = cleo.saves(url, **typed)

    if entry.name.split(":")[1] in BEFORE_FLOW_IS_FINE:
        assert answer.status_code in {302, 422}
        return
    assert (answer.status_code, count(entry.rows)) == (422, before)
    assert said(answer)


@pytest.mark.parametrize("entry", [e for e, _ in TIMED], ids=[i for _, i in TIMED])
def test_a_time_that_is_none_or_in_the_future_is_refused_in_words(ward, coordinator, entry):
    cleo, url, typed = Person(coordinator), ward.page(entry), ward.typed(entry)
    for time in NO_TIMES:
        refused(cleo, url, entry.rows, **{**typed, entry.time: time})

    words = refused(cleo, url, entry.rows, **{**typed, entry.time: "02-Mar-2026 14:30"})

    assert "future" in words


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_no_text_breaks_a_form_and_none_is_run_as_markup(ward, coordinator, entry):
    cleo, url, typed = Person(coordinator), ward.page(entry), ward.typed(entry)
    for text in TEXTS:
        fields = {name: text for name in cleo.fills(url) if name not in NOT_TEXT}
        for sent in ({**typed, **fields}, {**fields, **typed}):
            assert_shown_as_text(cleo, url, cleo.fills(url, **sent))


def assert_shown_as_text(person, url, sent):
    body = urlencode(sent, doseq=True, errors="surrogatepass")
    answer = person.client.post(url, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {302, 422}
    shown = answer if answer.status_code == 422 else person.opens(answer.headers["Location"])
    assert shown.status_code in {200, 422}
    assert "<script>alert(1)" not in shown.content.decode()


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"v_blood_flow": "41"}, "41"),
        ({"v_blood_flow": "4 L"}, "only a number"),
        ({"v_p_drainage": "-6 kPa"}, "unit is already there"),
        ({"v_blood_flow": "1,234"}, "1,234"),
        ({"v_blood_flow": "9" * 40}, ""),
        ({"v_blood_flow": "1e999"}, ""),
        ({"v_blood_flow": "NaN"}, "only a number"),
        ({"v_blood_flow": "٤"}, ""),
        ({"v_fdo2": "5"}, ""),
        ({}, "no value"),
    ],
)
def test_a_value_that_cannot_be_is_refused_on_the_check(ward, specialist, typed, word):
    url = reverse("circuits:check-create", args=[ward.run.public_id])

    words = refused(Person(specialist), url, Check, checked_at="now", **typed)

    assert word in words


def test_a_value_that_is_merely_abnormal_is_asked_back_and_then_taken(ward, specialist):
    url, sam = reverse("circuits:check-create", args=[ward.run.public_id]), Person(specialist)

    asked = sam.saves(url, checked_at="now", v_blood_flow="0.60")
    taken = sam.saves(url, checked_at="now", v_blood_flow="0.60", confirm=["blood_flow"])

    assert (asked.status_code, taken.status_code) == (422, 302)
    assert [q["parameter"] for q in asked.context["questions"]] == ["blood_flow"]


@pytest.mark.parametrize("weight", ["800", "0.08", "80000", "eighty", "80 lb"])
def test_a_weight_that_cannot_be_is_refused(ward, specialist, weight):
    url = reverse("circuits:weight-create", args=[ward.run.public_id])

    refused(Person(specialist), url, WeightEntry, weight_kg=weight, measured_at="now")


@pytest.mark.parametrize("value", ["714", "aptt", "-3", "<>2"])
def test_a_result_that_cannot_be_is_refused(ward, specialist, value):
    url = reverse("labs:result-create", args=[ward.run.public_id])

    refused(Person(specialist), url, Result, collected_at="now", aptt=value)


def test_a_second_run_beside_the_first_is_refused_and_the_first_named(ward, specialist):
    url = reverse("circuits:support-start")

    refused(Person(specialist), url, Run, patient=ward.patient.pk, started_at="now")


def test_a_run_that_would_overlap_an_earlier_one_is_refused(ward, specialist):
    sam = Person(specialist)
    sam.saves(reverse("circuits:support-end", args=[ward.run.public_id]), ended_at="now")
    IdempotencyRecord.objects.all().delete()

    words = refused(
        sam,
        reverse("circuits:support-start"),
        Run,
        patient=ward.patient.pk,
        started_at="01-Mar-2026 20:00",
    )

    assert "already on ECMO in that time" in words


def test_a_number_that_is_taken_is_refused_with_what_to_do(ward, specialist):
    words = refused(
        Person(specialist),
        reverse("patients:patient-create"),
        Patient,
        mrn=ward.patient.mrn,
        family_name="Robin",
    )

    assert "Search for the MRN" in words


def test_a_person_in_two_places_is_refused(ward, coordinator):
    url, cleo = reverse("staffing:shift-create", args=[ward.unit.public_id]), Person(coordinator)
    typed = {"person": ward.nurse.public_id, "duty": "bedside", "day": "2026-03-04"}
    cleo.saves(url, **typed, begins="07:30", ends="20:00")
    IdempotencyRecord.objects.all().delete()

    refused(cleo, url, Shift, **typed, begins="19:00", ends="08:00")


def test_a_huge_form_is_refused_as_too_large(ward, specialist):
    url, sam = reverse("circuits:check-create", args=[ward.run.public_id]), Person(specialist)

    answer = sam.saves(url, checked_at="now", v_blood_flow="4.2", note="x" * 3_000_000)

    assert answer.status_code in {400, 413}
    assert Check.objects.count() == 1


@pytest.mark.parametrize("fields", [5_000])
def test_a_form_of_too_many_fields_is_refused(ward, specialist, fields):
    url = reverse("circuits:check-create", args=[ward.run.public_id])

    answer = Person(specialist).client.post(url, {f"f{n}": "x" for n in range(fields)})

    assert answer.status_code == 400


def test_a_check_of_a_fast_tablet_clock_says_to_check_the_clock(ward, specialist):
    an_hour_ahead = NOON + timedelta(hours=1)
    url = reverse("circuits:check-create", args=[ward.run.public_id])

    words = refused(
        Person(specialist),
        url,
        Check,
        checked_at=an_hour_ahead.isoformat(),
        v_blood_flow="4.2",
    )

    assert "clock" in words


def test_a_correction_of_what_somebody_else_has_changed_is_refused(ward, specialist, coordinator):
    url = reverse("patients:patient-correct", args=[ward.patient.public_id])
    sam, cleo = Person(specialist), Person(coordinator)
    stale = sam.fills(url, given_name="Robin", reason="misheard")
    cleo.saves(url, given_name="Jay", reason="misspelt")

    answer = sam.client.post(url, stale)

    assert (answer.status_code, Patient.objects.get(pk=ward.patient.pk).given_name) == (422, "Jay")
    assert "Somebody changed these details" in said(answer)
    assert 'value="Robin"' in answer.content.decode()


def test_an_amendment_of_what_somebody_else_has_amended_is_refused(ward, specialist, nurse):
    url = reverse("circuits:check-amend", args=[ward.check.public_id])
    stale = Person(specialist).fills(url, blood_flow="4.4", reason="misread")
    Person(nurse).saves(url, blood_flow="4.7", reason="misread")

    answer = Person(specialist).client.post(url, stale)

    assert (answer.status_code, Check.objects.count()) == (422, 2)
    assert "amended this check while you had it open" in said(answer)


def test_a_form_sent_without_the_sites_token_is_refused_in_words(ward, specialist):
    sam = Person(specialist)
    sam.client.handler.enforce_csrf_checks = True
    url = reverse("circuits:check-create", args=[ward.run.public_id])

    answer = sam.client.post(url, {"checked_at": "now", "v_blood_flow": "4.2"})

    assert (answer.status_code, Check.objects.count()) == (403, 1)
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("long", ["W" * 200, "Wolfeschlegelstein " * 10 + "bergerdor"])
def test_a_name_of_200_characters_is_taken_and_shown_whole(ward, coordinator, long):
    patient = PatientFactory(unit=ward.unit, family_name="x")
    url = reverse("patients:patient-correct", args=[patient.public_id])

    answer = Person(coordinator).saves(url, family_name=long, given_name=long, reason="as told")

    assert (answer.status_code, said(answer)) == (302, "")
    assert Patient.objects.get(pk=patient.pk).family_name == long.strip()
