"""Calendar months of a centre: where they begin and end on its own clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` up to, not including, `ends_at`."""

    starts_at: datetime
    ends_at: datetime


def shifted(month: date, by: int) -> date:
    """Return the first day of the month that lies `by` months after (before, if negative)."""
    count = month.year * MONTHS_IN_YEAR + (month.month - 1) + by
    return date(count // MONTHS_IN_YEAR, count % MONTHS_IN_YEAR + 1, 1)


def last_month(at: datetime, zone: tzinfo) -> date:
    """Return the month before the one that `at` lies in, on the clock of `zone`."""
    local = at.astimezone(zone)
    return shifted(date(local.year, local.month, 1), -1)


def span_of(month: date, zone: tzinfo, *, months: int = 1) -> Span:
    """Return the span of `months` months that ends with `month`, in UTC."""
    return Span(_midnight(shifted(month, 1 - months), zone), _midnight(shifted(month, 1), zone))


def name_of(month: date) -> str:
    """Return 2026-03."""
    return f"{month:%Y-%m}"


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
