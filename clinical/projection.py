"""When a resistance that rises will reach its limit, in an interval; or why nobody can tell.

Bedside reference, twelve findings no. 8: a pressure drop is comparable at equal flow only, so
readings at another flow than the usual are left out. All numbers of the policy are starting
defaults without a source, which a site replaces; it signs (`projections`) before one is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median

from clinical.instants import after, elapsed, utc
from clinical.slopes import Line, Point, Slope, theil_sen

LONGEST_H = 24 * 3650
"""Beyond any horizon, and still a date."""


@dataclass(frozen=True, slots=True)
class ProjectionPolicy:
    """What readings must be like before anything is projected. Times in hours."""

    window_h: float = 48
    min_points: int = 8
    min_span_h: float = 12
    max_gap_h: float = 8
    horizon_h: float = 168
    confidence: float = 0.95
    flow_within_pct: float = 20


@dataclass(frozen=True, slots=True)
class FlowReading:
    """A value that depends on flow: the value, and the flow in L/min at which it was read."""

    source: str
    at: datetime
    value: Decimal
    flow: Decimal


class Outlook(StrEnum):
    """What can be said of a limit: reached, expected, not within the horizon, or nothing."""

    REACHED = "reached"
    EXPECTED = "expected"
    BEYOND = "beyond_horizon"
    NO_LIMIT = "no_baseline"
    TOO_FEW = "too_few"
    TOO_SHORT = "too_short"
    GAP = "gap"
    STALE = "stale"
    NO_CROSSING = "no_crossing"

    @property
    def can_tell(self) -> bool:
        """Whether anything is said of the limit."""
        return self in {Outlook.REACHED, Outlook.EXPECTED, Outlook.BEYOND}


@dataclass(frozen=True, slots=True)
class Projection:
    """When the limit is expected to be reached. `latest_at` None: perhaps not within the horizon.

    The interval is that of the slope; that of the level is not in it. `left_out` readings were
    taken at another flow.
    """

    outlook: Outlook
    limit: Decimal | None
    used: tuple[FlowReading, ...] = ()
    left_out: int = 0
    slope: Slope | None = None
    earliest_at: datetime | None = None
    expected_at: datetime | None = None
    latest_at: datetime | None = None


def project(
    readings: Sequence[FlowReading], limit: Decimal | None, at: datetime, policy: ProjectionPolicy
) -> Projection:
    """Say when readings, in time order, will reach `limit` (in their unit), as seen at `at`."""
    if limit is None:
        return Projection(Outlook.NO_LIMIT, None)
    opens = after(at, hours=-policy.window_h)
    recent = [one for one in readings if opens <= utc(one.at) <= utc(at)]
    usual = _at_usual_flow(recent, policy.flow_within_pct)
    used = _since_last_gap(usual, policy.max_gap_h)
    left_out = len(recent) - len(usual)
    why = _unfit(used, at, policy, is_cut=len(used) < len(usual))
    if why is not None:
        return Projection(why, limit, tuple(used), left_out)
    slope = theil_sen([Point(one.at, float(one.value)) for one in used], policy.confidence)
    if slope is None:
        return Projection(Outlook.TOO_FEW, limit, tuple(used), left_out)
    outlook, earliest, expected, latest = _crossing(slope, used[-1], limit, at, policy)
    return Projection(outlook, limit, tuple(used), left_out, slope, earliest, expected, latest)


def _at_usual_flow(readings: Sequence[FlowReading], within_pct: float) -> list[FlowReading]:
    if not readings:
        return []
    usual = median(one.flow for one in readings)
    widest = usual * Decimal(str(within_pct)) / 100
    return [one for one in readings if abs(one.flow - usual) <= widest]


def _since_last_gap(readings: Sequence[FlowReading], max_gap_h: float) -> list[FlowReading]:
    begins = 0
    for index, (one, other) in enumerate(pairwise(readings), start=1):
        if elapsed(one.at, other.at) > timedelta(hours=max_gap_h):
            begins = index
    return list(readings[begins:])


def _unfit(
    used: Sequence[FlowReading], at: datetime, policy: ProjectionPolicy, *, is_cut: bool
) -> Outlook | None:
    if used and elapsed(used[-1].at, at) > timedelta(hours=policy.max_gap_h):
        return Outlook.STALE
    if len(used) < policy.min_points:
        return Outlook.GAP if is_cut else Outlook.TOO_FEW
    if elapsed(used[0].at, used[-1].at) < timedelta(hours=policy.min_span_h):
        return Outlook.GAP if is_cut else Outlook.TOO_SHORT
    return None


def _crossing(
    slope: Slope, newest: FlowReading, limit: Decimal, at: datetime, policy: ProjectionPolicy
) -> tuple[Outlook, datetime | None, datetime | None, datetime | None]:
    if newest.value >= limit:
        return Outlook.REACHED, None, None, None
    if slope.low.per_hour <= 0:
        return Outlook.NO_CROSSING, None, None, None
    earliest, expected, latest = sorted(
        _meets(line, slope.origin, limit, at) for line in (slope.high, slope.line, slope.low)
    )
    horizon = after(at, hours=policy.horizon_h)
    if earliest > horizon:
        return Outlook.BEYOND, earliest, None, None
    return (
        Outlook.EXPECTED,
        earliest,
        expected if expected <= horizon else None,
        latest if latest <= horizon else None,
    )


def _meets(line: Line, origin: datetime, limit: Decimal, at: datetime) -> datetime:
    """When a rising line meets the limit; one that would have met it by now meets it now."""
    hours = min(line.meets_after_h(float(limit)), LONGEST_H)
    return max(after(origin, hours=hours), utc(at))
