"""A slope that a few bad readings do not bend, with an interval that assumes no distribution.

Theil (1950) and Sen (1968): the slope is the median of the slopes of all pairs; its interval
comes from Kendall's distribution of discordant pairs, exact for few points and normal for many.
The interval takes errors as independent. Readings an hour apart are not quite, so a site signs
for projections before anybody sees one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import combinations
from math import factorial, floor, sqrt
from statistics import NormalDist, median

from clinical.instants import elapsed, utc

EXACT_UP_TO = 30
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Point:
    """One value at a time."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """A slope per hour, and the level of its line at the first point."""

    per_hour: float
    level: float

    def meets_after_h(self, limit: float) -> float:
        """Return how many hours after the first point the line meets `limit`.

        Raises ZeroDivisionError for a line that neither rises nor falls.
        """
        return (limit - self.level) / self.per_hour


@dataclass(frozen=True, slots=True)
class Slope:
    """The line through some points, and the flattest and steepest that fit them as well."""

    line: Line
    low: Line
    high: Line
    origin: datetime
    n: int
    confidence: float

    @property
    def excludes_zero(self) -> bool:
        """Whether it is surely going up, or surely going down."""
        return self.low.per_hour > 0 or self.high.per_hour < 0


def theil_sen(points: Iterable[Point], confidence: float = 0.95) -> Slope | None:
    """Return the slope of some points, None if they are too few for an interval so sure.

    Values read at one moment count once, as their median. Raises ValueError for a confidence that
    is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError("A confidence lies between 0 and 1.")
    placed = _distinct(points)
    rank = _rank(len(placed), confidence)
    if rank is None:
        return None
    origin = placed[0].at
    pairs = [(elapsed(origin, one.at) / HOUR, one.value) for one in placed]
    slopes = sorted((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(pairs, 2))
    return Slope(
        line=_line(median(slopes), pairs),
        low=_line(slopes[rank - 1], pairs),
        high=_line(slopes[-rank], pairs),
        origin=origin,
        n=len(pairs),
        confidence=confidence,
    )


def _distinct(points: Iterable[Point]) -> list[Point]:
    by_time: dict[datetime, list[float]] = {}
    for point in points:
        by_time.setdefault(utc(point.at), []).append(point.value)
    return [Point(at, median(by_time[at])) for at in sorted(by_time)]


def _line(per_hour: float, pairs: Sequence[tuple[float, float]]) -> Line:
    return Line(per_hour, median(y - per_hour * x for x, y in pairs))


def _rank(n: int, confidence: float) -> int | None:
    """Which slope from either end bounds the interval; None: even the outermost are not enough.

    The true slope lies below the r-th smallest with the chance that at most r - 1 of the pairs
    are discordant.
    """
    tail = (1 - confidence) / 2
    if n <= EXACT_UP_TO:
        return _exact_rank(n, tail)
    pairs = n * (n - 1) / 2
    spread = NormalDist().inv_cdf(1 - tail) * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return max(floor((pairs - spread) / 2), 1)


def _exact_rank(n: int, tail: float) -> int | None:
    allowed, seen = tail * factorial(n), 0
    for rank, count in enumerate(_discordant(n)):
        seen += count
        if seen > allowed:
            return rank or None
    return None


@lru_cache(maxsize=EXACT_UP_TO + 1)
def _discordant(n: int) -> tuple[int, ...]:
    """How many orders of n values have 0, 1, 2, ... discordant pairs."""
    counts = [1]
    for size in range(2, n + 1):
        wider = [0] * (len(counts) + size - 1)
        for moved in range(size):
            for index, count in enumerate(counts):
                wider[index + moved] += count
        counts = wider
    return tuple(counts)
