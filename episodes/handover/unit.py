"""The patients of a unit in bed order: on the page of all, and on one sheet of paper."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from alerts.models import Alert
from circuits.queries import Reading, Recent
from clinical.measures import MEASURES
from episodes.handover.bedside import values
from episodes.handover.care import anticoagulation, attention, owed
from episodes.handover.lines import Line
from episodes.models import Handover
from patients.models import Run
from patients.queries import Banner, banner_of, limits_of
from web.times import duration

SPARK_FOR = timedelta(hours=24)
SPARK = "delta_p"
ON_PAPER = ("blood_flow", "blood_flow_per_kg", "pump_speed", "sweep_gas_flow", "fdo2", "delta_p",
            "sat_post_membrane")  # fmt: skip
AFTER_NUMBERS = 10**9
MOST = 2
"""So many alerts and late tasks fit on the sheet; what is left out is counted there."""


@dataclass(frozen=True, slots=True)
class Row:
    """A running patient in the list, with the newest handover."""

    run: Run
    severity: int
    alerts: int
    handover: Handover | None


@dataclass(frozen=True, slots=True)
class Spark:
    """The pressure drop of the last day, oldest first, and the band in which nothing warns."""

    values: tuple[Decimal, ...]
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Brief:
    """One patient on the sheet of the unit."""

    run: Run
    banner: Banner
    running_for: str
    read_at: datetime | None
    alerts: tuple[Line, ...]
    more_alerts: int
    late: tuple[Line, ...]
    more_late: int
    values: tuple[Line, ...]
    anticoagulation: tuple[Line, ...]
    spark: Spark
    handover: Handover | None


def rows_of(runs: Iterable[Run]) -> list[Row]:
    """Return runs with their alerts and newest handovers (two statements)."""
    rows = in_bed_order(runs)
    pks = [run.pk for run in rows]
    handovers = newest(pks)
    severities: dict[int | None, list[int]] = {}
    alerts = Alert.objects.open().attention().filter(run__in=pks)
    for run, severity in alerts.values_list("run_id", "severity"):
        severities.setdefault(run, []).append(severity)
    return [
        Row(
            run,
            max(severities.get(run.pk, [0])),
            len(severities.get(run.pk, [])),
            handovers.get(run.pk),
        )
        for run in rows
    ]


def in_bed_order(runs: Iterable[Run]) -> list[Run]:
    """Return runs by unit and bed as people count: bed 3 before bed 12."""
    return sorted(runs, key=lambda run: (run.unit.name, _counted(run.patient.bed), run.pk))


def _counted(bed: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() else (AFTER_NUMBERS, part)
        for part in re.findall(r"\d+|\D+", bed)
    ]


def newest(runs: Iterable[int]) -> dict[int, Handover]:
    """Return the newest handover of each run (one statement)."""
    rows = Handover.objects.filter(run__in=list(runs)).newest()
    return {row.run_id: row for row in rows.select_related("given_by", "taken_by", "to")}


def brief_of(run: Run, handover: Handover | None, at: datetime) -> Brief:
    """Return what the sheet of the unit says of one patient."""
    readings = [one for _, one in zip(range(SPARK_FOR.days * 24 + 24), Recent(run), strict=False)]
    alerts, late = attention(run).lines, tuple(one for one in owed(run, at).lines if one.level)
    shorts = [MEASURES[code].short for code in ON_PAPER]
    read = {line.label: line for line in values(readings, at).lines}
    return Brief(
        run=run,
        banner=banner_of(run.patient, run, at),
        running_for=duration(at - run.started_at),
        read_at=readings[0].checked_at if readings else None,
        alerts=alerts[:MOST],
        more_alerts=len(alerts[MOST:]),
        late=late[:MOST],
        more_late=len(late[MOST:]),
        values=tuple(read.get(short, Line(short, "not measured")) for short in shorts),
        anticoagulation=anticoagulation(run, at).lines,
        spark=_spark(run, readings, at),
        handover=handover,
    )


def _spark(run: Run, readings: Iterable[Reading], at: datetime) -> Spark:
    day = [one for one in readings if one.checked_at > at - SPARK_FOR and SPARK in one.values]
    held = [
        one.warning
        for one in limits_of(run, [SPARK])
        if (one.valid_from is None or one.valid_from <= at)
        and (one.valid_to is None or at < one.valid_to)
    ]
    return Spark(
        values=tuple(one.values[SPARK] for one in reversed(day)),
        low=held[0].low if held else None,
        high=held[0].high if held else None,
    )
