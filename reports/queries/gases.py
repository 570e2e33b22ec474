"""Arterial gases of a run's patient, as the laboratory sent them or somebody charted them."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from clinical.early_harm import ArterialGas
from clinical.units import UnknownUnit, convert
from labs.models import Result
from patients.models import Run
from patients.queries import mode_at
from reports.elso.records import GasRow, RunRecord

PRESSURES = ("paco2", "pao2")
MMHG = "mm[Hg]"


def arterial_gases(run: Run, record: RunRecord, until: datetime) -> list[ArterialGas]:
    """Return each PaCO2 and PaO2 up to `until`: filed results and what was told of the two assessments.

    Final and corrected results only; none that the laboratory may have sent in kPa, none of which
    only a bound is known. Two statements.
    """
    return [*_told(run, record), *_filed(run, until)]


def _told(run: Run, record: RunRecord) -> Iterator[ArterialGas]:
    modes = list(run.modes.order_by("starts_at"))
    for row in (*record.before.gases, *record.at_24h.gases):
        if row.is_arterial:
            mode = mode_at(modes, row.taken_at)
            yield ArterialGas(row.taken_at, row.source, row.paco2, row.pao2, mode)


def _filed(run: Run, until: datetime) -> Iterator[ArterialGas]:
    modes = list(run.modes.order_by("starts_at"))
    rows = (
        Result.objects.usable()
        .filter(
            sample__patient=run.patient_id,
            sample__collected_at__lte=until,
            analyte__in=PRESSURES,
            comparator="",
            flags=[],
        )
        .select_related("sample")
        .order_by("sample__collected_at", "pk")
    )
    for row in rows:
        sender = row.sample.sender
        site = row.sample.site if sender else row.sample.site.casefold()
        at = row.sample.collected_at
        source = f"hl7:{row.control_id}" if row.control_id else f"sample {row.sample.public_id}"
        gas = GasRow(source=source, taken_at=at, site=site, from_laboratory=bool(sender))
        value = _in_mmhg(row)
        if gas.is_arterial and value is not None:
            yield ArterialGas(at, source, mode=mode_at(modes, at), **{row.analyte: value})


def _in_mmhg(row: Result) -> Decimal | None:
    if row.value is None or row.unit == MMHG:
        return row.value
    try:
        return convert(row.value, row.unit, MMHG)
    except UnknownUnit:
        return None
