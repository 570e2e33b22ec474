"""Tables of the programme report, reckoned from lines of plain facts, one a run.

Definitions: `cohort-expected.json` of the reference cases. A run is included in outcomes if it is
closed and its outcome is known; hours and complications look at all closed runs. Percentages are
rounded half up to one decimal. Pure: no clock, no database.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from clinical.instants import minutes_between
from reports.elso.mapping import fields_of, has_survived_ecls, initial_mode
from reports.elso.records import RunRecord

AGE_GROUPS = ("neonatal", "pediatric", "adult")
SUPPORT_TYPES = ("pulmonary", "cardiac", "ecpr")
ALL = "all"
SMALL = 5
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """What the tables need of one run; None is not known."""

    age_group: str | None
    support_type: str | None
    initial_mode: str | None
    time_on: datetime
    time_off: datetime | None
    survived_ecls: bool | None
    survived_to_discharge: bool | None
    complications: tuple[str, ...] = ()

    @classmethod
    def of(cls, record: RunRecord) -> "Line":
        """Take a line from a registry record."""
        values = {field.field: field.value for field in fields_of(record)}
        group = values["age_group"]
        return cls(
            age_group=group if isinstance(group, str) else None,
            support_type=record.support_type,
            initial_mode=initial_mode(record),
            time_on=record.time_on,
            time_off=record.time_off,
            survived_ecls=has_survived_ecls(record),
            survived_to_discharge=record.outcome.discharged_alive,
            complications=tuple(row.code for row in record.complications),
        )

    @property
    def is_included(self) -> bool:
        """Closed, and the outcome is known."""
        return self.time_off is not None and self.survived_to_discharge is not None

    @property
    def hours(self) -> Decimal:
        """Hours from flow on to flow off; 0 while the run goes on."""
        if self.time_off is None:
            return Decimal(0)
        return Decimal(minutes_between(self.time_on, self.time_off)) / 60


@dataclass(frozen=True, slots=True)
class Survival:
    """Outcomes of one cell; `is_small` says that its percentages must not be shown."""

    age_group: str
    support_type: str
    runs: int
    survived_ecls: int
    survived_to_discharge: int
    ongoing: int
    unknown: int

    @property
    def is_small(self) -> bool:
        """Fewer than five runs: a share of them tells about persons."""
        return 0 < self.runs < SMALL

    @property
    def ecls_pct(self) -> Decimal | None:
        """Share that survived ECLS; None if there is none or too few."""
        return None if self.is_small else percent(self.survived_ecls, self.runs)

    @property
    def discharge_pct(self) -> Decimal | None:
        """Share that survived to discharge or transfer; None if there is none or too few."""
        return None if self.is_small else percent(self.survived_to_discharge, self.runs)


def survival(lines: Collection[Line]) -> list[Survival]:
    """Return one cell for each age group by support type, then each age group, then all."""
    cells = [(group, kind) for group in AGE_GROUPS for kind in SUPPORT_TYPES]
    cells += [(group, ALL) for group in AGE_GROUPS] + [(ALL, ALL)]
    return [_survival(group, kind, lines) for group, kind in cells]


def _survival(group: str, kind: str, lines: Iterable[Line]) -> Survival:
    own = [
        line
        for line in lines
        if group in (ALL, line.age_group) and kind in (ALL, line.support_type)
    ]
    included = [line for line in own if line.is_included]
    return Survival(
        age_group=group,
        support_type=kind,
        runs=len(included),
        survived_ecls=sum(line.survived_ecls is True for line in included),
        survived_to_discharge=sum(line.survived_to_discharge is True for line in included),
        ongoing=sum(line.time_off is None for line in own),
        unknown=sum(line.time_off is not None and not line.is_included for line in own),
    )


@dataclass(frozen=True, slots=True)
class Hours:
    """Run hours of closed runs of one cell, to two decimals."""

    age_group: str
    support_type: str
    runs: int
    median: Decimal
    q1: Decimal
    q3: Decimal
    longest: Decimal
    total: Decimal


def run_hours(lines: Iterable[Line]) -> list[Hours]:
    """Return the cells that hold closed runs, then all."""
    closed = [line for line in lines if line.time_off is not None]
    cells = [(group, kind) for group in AGE_GROUPS for kind in SUPPORT_TYPES] + [(ALL, ALL)]
    found = []
    for group, kind in cells:
        hours = sorted(
            line.hours
            for line in closed
            if group in (ALL, line.age_group) and kind in (ALL, line.support_type)
        )
        if hours:
            found.append(_hours(group, kind, hours))
    return found


def _hours(group: str, kind: str, hours: Sequence[Decimal]) -> Hours:
    return Hours(
        age_group=group,
        support_type=kind,
        runs=len(hours),
        median=_round(quantile(hours, Decimal("0.5"))),
        q1=_round(quantile(hours, Decimal("0.25"))),
        q3=_round(quantile(hours, Decimal("0.75"))),
        longest=_round(hours[-1]),
        total=_round(sum(hours, Decimal(0))),
    )


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Return a quantile by linear interpolation between order statistics."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of what, and their share of all."""

    what: str
    number: int
    pct: Decimal | None


def by_mode(lines: Collection[Line]) -> list[Count]:
    """Return how many runs began in each mode, the most frequent first."""
    modes = Counter(line.initial_mode or "not known" for line in lines)
    ordered = sorted(modes.items(), key=lambda item: (-item[1], item[0]))
    return [Count(mode, number, percent(number, len(lines))) for mode, number in ordered]


@dataclass(frozen=True, slots=True)
class Complications:
    """One complication code over closed runs."""

    code: str
    events: int
    runs_with: int
    runs_pct: Decimal | None
    per_1000_h: Decimal | None


def complications(lines: Collection[Line]) -> list[Complications]:
    """Return each code that occurred in a closed run, by code."""
    closed = [line for line in lines if line.time_off is not None]
    hours = sum((line.hours for line in closed), Decimal(0))
    events = Counter(code for line in closed for code in line.complications)
    runs = Counter(code for line in closed for code in set(line.complications))
    return [
        Complications(
            code=code,
            events=events[code],
            runs_with=runs[code],
            runs_pct=percent(runs[code], len(closed)),
            per_1000_h=_round(events[code] / hours * THOUSAND, "0.001") if hours else None,
        )
        for code in sorted(events)
    ]


def percent(part: int, whole: int) -> Decimal | None:
    """Return 100 part / whole to one decimal, half up; None of nothing."""
    return _round(Decimal(100 * part) / whole, "0.1") if whole else None


@dataclass(frozen=True, slots=True)
class Life:
    """How long one part was in use, and why it came out (blank: still in use)."""

    kind: str
    hours: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Lives:
    """Parts of one kind: how many, how long, and how many were exchanged for a fault."""

    kind: str
    parts: int
    median: Decimal
    longest: Decimal
    faults: int
    per_1000_h: Decimal | None


def component_lives(lives: Iterable[Life], is_fault: Callable[[str], bool]) -> list[Lives]:
    """Return one row for each kind of part, by kind."""
    by_kind: dict[str, list[Life]] = {}
    for life in lives:
        by_kind.setdefault(life.kind, []).append(life)
    return [_lives(kind, rows, is_fault) for kind, rows in sorted(by_kind.items())]


def _lives(kind: str, rows: Sequence[Life], is_fault: Callable[[str], bool]) -> Lives:
    hours = sorted(row.hours for row in rows)
    total = sum(hours, Decimal(0))
    faults = sum(is_fault(row.reason) for row in rows)
    return Lives(
        kind=kind,
        parts=len(rows),
        median=_round(quantile(hours, Decimal("0.5")), "0.1"),
        longest=_round(hours[-1], "0.1"),
        faults=faults,
        per_1000_h=_round(faults / total * THOUSAND, "0.001") if total else None,
    )


def _round(number: Decimal, to: str = "0.01") -> Decimal:
    return number.quantize(Decimal(to), ROUND_HALF_UP)
