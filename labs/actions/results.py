"""Results: charted by hand, filed from the laboratory, corrected and withdrawn."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import User
from audit.context import action
from clinical.limits import limit_at
from clinical.measures import MEASURES
from clinical.spans import COMPARATORS
from labs.actions.reassess import lock_labs, reassess_labs
from labs.models import Result, ResultStatus, Sample
from labs.queries.catalogue import catalogue_rows, converted, hard_span
from patients.actions.times import refuse_future
from patients.models import Patient, Run
from patients.queries import limits_of, running_at
from web.problems import ErrorItem, RuleBroken
from web.questions import ask, refuse


class NothingInResult(RuleBroken):
    code = "empty_result"
    status = 400


class SupersededMeanwhile(RuleBroken):
    code = "superseded_meanwhile"


@dataclass(frozen=True, slots=True)
class Charted:
    """One result as somebody typed it: a number in `unit` (UCUM), perhaps censored, or a text."""

    analyte: str
    value: Decimal | None = None
    unit: str = ""
    comparator: str = ""
    value_text: str = ""


@action("recorded laboratory results")
def record_results(
    *,
    patient: Patient,
    collected_at: datetime,
    results: Sequence[Charted],
    by: User,
    at: datetime,
    site: str = "",
    confirmed: Collection[str] = (),
    public_id: UUID | None = None,
) -> Sample:
    """Chart results of one sample by hand, each converted to the unit of the catalogue.

    Raises CannotBe for an unknown analyte, a unit that is not taken there or a value outside the
    hard range, InTheFuture for the time, NeedsConfirmation for a value outside the soft range.
    `public_id` names the sample; sent twice it is stored once.
    """
    run = lock_labs(patient.pk)
    if public_id and (
        already := Sample.objects.filter(public_id=public_id, patient=patient).first()
    ):
        return already
    refuse_future(collected_at, at, "time of collection")
    rows = _read(results, catalogue_rows(patient.centre, at))
    ask(_soft_questions(patient, rows, collected_at), confirmed)
    sample = Sample(
        patient=patient, collected_at=collected_at, site=site, entered_at=at, entered_by=by
    )
    if public_id:
        sample.public_id = public_id
    sample.save(force_insert=True)
    for typed, row in zip(results, rows, strict=True):
        Result.objects.create(
            sample=sample,
            **row,
            status=ResultStatus.FINAL,
            status_at=at,
            reported=_reported(typed),
            known_at=at,
            entered_by=by,
        )
    _reassess(run, at)
    return sample


@action("corrected a laboratory result")
def correct_result(
    *,
    result: Result,
    charted: Charted,
    by: User,
    at: datetime,
    reason: str,
    confirmed: Collection[str] = (),
) -> Result:
    """Put a new version over a result; the first stays readable for ever.

    Raises SupersededMeanwhile if `result` is no longer the newest version.
    """
    run, sample = _lock_current(result, reason)
    if charted.analyte != result.analyte:
        raise refuse("analyte", "other_analyte", "A correction is of the same test. Withdraw this.")
    rows = _read([charted], catalogue_rows(sample.patient.centre, at))
    ask(_soft_questions(sample.patient, rows, sample.collected_at), confirmed)
    version = Result.objects.create(
        sample=sample,
        **rows[0],
        sub_id=result.sub_id,
        status=ResultStatus.CORRECTED,
        status_at=at,
        reported=_reported(charted),
        known_at=at,
        entered_by=by,
        reason=reason,
        supersedes=result,
    )
    _reassess(run, at)
    return version


@action("withdrew a laboratory result")
def withdraw_result(*, result: Result, by: User, at: datetime, reason: str) -> Result:
    """Mark a result as entered in error: a new version that nobody acts on."""
    run, sample = _lock_current(result, reason)
    version = Result.objects.create(
        sample=sample,
        analyte=result.analyte,
        sub_id=result.sub_id,
        value=result.value,
        comparator=result.comparator,
        value_text=result.value_text,
        unit=result.unit,
        status=ResultStatus.ENTERED_IN_ERROR,
        status_at=at,
        reported=result.reported,
        known_at=at,
        entered_by=by,
        reason=reason,
        supersedes=result,
    )
    _reassess(run, at)
    return version


def _lock_current(result: Result, reason: str) -> tuple[Run | None, Sample]:
    sample = Sample.objects.select_related("patient__centre").get(pk=result.sample_id)
    run = lock_labs(sample.patient_id)
    if not reason.strip():
        raise RuleBroken("Say why: the reason stays beside the old value.")
    if not Result.objects.current().filter(pk=result.pk).exists():
        raise SupersededMeanwhile(
            "A newer version of this result is on file. Reload, look at it, then decide again."
        )
    return run, sample


def _reassess(run: Run | None, at: datetime) -> None:
    if run is not None:
        reassess_labs(run=run, at=at)


def _read(
    results: Sequence[Charted], catalogue: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    if not results:
        raise NothingInResult("There is no result in this. Type at least one value.")
    by_analyte = {row["analyte"]: row for row in catalogue}
    return [_columns(typed, by_analyte.get(typed.analyte)) for typed in results]


def _columns(typed: Charted, row: Mapping[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise refuse(
            typed.analyte, "code_unknown", f"This site's laboratory knows no {typed.analyte}."
        )
    if typed.comparator and typed.comparator not in COMPARATORS:
        raise refuse(
            typed.analyte, "comparator_unknown", f"“{typed.comparator}” is not one of < <= > >=."
        )
    if typed.value is None:
        if not typed.value_text.strip():
            raise NothingInResult(f"{_label(typed.analyte)} has neither a number nor a text.")
        return {"analyte": typed.analyte, "value_text": typed.value_text.strip()}
    return {
        "analyte": typed.analyte,
        "value": _in_catalogue_unit(typed, typed.value, row),
        "comparator": typed.comparator,
        "unit": row["unit"] or "1",
    }


def _in_catalogue_unit(typed: Charted, value: Decimal, row: Mapping[str, Any]) -> Decimal:
    number = converted(row, value, typed.unit)
    if number is None:
        taken = ", ".join(row["accepted_units"]) or "no unit"
        raise refuse(
            typed.analyte,
            "unit_unknown",
            f"{_label(typed.analyte)} is not taken in “{typed.unit}”, only in {taken}.",
        )
    if hard_span(row).outside(number):
        raise refuse(
            typed.analyte,
            "hard_range",
            f"{_label(typed.analyte)} {value} {typed.unit} cannot be. Check the decimal point "
            "and the unit.",
        )
    return number


def _soft_questions(
    patient: Patient, rows: Sequence[Mapping[str, Any]], collected_at: datetime
) -> Iterator[ErrorItem]:
    run = running_at(patient, collected_at)
    limits = [] if run is None else limits_of(run)
    for row in rows:
        limit = limit_at(limits, row["analyte"], collected_at)
        value = row.get("value")
        if limit and value is not None and limit.soft.outside(value):
            message = (
                f"{_label(row['analyte'])} {value.normalize():f} {row['unit']} is unusual. "
                "If this is what the report says, confirm it."
            )
            yield ErrorItem(parameter=row["analyte"], rule="soft_unconfirmed", message=message)


def _label(analyte: str) -> str:
    one = MEASURES.get(analyte)
    return one.label if one else analyte


def _reported(typed: Charted) -> str:
    number = "" if typed.value is None else f"{typed.comparator}{typed.value} {typed.unit}"
    return (number or typed.value_text).strip()[:200]
