"""An unknown patient turns out to be a known one: their two records become one, and back again.

Runs, calls and samples go along; the record of the unknown patient stays as it was, without them.
A merge is asked back with all that speaks against it, since taking one person for another is worse
than having two records of one.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Min, QuerySet

from accounts.models import User
from audit.context import action
from circuits.actions.dues import reassess_debts
from clinical.identity import Doubt, Person, doubts
from labs.actions.reassess import reassess_labs
from labs.models import Sample
from patients.models import Outcome, Patient, PatientMerge, Referral, Run, Sex
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

SAME_PERSON = "same_person"
ABOVE_ALL = 10_000


class NotUnknown(RuleBroken):
    code = "not_unknown"


class CannotMerge(RuleBroken):
    code = "cannot_merge"


class OnEcmoTwice(RuleBroken):
    code = "on_ecmo_twice"


class NothingToUndo(RuleBroken):
    code = "nothing_to_undo"


@action("merged two records of one patient")
def merge_patients(
    *,
    retired: Patient,
    survivor: Patient,
    reason: str,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> PatientMerge:
    """Move what is charted of an unknown patient to the known one that it is.

    Raises NotUnknown, CannotMerge, OnEcmoTwice where it cannot be, and NeedsConfirmation with
    `same_person` and each doubt.
    """
    runs = _locked_runs(retired, survivor)
    retired, survivor = _locked_patients(retired, survivor)
    _refuse(retired, survivor, reason)
    _refuse_overlap(runs, retired, survivor)
    found = doubts_about(retired, survivor)
    _ask(retired, survivor, found, confirmed)
    moved = _move(runs, retired, survivor)
    merge = PatientMerge.objects.create(
        retired=retired,
        survivor=survivor,
        reason=reason.strip(),
        doubts=[one.message for one in found],
        moved=moved,
        merged_at=at,
        merged_by=by,
    )
    retired.merged_into = survivor
    retired.save(update_fields=["merged_into"])
    _settle(survivor, at)
    return merge


@action("took a merge of two records back")
def undo_merge(*, merge: PatientMerge, by: User, at: datetime, reason: str) -> PatientMerge:
    """Part two records again: what went along goes back, with what was since charted by hand.

    Results that the laboratory sent since then stay: they came under the number of the known
    patient. Raises NothingToUndo.
    """
    runs = _locked_runs(merge.retired, merge.survivor)
    survivor, retired = _locked_patients(merge.survivor, merge.retired)
    merge = PatientMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise NothingToUndo("This merge was taken back already. Reload the page to see by whom.")
    if not reason.strip():
        raise RuleBroken("Say why the two are not one person: whoever reads both wants to know.")
    merge.undone_at, merge.undone_by, merge.undone_why = at, by, reason.strip()
    merge.save(update_fields=["undone_at", "undone_by", "undone_why"])
    retired.merged_into = None
    retired.save(update_fields=["merged_into"])
    _move_back(merge, runs, retired, survivor)
    _settle(survivor, at)
    _settle(retired, at)
    return merge


def doubts_about(retired: Patient, survivor: Patient) -> tuple[Doubt, ...]:
    """Return what speaks against two records being of one person."""
    return doubts(_person(retired), _person(survivor))


def _locked_runs(one: Patient, other: Patient) -> list[Run]:
    rows = Run.objects.filter(patient__in=[one, other]).order_by("pk")
    return [Run.objects.locked(pk) for pk in rows.values_list("pk", flat=True)]


def _locked_patients(one: Patient, other: Patient) -> tuple[Patient, Patient]:
    rows = Patient.objects.select_for_update(of=("self",)).select_related("unit", "centre")
    found = {row.pk: row for row in rows.filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return found[one.pk], found[other.pk]


def _refuse(retired: Patient, survivor: Patient, reason: str) -> None:
    if retired.pk == survivor.pk or retired.centre_id != survivor.centre_id:
        raise CannotMerge("Choose another record of the same centre: these two cannot be merged.")
    if retired.merged_into_id or survivor.merged_into_id:
        raise CannotMerge(
            "One of the two went into another record already. Open that one and start from there."
        )
    if retired.is_identity_known:
        raise NotUnknown(
            f"It is on record who {retired} is. Only the record of a patient whom nobody knew goes "
            "into another; correct the details if they are wrong."
        )
    if not survivor.is_identity_known:
        raise NotUnknown(f"Nobody knows yet who {survivor} is. Choose the record that is known.")
    if not reason.strip():
        said = "Say how it is known who this is: papers, wristband, family."
        raise RuleBroken(said, errors=[_error("reason", said)])


def _refuse_overlap(runs: Iterable[Run], retired: Patient, survivor: Patient) -> None:
    rows = list(runs)
    for mine in (run for run in rows if run.patient_id == retired.pk):
        for other in (run for run in rows if run.patient_id == survivor.pk):
            if _overlap(mine, other):
                raise OnEcmoTwice(
                    f"Both are on ECMO at one time: {mine} and {other}. Nobody is in two beds: look "
                    "at both, and correct flow on or flow off, or leave the records apart."
                )


def _overlap(one: Run, other: Run) -> bool:
    first, second = sorted((one, other), key=lambda run: run.started_at)
    return first.ended_at is None or first.ended_at > second.started_at


def _person(patient: Patient) -> Person:
    spans = patient.runs.aggregate(began=Min("started_at"))
    died = Outcome.objects.filter(run__patient=patient, died_at__isnull=False).first()
    zone = patient.centre.tz
    return Person(
        family_name=patient.family_name,
        sex="" if patient.sex == Sex.UNKNOWN else str(patient.get_sex_display()),
        born_on=patient.born_at.astimezone(zone).date() if patient.born_at else None,
        seen_from=spans["began"],
        died_at=died.died_at if died else None,
    )


def _ask(
    retired: Patient, survivor: Patient, found: Iterable[Doubt], confirmed: Collection[str]
) -> None:
    said = (
        f"{retired} ({retired.mrn}) and {survivor} ({survivor.mrn}) become one record. You have "
        "compared both, and they are one person."
    )
    asked = [Doubt(SAME_PERSON, said), *found]
    errors = [_error(one.code, one.message) for one in asked if one.code not in confirmed]
    if errors:
        raise NeedsConfirmation("Compare both records, then confirm each line.", errors=errors)


def _move(runs: Iterable[Run], retired: Patient, survivor: Patient) -> dict[str, Any]:
    rows = list(runs)
    mine = [run for run in rows if run.patient_id == retired.pk]
    samples = _samples_without_twin(retired, survivor)
    referrals = Referral.objects.filter(patient=retired)
    moved = {
        "runs": [str(run.public_id) for run in mine],
        "samples": [str(key) for key in samples.values_list("public_id", flat=True)],
        "referrals": [str(key) for key in referrals.values_list("public_id", flat=True)],
        "bed": survivor.bed,
        "unit": survivor.unit_id,
    }
    samples.update(patient=survivor)
    referrals.update(patient=survivor)
    _give(mine, survivor)
    if any(run.is_running for run in mine):
        survivor.bed, survivor.unit = retired.bed, retired.unit
        survivor.save(update_fields=["bed", "unit"])
    return moved


def _move_back(
    merge: PatientMerge, runs: Iterable[Run], retired: Patient, survivor: Patient
) -> None:
    moved = merge.moved
    mine = [run for run in runs if str(run.public_id) in moved["runs"]]
    by_hand = Sample.objects.filter(
        patient=survivor, filler_order="", entered_at__gte=merge.merged_at
    )
    for run in mine:
        since = by_hand.filter(collected_at__gte=run.started_at)
        (since.filter(collected_at__lte=run.ended_at) if run.ended_at else since).update(
            patient=retired
        )
    Sample.objects.filter(public_id__in=moved["samples"]).update(patient=retired)
    Referral.objects.filter(public_id__in=moved["referrals"]).update(patient=retired)
    Referral.objects.filter(run__in=mine).update(patient=retired)
    _give(mine, retired)
    if any(run.is_running for run in mine):
        retired.bed, retired.unit = survivor.bed, survivor.unit
        retired.save(update_fields=["bed", "unit"])
        survivor.bed, survivor.unit_id = moved["bed"], moved["unit"]
        survivor.save(update_fields=["bed", "unit"])


def _samples_without_twin(retired: Patient, survivor: Patient) -> QuerySet[Sample]:
    """Samples of the unknown patient that the laboratory did not also send for the known one."""
    keys = ("sender", "filler_order", "collected_at")
    theirs = set(survivor.samples.exclude(filler_order="").values_list(*keys))
    rows = Sample.objects.filter(patient=retired)
    told = rows.exclude(filler_order="").values_list("pk", *keys)
    return rows.exclude(pk__in=[pk for pk, *key in told if tuple(key) in theirs])


def _give(runs: Iterable[Run], patient: Patient) -> None:
    """Hand runs over, then number both patients' runs by their time: a number names one run only."""
    mine = list(runs)
    before = {run.patient_id for run in mine}
    rows = Run.objects.filter(pk__in=[run.pk for run in mine])
    for number, pk in enumerate(rows.order_by("pk").values_list("pk", flat=True), start=1):
        Run.objects.filter(pk=pk).update(run_no=ABOVE_ALL + number)
    rows.update(patient=patient)
    for owner in {patient.pk, *before}:
        _number(owner)


def _number(patient_pk: int) -> None:
    rows = Run.objects.filter(patient=patient_pk)
    rows.filter(run_no__lt=ABOVE_ALL).update(run_no=F("run_no") + 2 * ABOVE_ALL)
    ordered = rows.order_by("started_at").values_list("pk", flat=True)
    for number, pk in enumerate(list(ordered), start=1):
        Run.objects.filter(pk=pk).update(run_no=number)


def _settle(patient: Patient, at: datetime) -> None:
    """Bring what is owed and what alerts up to date: who it is decides both."""
    for pk in patient.runs.order_by("pk").values_list("pk", flat=True):
        run = Run.objects.locked(pk)
        reassess_debts(run=run, at=at)
        reassess_labs(run=run, at=at)


def _error(parameter: str, message: str) -> ErrorItem:
    return ErrorItem(parameter=parameter, rule="confirm", message=message)
