"""Arithmetic on absolute time.

Two local times with one zone object are subtracted by their clock faces in Python, so an hour
is lost or won at each clock change. Everything clinical counts absolute time: it goes through
here.
"""

from datetime import UTC, datetime, timedelta


def utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; raises ValueError for a time without an offset."""
    if moment.tzinfo is None:
        raise ValueError("A time without an offset is not an instant.")
    return moment.astimezone(UTC)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Return the absolute time from `start` to `end`; negative if `end` is earlier."""
    return utc(end) - utc(start)


def after(moment: datetime, *, hours: float = 0, minutes: float = 0) -> datetime:
    """Return the instant so many absolute hours and minutes after `moment`, in UTC."""
    return utc(moment) + timedelta(hours=hours, minutes=minutes)


def minutes_between(start: datetime, end: datetime) -> int:
    """Return the absolute minutes from `start` to `end`, both cut to the minute."""
    return elapsed(_whole_minute(start), _whole_minute(end)) // timedelta(minutes=1)


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
