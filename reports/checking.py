"""How timely the bedside checks were: intervals from one check to the next.

An interval is on time if the next check came when the site's cadence had it (bedside reference
1.6: hourly, half-hourly at first), or within the span of the set that was charted (four hours,
a shift, a day), each with the site's grace. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from clinical.due import CheckCadence, check_due
from clinical.instants import after, elapsed, utc
from reports.months import Span
from reports.tables import percent

SET_LASTS_MIN = {"q4h": 240, "shift": 720, "daily": 1440}


@dataclass(frozen=True, slots=True)
class Charted:
    """One check: which set, and when it was read."""

    kind: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Checks of one run in one span. `longest` is the longest time without one."""

    checks: int
    intervals: int
    on_time: int
    longest: timedelta

    @property
    def on_time_pct(self) -> Decimal | None:
        """Share of intervals on time; None if there was none."""
        return percent(self.on_time, self.intervals)


def timeliness(
    checks: Sequence[Charted],
    *,
    time_on: datetime,
    until: datetime,
    span: Span,
    cadence: CheckCadence,
) -> Timeliness:
    """Judge the checks of a run (oldest first, with the last before the span) within a span.

    `until` is flow off, or as far as is known. What lies between the last check and that counts
    as an interval only if the next check was overdue by then.
    """
    end = min(until, span.ends_at, key=utc)
    judged = list(_intervals(checks, time_on, end, span.starts_at, cadence))
    inside = [one for one in checks if utc(span.starts_at) <= utc(one.checked_at) <= utc(end)]
    return Timeliness(
        checks=len(inside),
        intervals=len(judged),
        on_time=sum(is_on_time for _, is_on_time in judged),
        longest=max((length for length, _ in judged), default=timedelta(0)),
    )


def _intervals(
    checks: Sequence[Charted],
    time_on: datetime,
    end: datetime,
    since: datetime,
    cadence: CheckCadence,
) -> Iterator[tuple[timedelta, bool]]:
    """Length of each interval that ends within the span, and whether it was on time."""
    before: Charted | None = None
    for check in checks:
        starts = before.checked_at if before else time_on
        if utc(since) <= utc(check.checked_at) <= utc(end):
            late_from = _late_from(before, time_on, cadence)
            yield elapsed(starts, check.checked_at), utc(check.checked_at) <= utc(late_from)
        before = check
    if utc(_late_from(before, time_on, cadence)) < utc(end):
        yield elapsed(before.checked_at if before else time_on, end), False


def _late_from(before: Charted | None, time_on: datetime, cadence: CheckCadence) -> datetime:
    due = check_due(
        time_on=time_on, last_checked_at=before.checked_at if before else None, cadence=cadence
    )
    lasts = SET_LASTS_MIN.get(before.kind, 0) if before else 0
    set_over = after(due.anchor, minutes=lasts + cadence.grace_min)
    return max(due.overdue_at, set_over)
