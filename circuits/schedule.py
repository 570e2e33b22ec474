"""When changes are made by day, and when who is reminded: the site's rules, or editable defaults.

The defaults have no source and are marked so on every page that shows them.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from accounts.models import Centre, Unit
from circuits.policies import policy
from clinical.daytime import WORKING_DAYS, Daytime, Rostered, Slot, SlotRules, propose_slot
from clinical.signals import Urgency
from staffing.models import Duty
from staffing.queries import shifts_between

CHANGE_SCHEDULE = "change_schedule"
REMIND_H = (12.0, 1.0)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ScheduleRules:
    """How slots are found, how many hours before a slot its owner is told, and where that stands."""

    source: str
    slots: SlotRules = field(default_factory=SlotRules)
    remind_h: tuple[float, ...] = REMIND_H

    @property
    def hours_text(self) -> str:
        """The hours of day in words: 08:00 to 16:00, Monday to Friday."""
        day = self.slots.daytime
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        days = ", ".join(names[one - 1] for one in sorted(day.weekdays))
        if day.weekdays == WORKING_DAYS:
            days = "Monday to Friday"
        return f"{day.opens:%H:%M} to {day.closes:%H:%M}, {days}"


def schedule_rules(centre: Centre, at: datetime) -> ScheduleRules:
    """Return the rules of the schedule that hold in a centre (one statement)."""
    found = policy(centre, CHANGE_SCHEDULE, at, {})
    return read_rules(found.body, found.source)


def read_rules(body: dict[str, Any], source: str) -> ScheduleRules:
    """Read a document of the site; what it leaves out is as by default."""
    usual = SlotRules()
    day = Daytime(
        opens=_clock(body.get("day_from"), usual.daytime.opens),
        closes=_clock(body.get("day_to"), usual.daytime.closes),
        weekdays=frozenset(body.get("weekdays", usual.daytime.weekdays)),
    )
    slots = SlotRules(
        daytime=day,
        minutes=body.get("slot_min", usual.minutes),
        duties=tuple(body.get("duties", usual.duties)),
        urgent_within_h=body.get("urgent_within_h", usual.urgent_within_h),
        days=body.get("horizon_days", usual.days),
    )
    return ScheduleRules(source, slots, tuple(body.get("remind_h", REMIND_H)))


@dataclass(frozen=True, slots=True)
class ProposedSlot:
    """A slot with the people who are on duty then and may own the change, and what it lacks."""

    slot: Slot
    rules: ScheduleRules
    names: tuple[str, ...]
    users: tuple[int, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """Duties that nobody holds then, in words."""
        return tuple(str(Duty(duty).label) for duty in self.slot.lacks)


def proposed_slot(unit: Unit, urgency: Urgency, at: datetime) -> ProposedSlot | None:
    """Propose when to make a change in a unit, from its published roster (two statements).

    None if the site's hours of day hold no slot within the days looked at.
    """
    rules = schedule_rules(unit.centre, at)
    until = at + timedelta(days=rules.slots.days + 1)
    shifts = [
        shift
        for shift in shifts_between(unit, at, until).published().select_related("person__user")
        if shift.duty in rules.slots.duties
    ]
    rostered = [Rostered(one.pk, one.duty, one.starts_at, one.ends_at) for one in shifts]
    from_when = at if urgency is Urgency.EMERGENT else _next_quarter(at)
    slot = propose_slot(urgency, rostered, from_when, unit.centre.tz, rules.slots)
    if slot is None:
        return None
    on = {one.who for one in slot.people}
    people = [shift.person for shift in shifts if shift.pk in on]
    return ProposedSlot(
        slot=slot,
        rules=rules,
        names=tuple(person.name for person in people),
        users=tuple(person.user_id for person in people if person.user_id is not None),
    )


def _next_quarter(at: datetime) -> datetime:
    begun = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return begun if begun == at else begun + QUARTER


def _clock(text: str | None, usual: time) -> time:
    return time.fromisoformat(text) if text else usual
