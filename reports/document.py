"""A run as a document: plain values, put together from what was charted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import groupby

from clinical.instants import elapsed
from clinical.measures import Measure, measure
from web.numbers import NOTHING, show_number

CHARTS = (
    "blood_flow",
    "pump_speed",
    "sweep_gas_flow",
    "fdo2",
    "p_drainage",
    "p_pre_membrane",
    "delta_p",
    "membrane_resistance",
    "map",
    "lactate",
    "anti_xa_ufh",
    "aptt",
    "hb",
    "platelets",
    "fibrinogen",
    "pf_hb",
)
COLUMNS = (
    "blood_flow",
    "pump_speed",
    "sweep_gas_flow",
    "fdo2",
    "p_drainage",
    "p_pre_membrane",
    "p_post_membrane",
    "delta_p",
    "membrane_resistance",
    "map",
)
WHOLE_DAYS = timedelta(days=14)
THINNED_TO = timedelta(hours=4)
WIDTH = 6
FIGURE_SPACE = "\N{FIGURE SPACE}"
A_GAP_OF = 12.0


@dataclass(frozen=True, slots=True)
class Valued:
    """One moment with what was measured then, by measure, in the measures' units."""

    at: datetime
    values: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over the hours since flow on; a gap of half a day breaks the line."""

    measure: Measure
    points: tuple[tuple[float, Decimal | None], ...]
    low: Decimal
    high: Decimal
    last: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of checks: a head of two lines, then one line a check, columns by tabs."""

    day: date
    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: when, what, and more."""

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Part:
    """One component as the document lists it."""

    name: str
    position: str
    installed_at: datetime
    removed_at: datetime | None
    hours: str
    reason: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One stretch of an adjunct device as the document lists it."""

    kind: str
    name: str
    joined: str
    started_at: datetime
    ended_at: datetime | None
    hours: str
    why: str


@dataclass(frozen=True, slots=True)
class RunDocument:
    """The whole document. It names the patient."""

    title: str
    patient: str
    identity: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    as_at: datetime
    zone_name: str
    hours: float
    series: tuple[Series, ...]
    parts: tuple[Part, ...]
    adjuncts: tuple[Beside, ...]
    events: tuple[Line, ...]
    days: tuple[Day, ...]
    is_thinned: bool
    is_demo: bool


def series_of(rows: Sequence[Valued], codes: Iterable[str], time_on: datetime) -> Iterator[Series]:
    """Return a series for each measure that was measured twice or more (rows oldest first)."""
    for code in codes:
        known = [(row.at, row.values[code]) for row in rows if code in row.values]
        if len(known) > 1:
            numbers = [number for _, number in known]
            yield Series(
                measure=measure(code),
                points=tuple(_points(known, time_on)),
                low=min(numbers),
                high=max(numbers),
                last=numbers[-1],
            )


def _points(
    known: Sequence[tuple[datetime, Decimal]], time_on: datetime
) -> Iterator[tuple[float, Decimal | None]]:
    before: float | None = None
    for at, number in known:
        hours = elapsed(time_on, at) / timedelta(hours=1)
        if before is not None and hours - before > A_GAP_OF:
            yield (before + hours) / 2, None
        yield hours, number
        before = hours


def days_of(rows: Sequence[Valued], zone: tzinfo) -> Iterator[Day]:
    """Return the checks by local day, oldest first, as lines with one column a measure."""
    shown = [measure(code) for code in COLUMNS if any(code in row.values for row in rows)]
    head = "\t".join(["Time", *(one.short for one in shown)])
    units = "\t".join(["", *(one.display_unit for one in shown)])
    for day, group in groupby(rows, key=lambda row: row.at.astimezone(zone).date()):
        lines = (_line(row, shown, zone) for row in group)
        yield Day(day, f"{head}\n{units}", "\n".join(lines))


def _line(row: Valued, shown: Sequence[Measure], zone: tzinfo) -> str:
    """One check: numbers flush right in their column, by spaces as wide as a digit."""
    cells = (
        show_number(one.shown(row.values[one.code])) if one.code in row.values else NOTHING
        for one in shown
    )
    return "\t".join(
        [f"{row.at.astimezone(zone):%H:%M}", *(cell.rjust(WIDTH, FIGURE_SPACE) for cell in cells)]
    )


def thinned(rows: Sequence[Valued], until: datetime) -> list[Valued]:
    """Return all checks of the last 14 days and one in four hours of the days before."""
    kept: list[Valued] = []
    for row in rows:
        is_recent = elapsed(row.at, until) <= WHOLE_DAYS
        if is_recent or not kept or elapsed(kept[-1].at, row.at) >= THINNED_TO:
            kept.append(row)
    return kept
