"""When a change is made by day, and the first slot in which those who are needed are on duty.

Bedside reference 3.7: planned changes are made by day, urgent ones within 4 to 6 hours. Hours,
weekdays and duties are the site's; holidays are not known here. Local clock times, absolute slots.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from clinical.instants import after, utc
from clinical.signals import Urgency

WORKING_DAYS = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True)
class Daytime:
    """The hours of day in which changes are made, by local clock; weekdays 1 (Monday) to 7."""

    opens: time = time(8)
    closes: time = time(16)
    weekdays: frozenset[int] = WORKING_DAYS

    def covers(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether a moment lies within, the opening included and the closing not."""
        local = utc(moment).astimezone(zone)
        is_open = self.opens <= local.time().replace(tzinfo=None) < self.closes
        return is_open and local.isoweekday() in self.weekdays

    def windows(self, earliest: datetime, days: int, zone: tzinfo) -> Iterator["Window"]:
        """Yield the hours of each such day from `earliest` on, for so many calendar days."""
        first = utc(earliest).astimezone(zone).date()
        for offset in range(days):
            day = first + timedelta(days=offset)
            begins = max(_at(day, self.opens, zone), utc(earliest))
            ends = _at(day, self.closes, zone)
            if day.isoweekday() in self.weekdays and begins < ends:
                yield Window(begins, ends)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Rostered:
    """Somebody on a duty; `who` is the caller's key."""

    who: int
    duty: str
    starts_at: datetime
    ends_at: datetime

    def covers(self, slot: Window) -> bool:
        """Whether they are on duty through all of a slot."""
        return utc(self.starts_at) <= slot.starts_at and slot.ends_at <= utc(self.ends_at)


@dataclass(frozen=True, slots=True)
class Slot:
    """A proposed time, who is on duty then, and which duties nobody holds."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[Rostered, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How a slot is found: starting defaults that a site replaces."""

    daytime: Daytime = field(default_factory=Daytime)
    minutes: int = 120
    duties: tuple[str, ...] = ("perfusion",)
    urgent_within_h: float = 6
    days: int = 14


def propose_slot(
    urgency: Urgency, rostered: Sequence[Rostered], at: datetime, zone: tzinfo, rules: SlotRules
) -> Slot | None:
    """Return the earliest slot in which every duty that is needed is held; None if nothing fits.

    Without such a slot it is the earliest one, which says whom it lacks. An emergent change is now;
    an urgent one within hours, by day or by night; others by day.
    """
    if urgency is Urgency.EMERGENT:
        return _slot(Window(utc(at), after(at, minutes=rules.minutes)), rostered, rules.duties)
    if urgency is Urgency.URGENT:
        ends = after(at, hours=rules.urgent_within_h, minutes=rules.minutes)
        windows: Iterable[Window] = [Window(utc(at), ends)]
    else:
        windows = rules.daytime.windows(at, rules.days, zone)
    slots = [
        _slot(window, rostered, rules.duties)
        for within in windows
        for window in _candidates(within, rostered, rules)
    ]
    return min(slots, key=lambda one: (len(one.lacks), one.starts_at), default=None)


def _candidates(
    within: Window, rostered: Collection[Rostered], rules: SlotRules
) -> Iterator[Window]:
    """Yield slots that fit: from the start of the window, and from each start of a duty in it."""
    starts = {within.starts_at, *(utc(one.starts_at) for one in rostered)}
    for start in sorted(starts):
        slot = Window(start, after(start, minutes=rules.minutes))
        if within.starts_at <= slot.starts_at and slot.ends_at <= within.ends_at:
            yield slot


def _slot(window: Window, rostered: Sequence[Rostered], duties: Sequence[str]) -> Slot:
    people = tuple(one for one in rostered if one.duty in duties and one.covers(window))
    held = {one.duty for one in people}
    lacks = tuple(duty for duty in duties if duty not in held)
    return Slot(window.starts_at, window.ends_at, people, lacks)


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
