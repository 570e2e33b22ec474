"""Where nobody is rostered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, from start up to end."""

    starts_at: datetime
    ends_at: datetime


def uncovered(spans: Iterable[Span], period: Span) -> list[Span]:
    """Return the stretches of `period` that none of `spans` covers, in order."""
    gaps = []
    covered_to = period.starts_at
    for span in sorted(spans, key=lambda span: span.starts_at):
        if span.starts_at >= period.ends_at:
            break
        if span.starts_at > covered_to:
            gaps.append(Span(covered_to, span.starts_at))
        covered_to = max(covered_to, span.ends_at)
    if covered_to < period.ends_at:
        gaps.append(Span(covered_to, period.ends_at))
    return gaps
