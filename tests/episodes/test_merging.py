"""An unknown patient turns out to be a known one: one record, nothing lost, and back again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alerts.models import Due
from circuits.actions.support import decannulate, start_support
from episodes.actions.merging import (
    CannotMerge,
    NothingToUndo,
    NotUnknown,
    OnEcmoTwice,
    merge_patients,
    undo_merge,
)
from labs.actions.results import Charted, record_results
from labs.models import Sample
from patients.actions.patient import RecordMerged, admit_patient, correct_patient
from patients.actions.referral import name_patient, record_referral
from patients.models import Patient, PatientMerge
from tests.cast import member
from tests.factories import NOON, PatientFactory
from tests.journeys.people import Person, machine
from tests.scenarios import running_vv, with_circuit
from web.problems import NeedsConfirmation, RuleBroken

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
SAME = ["same_person"]


@pytest.fixture
def known(patient, specialist):
    """A known patient who was on ECMO last week."""
    run = running_vv(patient, specialist, at=NOON - 2 * WEEK)
    decannulate(run=run, ended_at=NOON - WEEK, by=specialist, at=NOON - WEEK)
    Patient.objects.filter(pk=patient.pk).update(bed="", sex="female")
    return Patient.objects.get(pk=patient.pk)


@pytest.fixture
def run(unit, specialist):
    """A run of today, of a patient whom nobody knows."""
    run = start_support(
        patient=None, unit=unit, started_at=NOON - 5 * HOUR, by=specialist, at=NOON - 5 * HOUR
    )
    Patient.objects.filter(pk=run.patient_id).update(bed="9")
    run.patient.refresh_from_db()
    with_circuit(run, specialist, at=NOON - 4 * HOUR)
    return run


def drawn(patient, by, at, **order):
    lactate = [Charted("lactate", Decimal("1.5"), "mmol/L")]
    sample = record_results(patient=patient, collected_at=at, results=lactate, by=by, at=at)
    if order:
        Sample.objects.filter(pk=sample.pk).update(**order)
    return sample


def merge(run, known, by, *, confirmed=SAME, at=NOON, reason="Wristband, and his brother"):
    return merge_patients(
        retired=run.patient, survivor=known, reason=reason, by=by, at=at, confirmed=confirmed
    )


def identity_owed(run):
    return Due.objects.open().filter(run=run, kind="identity").exists()


def test_runs_samples_and_calls_go_along_and_the_record_itself_stays(run, known, unit, specialist):
    unknown, sample = run.patient, drawn(run.patient, specialist, NOON - HOUR)
    call = record_referral(
        unit=unit, call_back="1", called_at=NOON - 6 * HOUR, by=specialist, at=NOON, patient=unknown
    )
    assert identity_owed(run)

    kept = merge(run, known, specialist)

    run.refresh_from_db()
    sample.refresh_from_db()
    call.refresh_from_db()
    assert {run.patient, sample.patient, call.patient} == {known}
    assert list(known.runs.order_by("started_at").values_list("run_no", flat=True)) == [1, 2]
    assert not identity_owed(run)
    known.refresh_from_db()
    unknown.refresh_from_db()
    assert (known.bed, unknown.merged_into, unknown.family_name) == ("9", known, "Unknown")
    assert unknown.mrn.startswith("UNKNOWN-")
    assert (kept.retired, kept.merged_by) == (unknown, specialist)


def test_it_is_asked_back_with_all_that_speaks_against_it(run, known, specialist):
    Patient.objects.filter(pk=run.patient_id).update(sex="male", family_name="Robin")

    with pytest.raises(NeedsConfirmation) as asked:
        merge(run, known, specialist, confirmed=())

    assert [one["parameter"] for one in asked.value.errors] == ["same_person", "name", "sex"]
    with pytest.raises(NeedsConfirmation) as asked:
        merge(run, known, specialist, confirmed=["same_person", "name"])
    assert [one["parameter"] for one in asked.value.errors] == ["sex"]
    told = merge(run, known, specialist, confirmed=["same_person", "name", "sex"])
    assert told.doubts[1] == "The sex differs: Male and Female."


def test_only_an_unknown_record_goes_into_a_known_one_of_the_same_centre(
    run, known, unit, specialist
):
    named = PatientFactory(unit=unit, family_name="Finch")
    foreign = PatientFactory()
    run.patient.refresh_from_db()

    for retired, survivor, refusal in (
        (named, known, NotUnknown),
        (run.patient, run.patient, CannotMerge),
        (run.patient, foreign, CannotMerge),
    ):
        with pytest.raises(refusal):
            merge_patients(
                retired=retired, survivor=survivor, reason="x", by=specialist, at=NOON,
                confirmed=SAME,
            )  # fmt: skip
    Patient.objects.filter(pk=named.pk).update(is_identity_known=False)
    with pytest.raises(NotUnknown, match="Nobody knows yet"):
        merge(run, named, specialist)
    with pytest.raises(RuleBroken, match="Say how it is known"):
        merge(run, known, specialist, reason=" ")


def test_nobody_is_on_ecmo_in_two_beds(run, unit, specialist):
    other = running_vv(PatientFactory(unit=unit, family_name="Finch"), specialist)

    with pytest.raises(OnEcmoTwice, match="Nobody is in two beds"):
        merge(run, other.patient, specialist)

    assert not PatientMerge.objects.exists()


def test_a_result_that_the_laboratory_sent_for_both_is_not_taken_twice(run, known, specialist):
    order = {"sender": "LAB", "filler_order": "F1", "collected_at": NOON - HOUR}
    theirs = drawn(known, specialist, NOON - HOUR, **order)
    twin = drawn(run.patient, specialist, NOON - HOUR, **order)
    unknown = run.patient

    merge(run, known, specialist)

    assert Sample.objects.get(pk=theirs.pk).patient == known
    assert Sample.objects.get(pk=twin.pk).patient == unknown


def test_a_merge_is_taken_back_with_what_was_charted_since(run, known, specialist):
    unknown, before = run.patient, drawn(run.patient, specialist, NOON - HOUR)
    kept = merge(run, known, specialist)
    by_hand = drawn(known, specialist, NOON + HOUR)
    by_laboratory = drawn(known, specialist, NOON + HOUR, filler_order="F2", sender="LAB")

    undone = undo_merge(merge=kept, by=specialist, at=NOON + 2 * HOUR, reason="His brother erred")

    run.refresh_from_db()
    known.refresh_from_db()
    unknown.refresh_from_db()
    assert (run.patient, run.run_no, undone.undone_by) == (unknown, 1, specialist)
    assert list(known.runs.values_list("run_no", flat=True)) == [1]
    patients = {one.pk: one.patient for one in Sample.objects.select_related("patient")}
    assert [patients[one.pk] for one in (before, by_hand, by_laboratory)] == [
        unknown,
        unknown,
        known,
    ]
    assert (unknown.merged_into, unknown.bed, known.bed) == (None, "9", "")
    assert identity_owed(run)
    with pytest.raises(NothingToUndo):
        undo_merge(merge=kept, by=specialist, at=NOON + 2 * HOUR, reason="again")
    with pytest.raises(RuleBroken, match="not one person"):
        undo_merge(
            merge=merge(run, known, specialist, at=NOON + 3 * HOUR),
            by=specialist, at=NOON + 4 * HOUR, reason=" ",
        )  # fmt: skip


def test_the_old_number_leads_to_the_record_that_is_kept(run, known, unit, specialist):
    unknown = run.patient
    merge(run, known, specialist)
    unknown.refresh_from_db()
    call = record_referral(unit=unit, call_back="1", called_at=NOON, by=specialist, at=NOON)

    name_patient(
        referral=call, mrn=unknown.mrn, family_name=known.family_name, by=specialist, at=NOON
    )
    decannulate(run=run, ended_at=NOON, by=specialist, at=NOON)
    again = start_support(
        patient=unknown, unit=unit, started_at=NOON + WEEK, by=specialist, at=NOON + WEEK
    )

    call.refresh_from_db()
    assert (call.patient, again.patient) == (known, known)
    with pytest.raises(RecordMerged, match="take the merge back"):
        correct_patient(patient=unknown, by=specialist, at=NOON, reason="x", given_name="Y")


@pytest.mark.parametrize(
    "change",
    [{"undone_at": NOON}, {"survivor": None}],
    ids=["undone by nobody", "into itself"],
)
def test_the_database_refuses_an_impossible_merge(run, known, specialist, change):
    facts = {"retired": run.patient, "survivor": known, "merged_at": NOON, "merged_by": specialist}
    facts |= {"survivor": run.patient} if "survivor" in change else change

    with pytest.raises(IntegrityError), transaction.atomic():
        PatientMerge.objects.create(**facts)


def test_the_pages_find_compare_merge_and_part(run, known, specialist, time_machine):
    time_machine.move_to(NOON, tick=False)
    sam, unknown = Person(specialist), run.patient
    page = sam.opens(unknown.get_absolute_url()).content.decode()
    find = reverse("episodes:merge-find", args=[unknown.public_id])
    wrong = sam.saves(find, mrn="M1", family_name="Robin")
    found = sam.saves(find, mrn="M1", family_name="canary")
    compare = found.headers["Location"]
    shown = sam.opens(compare).content.decode()
    asked = sam.saves(compare, reason="Wristband")
    done = sam.client.post(
        compare, {**sam.fills(compare), "reason": "Wristband", "confirm": ["same_person"]}
    )
    kept = sam.opens(known.get_absolute_url()).content.decode()
    listed = sam.opens(reverse("patients:patient-list")).content.decode()
    undo = reverse("episodes:merge-undo", args=[PatientMerge.objects.get().public_id])
    parted = sam.saves(undo, reason="Another man")

    assert "Nobody knows yet who this is" in page
    assert (wrong.status_code, found.status_code, asked.status_code) == (422, 302, 422)
    assert "M1" not in compare
    assert "CANARY" in shown
    assert unknown.mrn in shown
    assert "they are one person" in asked.content.decode()
    assert (done.status_code, done.headers["Location"]) == (302, known.get_absolute_url())
    assert "take the merge back" in kept
    assert unknown.mrn not in listed
    assert (parted.status_code, Patient.objects.get(pk=unknown.pk).merged_into) == (302, None)


def test_who_may_not_edit_in_both_units_merges_nothing(run, known, other_unit, specialist):
    known.unit = other_unit
    known.save()
    find = reverse("episodes:merge-find", args=[run.patient.public_id])
    body = {"retired": str(run.patient.public_id), "survivor": str(known.public_id), "reason": "x"}
    split = member("liv", "observer", unit=other_unit)

    assert machine(split).post("/api/v1/patient-merges/", body, format="json").status_code == 403
    answer = machine(specialist).post("/api/v1/patient-merges/", body, format="json")
    assert answer.status_code in {403, 404}
    assert Person(split).opens(find).status_code == 403
    assert not PatientMerge.objects.exists()


def test_the_api_merges_asks_back_and_parts(run, known, specialist, time_machine):
    time_machine.move_to(NOON, tick=False)
    sam, path = machine(specialist), "/api/v1/patient-merges/"
    body = {"retired": str(run.patient.public_id), "survivor": str(known.public_id), "reason": "x"}

    asked = sam.post(path, body, format="json")
    made = sam.post(path, {**body, "confirmed": SAME}, format="json")
    here = f"{path}{made.json()['public_id']}/"
    record = sam.get(f"/api/v1/patients/{body['retired']}/").json()
    parted = sam.post(f"{here}undo/", {"reason": "another man"}, format="json")
    again = sam.post(f"{here}undo/", {"reason": "another man"}, format="json")

    assert (asked.status_code, asked.json()["code"]) == (409, "needs_confirmation")
    assert made.status_code == 201
    assert record["merged_into"] == body["survivor"]
    assert (parted.json()["undone_why"], again.json()["code"]) == ("another man", "nothing_to_undo")
    assert sam.get(path).json()["count"] == 1


def test_an_unknown_patient_without_a_run_is_merged_too(unit, known, specialist):
    unknown = admit_patient(
        unit=unit, mrn="UNKNOWN-1", family_name="Unknown", is_identity_known=False,
        by=specialist, at=NOON,
    )  # fmt: skip

    merge_patients(
        retired=unknown, survivor=known, reason="x", by=specialist, at=NOON, confirmed=SAME
    )

    assert list(Patient.objects.kept().filter(centre=unit.centre)) == [known]
