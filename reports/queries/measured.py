"""Measured values that the registry asks for in a window around flow: circuit flow and gases."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from circuits.models import Check
from clinical.units import UnknownUnit, convert
from labs.models import Result
from patients.models import Run
from reports.elso.assessments import AROUND_DAY, AROUND_FOUR_HOURS, BEFORE
from reports.elso.records import FlowReading, GasRow

GAS_UNITS = {
    "ph": "",
    "paco2": "mm[Hg]",
    "pao2": "mm[Hg]",
    "hco3": "mmol/L",
    "sao2": "%",
    "lactate": "mmol/L",
}


Row = Mapping[str, Any]


def flows_of(runs: Sequence[Run]) -> dict[int, list[FlowReading]]:
    """Blood flow in the two windows of the registry, by run."""
    on = F("run__started_at")
    windows = [
        Q(checked_at__gte=on + low, checked_at__lte=on + high)
        for low, high in (AROUND_FOUR_HOURS, AROUND_DAY)
    ]
    rows = Check.objects.current().filter(windows[0] | windows[1], run__in=runs)
    flows: dict[int, list[FlowReading]] = defaultdict(list)
    columns = ("run_id", "root_id", "checked_at", "blood_flow")
    for run, root, at, flow in rows.order_by("checked_at", "entered_at").values_list(*columns):
        if flow is not None:
            flows[run].append(FlowReading(source=f"check {root}", taken_at=at, flow=flow))
    return flows


def gases_of(runs: Sequence[Run]) -> dict[int, list[GasRow]]:
    """Blood gases of the laboratory from six hours before flow to 30 hours after it, by run."""
    on = F("sample__patient__runs__started_at")
    rows = (
        Result.objects.usable()
        .filter(
            sample__patient__runs__in=runs,
            sample__collected_at__gte=on - BEFORE,
            sample__collected_at__lte=on + AROUND_DAY[1],
            analyte__in=GAS_UNITS,
            comparator="",
        )
        .order_by("sample__collected_at", "sample_id", "analyte", "pk")
        .values(
            "analyte",
            "value",
            "unit",
            "control_id",
            run=F("sample__patient__runs__pk"),
            key=F("sample__public_id"),
            at=F("sample__collected_at"),
            site=F("sample__site"),
            sender=F("sample__sender"),
        )
    )
    samples: dict[tuple[int, Any], list[Row]] = defaultdict(list)
    for row in rows:
        samples[row["run"], row["key"]].append(row)
    gases: dict[int, list[GasRow]] = defaultdict(list)
    for (run, _), results in samples.items():
        gases[run].append(_gas(results))
    return gases


def _gas(results: Sequence[Row]) -> GasRow:
    first = results[0]
    told_by = f"hl7:{first['control_id']}" if first["control_id"] else f"sample {first['key']}"
    return GasRow(
        source=told_by,
        taken_at=first["at"],
        site=first["site"] if first["sender"] else first["site"].casefold(),
        from_laboratory=bool(first["sender"]),
        **{row["analyte"]: _in_registry_unit(**row) for row in results},
    )


def _in_registry_unit(*, analyte: str, value: Decimal, unit: str, **_rest: Any) -> Decimal | None:
    wanted = GAS_UNITS[analyte]
    if not wanted or unit == wanted:
        return value
    try:
        return convert(value, unit, wanted)
    except UnknownUnit:
        return None
