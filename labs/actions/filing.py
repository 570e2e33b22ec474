"""Results from the laboratory: each version a row, a correction superseding what it corrects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from audit.context import action
from labs.actions.reassess import reassess_labs
from labs.models import Result, ResultStatus, Sample
from labs.queries.results import standings
from patients.models import Patient, Run


@dataclass(frozen=True, slots=True)
class Reported:
    """One version of one result as the laboratory gave it, in the catalogue's unit.

    `is_history` is a version older than the one on file: kept, and changing nothing.
    """

    filler_order: str
    collected_at: datetime
    site: str
    analyte: str
    status: ResultStatus
    status_at: datetime
    sub_id: str = ""
    value: Decimal | None = None
    comparator: str = ""
    value_text: str = ""
    unit: str = ""
    reported: str = ""
    flags: tuple[str, ...] = ()
    is_history: bool = False


@action("filed laboratory results")
def file_results(
    *,
    patient: Patient,
    run: Run | None,
    sender: str,
    control_id: str,
    results: Sequence[Reported],
    by: User | None,
    at: datetime,
) -> list[Result]:
    """Store what a laboratory system sent; `run` is what `lock_labs` gave the caller.

    The caller has decided under that lock which versions are new (`interop.filing`).
    """
    orders = {one.filler_order for one in results}
    on_file = dict(standings(patient, sender, orders))
    samples: dict[tuple[str, datetime], Sample] = {}
    filed = []
    for one in results:
        place = (one.filler_order, one.collected_at)
        if place not in samples:
            samples[place] = _sample(patient, sender, one, by, at)
        key = (one.filler_order, one.analyte, one.sub_id, one.collected_at)
        superseded = None if one.is_history else on_file.get(key)
        result = _store(samples[place], one, superseded, control_id, by, at)
        if not one.is_history:
            on_file[key] = result
        filed.append(result)
    if run is not None:
        reassess_labs(run=run, at=at)
    return filed


def _sample(patient: Patient, sender: str, one: Reported, by: User | None, at: datetime) -> Sample:
    sample, is_new = Sample.objects.get_or_create(
        patient=patient,
        sender=sender,
        filler_order=one.filler_order,
        collected_at=one.collected_at,
        defaults={"site": one.site, "entered_at": at, "entered_by": by},
    )
    if not is_new and one.site and one.site != sample.site and not one.is_history:
        sample.site = one.site
        sample.save(update_fields=["site"])
    return sample


def _store(
    sample: Sample,
    one: Reported,
    superseded: Result | None,
    control_id: str,
    by: User | None,
    at: datetime,
) -> Result:
    return Result.objects.create(
        sample=sample,
        analyte=one.analyte,
        sub_id=one.sub_id,
        value=one.value,
        comparator=one.comparator,
        value_text=one.value_text,
        unit=one.unit if one.value is None else one.unit or "1",
        status=one.status,
        status_at=one.status_at,
        reported=one.reported,
        flags=list(one.flags),
        control_id=control_id,
        known_at=at,
        entered_by=by,
        supersedes=superseded,
        is_history=one.is_history,
    )
