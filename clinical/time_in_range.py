"""How much of the time the driver test was within its target.

Source: linear interpolation after Rosendaal FR et al., Thromb Haemost 1993;69:236, with the
rules of the reference cases, "Anticoagulation": a gap of more than 24 h is not interpolated
(exactly 24 h is); a censored value is no number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from clinical.anticoagulation import LabResult, Plan, by_collection, on_file
from clinical.instants import elapsed
from clinical.spans import Span

LONGEST_INTERPOLATED = timedelta(hours=24)
GAP = "gap"
CENSORED = "censored"
SECONDS_PER_HOUR = Decimal(3600)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Uninterpolated:
    """An interval about which nothing is claimed, with its reasons."""

    starts_at: datetime
    ends_at: datetime
    hours: Decimal
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeInRange:
    """Hours below, in and above the target; `in_range_pct` None if nothing was interpolated.

    The percentage is rounded half up to one decimal; hours are not rounded.
    """

    results: int
    results_censored: int
    results_in_range: int
    not_interpolated: tuple[Uninterpolated, ...]
    in_range_h: Decimal
    below_h: Decimal
    above_h: Decimal

    @property
    def interpolated_h(self) -> Decimal:
        """Hours between results that could be judged."""
        return self.in_range_h + self.below_h + self.above_h

    @property
    def lost_h(self) -> Decimal:
        """Hours between results that could not be judged."""
        return sum((one.hours for one in self.not_interpolated), Decimal(0))

    @property
    def in_range_pct(self) -> Decimal | None:
        """Share of the judged hours spent within the target."""
        if self.interpolated_h == 0:
            return None
        share = self.in_range_h * 100 / self.interpolated_h
        return share.quantize(TENTH, ROUND_HALF_UP)


def time_in_range(plan: Plan, results: Iterable[LabResult]) -> TimeInRange:
    """Judge the driver results collected within a plan, as they stand now."""
    own = (one for one in on_file(results) if one.analyte == plan.driver)
    used = by_collection(one for one in own if plan.covers(one.collected_at))
    lost: list[Uninterpolated] = []
    below = inside = above = Decimal(0)
    for earlier, later in pairwise(used):
        why = _why_not(earlier, later)
        hours = _hours(earlier, later)
        if why:
            lost.append(Uninterpolated(earlier.collected_at, later.collected_at, hours, why))
            continue
        under, over = _shares(earlier.number, later.number, plan.target)
        below += hours * under
        above += hours * over
        inside += hours * (1 - under - over)
    return TimeInRange(
        results=len(used),
        results_censored=sum(one.comparator is not None for one in used),
        results_in_range=sum(_is_in_range(one, plan.target) for one in used),
        not_interpolated=tuple(lost),
        in_range_h=inside,
        below_h=below,
        above_h=above,
    )


def _why_not(earlier: LabResult, later: LabResult) -> tuple[str, ...]:
    why = []
    if elapsed(earlier.collected_at, later.collected_at) > LONGEST_INTERPOLATED:
        why.append(GAP)
    if earlier.comparator is not None or later.comparator is not None:
        why.append(CENSORED)
    return tuple(why)


def _hours(earlier: LabResult, later: LabResult) -> Decimal:
    seconds = elapsed(earlier.collected_at, later.collected_at).total_seconds()
    return Decimal(seconds) / SECONDS_PER_HOUR


def _shares(first: Decimal, second: Decimal, target: Span) -> tuple[Decimal, Decimal]:
    """Return the shares of a straight line from `first` to `second` below and above the target."""
    least, most = min(first, second), max(first, second)
    if least == most:
        outside = target.outside(first)
        side = outside.side if outside else None
        return Decimal(side == "low"), Decimal(side == "high")
    length = most - least
    under = Decimal(0) if target.low is None else (target.low - least) / length
    over = Decimal(0) if target.high is None else (most - target.high) / length
    return _share(under), _share(over)


def _share(number: Decimal) -> Decimal:
    return min(max(number, Decimal(0)), Decimal(1))


def _is_in_range(result: LabResult, target: Span) -> bool:
    return result.comparator is None and target.outside(result.number) is None
