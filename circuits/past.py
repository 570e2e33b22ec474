"""What the last checks of a run said, as the form of the next one shows it beside the empty boxes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from circuits.queries import Reading, Recent
from clinical.inspection import Look
from patients.models import Run

LOOK_BACK = 24
"""How many checks the form looks back for a value."""

SERIES_FOR = timedelta(hours=8)
"""How far back the line beside a value goes (ux 3.0)."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a value was at the newest check that had it."""

    value: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """Newest values and answers, and the series of the last hours, oldest first."""

    values: Mapping[str, Before] = field(default_factory=dict)
    looks: Mapping[str, Look] = field(default_factory=dict)
    series: Mapping[str, Sequence[Decimal | None]] = field(default_factory=dict)


def past_of(run: Run, values: Collection[str], looks: Collection[str], at: datetime) -> Past:
    """Return what the last checks said of some values and findings (one or two statements)."""
    readings = list(islice(Recent(run), LOOK_BACK))
    lately = [one for one in reversed(readings) if at - one.checked_at <= SERIES_FOR]
    return Past(
        values={c: before for c in values if (before := _before(readings, c)) is not None},
        looks={c: look for c in looks if (look := _look(readings, c)) is not None},
        series={c: line for c in values if _is_line(line := [one.values.get(c) for one in lately])},
    )


def _is_line(series: Sequence[Decimal | None]) -> bool:
    return sum(value is not None for value in series) > 1


def _before(readings: Sequence[Reading], code: str) -> Before | None:
    return next(
        (Before(one.values[code], one.checked_at) for one in readings if code in one.values), None
    )


def _look(readings: Sequence[Reading], code: str) -> Look | None:
    return next((one.looks[code] for one in readings if code in one.looks), None)
