"""Alarm limits: how a value is judged, which limit held at a time, and where a run starts.

Source: reference cases, `limits` and "Alerts open at a time": strict comparison, outside
`critical` or else outside `warning`, the most severe; a limit row holds for
`valid_from` <= time of the value < `valid_to`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from clinical.age import AgeGroup
from clinical.findings import Severity
from clinical.instants import utc
from clinical.measures import MEASURES
from clinical.spans import OPEN, Span


class Judgement(NamedTuple):
    """How far outside its limit a value lies: the severity, the side and the bound passed."""

    severity: Severity
    side: str
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """The bounds of one measure for a stretch of time, in the unit of the measure.

    `hard` is what cannot be, `soft` what is asked back, `warning` and `critical` what raises an
    alert. `valid_from` is inclusive, `valid_to` is not; None means from or for ever.
    """

    measure: str
    hard: Span = OPEN
    soft: Span = OPEN
    warning: Span = OPEN
    critical: Span = OPEN
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def holds_at(self, when: datetime) -> bool:
        """Whether this row is the one to judge by at `when`."""
        instant = utc(when)
        if self.valid_from is not None and instant < utc(self.valid_from):
            return False
        return self.valid_to is None or instant < utc(self.valid_to)

    def judge(self, value: Decimal, comparator: str | None = None) -> Judgement | None:
        """Return how a value is outside critical, or else warning; None if it is inside both."""
        for severity, span in (
            (Severity.CRITICAL, self.critical),
            (Severity.WARNING, self.warning),
        ):
            outside = span.outside(value, comparator)
            if outside is not None:
                return Judgement(severity, outside.side, outside.bound)
        return None


def limit_at(limits: Iterable[Limit], code: str, when: datetime) -> Limit | None:
    """Return the limit of a measure at a time; of several the one that began last."""
    return max(
        (limit for limit in limits if limit.measure == code and limit.holds_at(when)),
        key=_began,
        default=None,
    )


def by_measure(limits: Iterable[Limit]) -> Mapping[str, tuple[Limit, ...]]:
    """Group limit rows by measure, so that a series is judged without searching them all."""
    grouped: dict[str, list[Limit]] = {}
    for limit in limits:
        grouped.setdefault(limit.measure, []).append(limit)
    return {code: tuple(rows) for code, rows in grouped.items()}


def starting_limits(group: AgeGroup, mode: str | None = None) -> tuple[Limit, ...]:
    """Return the defaults with which a run of this age group and mode starts.

    They come from `measures.toml`, are not clinical advice, and are edited by the site.
    """
    return tuple(
        Limit(code, one.hard, *one.ranges_for(group, mode))
        for code, one in MEASURES.items()
        if not one.is_text
    )


def _began(limit: Limit) -> tuple[bool, datetime | None]:
    if limit.valid_from is None:
        return (False, None)
    return (True, utc(limit.valid_from))
