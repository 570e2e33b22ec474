"""The two assessments of a run: before ECLS (closest and worst of 6 h) and at 24 h.

Windows and choices: reference cases, "Registry record". Before ECLS a row counts if it was taken
in the six hours up to `time_on`, excluding that moment; at 24 h if taken 18 to 30 h after it,
both included. Only arterial gases count. Which of closest and worst the registry wants is an open
question for a member centre, so both are given.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from clinical.instants import elapsed, utc
from reports.elso.fields import Field
from reports.elso.records import (
    AssessmentRecord,
    FlowReading,
    GasRow,
    HaemodynamicsRow,
    RunRecord,
    VentilatorRow,
)

BEFORE_ECLS, AT_24_H = "before", "day"
GROUPS = ("gas", "ventilator", "haemodynamics")
BEFORE = timedelta(hours=6)
DAY = timedelta(hours=24)
AROUND_DAY = (timedelta(hours=18), timedelta(hours=30))
FOUR_HOURS = timedelta(hours=4)
AROUND_FOUR_HOURS = (timedelta(hours=3), timedelta(hours=5))

Row = GasRow | VentilatorRow | HaemodynamicsRow | FlowReading
AnyRow = TypeVar("AnyRow", bound=Row)
Choice = Callable[[Iterable[Decimal]], Decimal]


class Item(NamedTuple):
    """One measured value of an assessment, and whether its worst is the lowest or the highest."""

    name: str
    unit: str | None
    worst: Choice


GAS = (
    Item("ph", None, min),
    Item("paco2", "mm[Hg]", max),
    Item("pao2", "mm[Hg]", min),
    Item("hco3", "mmol/L", min),
    Item("sao2", "%", min),
    Item("lactate", "mmol/L", max),
)
VENTILATOR = (
    Item("fio2_pct", "%", max),
    Item("rate", "/min", max),
    Item("pip", "cm[H2O]", max),
    Item("peep", "cm[H2O]", max),
    Item("paw_mean", "cm[H2O]", max),
)
PRESSURE = (
    Item("sbp", "mm[Hg]", min),
    Item("dbp", "mm[Hg]", min),
    Item("mbp", "mm[Hg]", min),
)
PULSE_PRESSURE = Item("pulse_pressure", "mm[Hg]", min)


class Chosen(NamedTuple):
    """The rows from which one assessment is exported; None where no row counts."""

    gas: GasRow | None
    ventilator: VentilatorRow | None
    haemodynamics: HaemodynamicsRow | None


def before_ecls(run: RunRecord) -> Chosen:
    """The row of each group in the six hours before flow: the one a person chose, else the latest."""
    return Chosen(*(_told(run, BEFORE_ECLS, group) for group in GROUPS))


def at_24_hours(run: RunRecord) -> Chosen:
    """The row of each group that a person chose, else the closest to 24 h of ECLS.

    Nothing if the run ended before 18 h.
    """
    return Chosen(*(_told(run, AT_24_H, group) for group in GROUPS))


def counting(run: RunRecord, assessment: str, group: str) -> list[Any]:
    """Return the rows of a group that count: in the window and, of gases, arterial."""
    charted = run.before if assessment == BEFORE_ECLS else run.at_24h
    rows: Sequence[Any] = gases(run, charted) if group == "gas" else getattr(charted, group)
    if assessment == BEFORE_ECLS:
        return window_before(run, rows)
    if ended_before(run, AROUND_DAY[0]):
        return []
    low, high = AROUND_DAY
    return [row for row in rows if low <= elapsed(run.time_on, row.taken_at) <= high]


def by_rule(run: RunRecord, assessment: str, group: str) -> Any:
    """Return the row that the rule takes where nobody chooses: the one closest to its moment."""
    rows = counting(run, assessment, group)
    if assessment == BEFORE_ECLS:
        return _latest(rows)
    return _closest(run, rows, DAY, AROUND_DAY)


def _told(run: RunRecord, assessment: str, group: str) -> Any:
    choice = run.choices.get((assessment, group))
    if choice:
        for row in counting(run, assessment, group):
            if (row.source, row.taken_at) == choice:
                return row
    return by_rule(run, assessment, group)


def gases(run: RunRecord, charted: AssessmentRecord) -> list[GasRow]:
    """Arterial gases, charted and received."""
    return [row for row in (*charted.gases, *run.laboratory_gases) if row.is_arterial]


def window_before(run: RunRecord, rows: Iterable[AnyRow]) -> list[AnyRow]:
    """The rows of the six hours up to flow, that moment excluded."""
    return [row for row in rows if timedelta(0) < elapsed(row.taken_at, run.time_on) <= BEFORE]


def ended_before(run: RunRecord, span: timedelta) -> bool:
    """Whether the run is over and was shorter than `span`."""
    return run.time_off is not None and elapsed(run.time_on, run.time_off) < span


def fields_before(run: RunRecord) -> Iterator[Field]:
    """The assessment before ECLS, each value twice: closest to flow and worst of six hours."""
    chosen = before_ecls(run)
    yield from _pairs(GAS, chosen.gas, window_before(run, gases(run, run.before)))
    yield _ventilator_type("pre", chosen.ventilator)
    yield from _pairs(VENTILATOR, chosen.ventilator, window_before(run, run.before.ventilator))
    pressures = window_before(run, run.before.haemodynamics)
    yield from _pairs((*PRESSURE, PULSE_PRESSURE), chosen.haemodynamics, pressures)


def fields_at_24_hours(run: RunRecord) -> Iterator[Field]:
    """The assessment at 24 h, or why it is blank."""
    if ended_before(run, AROUND_DAY[0]):
        yield Field("h24_reason_blank", "run ended", None, "derived")
        return
    chosen = at_24_hours(run)
    yield from _single(GAS, chosen.gas)
    yield _ventilator_type("h24", chosen.ventilator)
    yield from _single(VENTILATOR, chosen.ventilator)
    yield from _single(PRESSURE, chosen.haemodynamics)


def flow_fields(run: RunRecord) -> Iterator[Field]:
    """Circuit flow at 4 h (3 to 5) and at 24 h (18 to 30)."""
    yield _flow("flow_4h", _closest(run, run.flows, FOUR_HOURS, AROUND_FOUR_HOURS))
    if not ended_before(run, AROUND_DAY[0]):
        yield _flow("flow_24h", _closest(run, run.flows, DAY, AROUND_DAY))


def _pairs(items: Iterable[Item], closest: Row | None, rows: Sequence[Row]) -> Iterator[Field]:
    for item in items:
        yield _of_row(f"pre_{item.name}_closest", item, closest)
        yield _of_row(f"pre_{item.name}_worst_6h", item, worst_of(item, rows))


def _single(items: Iterable[Item], row: Row | None) -> Iterator[Field]:
    for item in items:
        yield _of_row(f"h24_{item.name}", item, row)


def _of_row(name: str, item: Item, row: Row | None) -> Field:
    if row is None:
        return Field(name, None, item.unit, None)
    return Field(name, getattr(row, item.name), item.unit, row.source)


def worst_of(item: Item, rows: Sequence[Row]) -> Row | None:
    """The first row that holds the worst value."""
    measured = [(getattr(row, item.name), row) for row in rows]
    values = [value for value, _ in measured if value is not None]
    if not values:
        return None
    worst = item.worst(values)
    return next(row for value, row in measured if value == worst)


def _ventilator_type(prefix: str, row: VentilatorRow | None) -> Field:
    source = row.source if row else None
    return Field(f"{prefix}_vent_type", row.type if row else None, None, source)


def _flow(name: str, reading: FlowReading | None) -> Field:
    if reading is None:
        return Field(name, None, "L/min", None)
    return Field(name, reading.flow, "L/min", reading.source)


def _latest(rows: Iterable[AnyRow]) -> AnyRow | None:
    return max(rows, key=lambda row: utc(row.taken_at), default=None)


def _closest(
    run: RunRecord,
    rows: Iterable[AnyRow],
    target: timedelta,
    window: tuple[timedelta, timedelta],
) -> AnyRow | None:
    """The row nearest to `target` after flow; of two equally near the earlier."""
    after = [(elapsed(run.time_on, row.taken_at), row) for row in rows]
    inside = [(span, row) for span, row in after if window[0] <= span <= window[1]]
    nearest = min(inside, key=lambda each: (abs(each[0] - target), each[0]), default=None)
    return nearest[1] if nearest else None
