"""One field of a registry record, and how times and spans are written in it."""

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple

from clinical.instants import elapsed, minutes_between
from clinical.runtime import hours_text

Scalar = str | int | bool | Decimal | None
Value = Scalar | list[str] | list[list[Scalar]]


class Field(NamedTuple):
    """A value with its UCUM unit and where it came from; a null value with a source was looked
    for there and not found.
    """

    field: str
    value: Value
    unit: str | None = None
    source: str | None = None


def stamp(moment: datetime | None, zone: tzinfo) -> str | None:
    """A time to the minute, on the centre's clock with its offset at that moment."""
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="minutes")


def span_text(start: datetime | None, end: datetime | None) -> str | None:
    """The absolute time between two moments as H:MM, with a minus sign if `end` is earlier."""
    if start is None or end is None:
        return None
    if elapsed(start, end).total_seconds() < 0:
        return f"-{hours_text(minutes_between(end, start))}"
    return hours_text(minutes_between(start, end))


def span_minutes(start: datetime | None, end: datetime | None) -> int | None:
    """The absolute minutes between two moments."""
    return None if start is None or end is None else minutes_between(start, end)
