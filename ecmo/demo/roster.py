"""A month of shifts around now, and who is on at any other time by the same pattern.

Bedside in two shifts of twelve hours, from seven; the others on call for a day. People take turns,
so nobody is on two shifts at once.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.models import User
from ecmo.demo.people import ADULT, UNITS, Hospital
from staffing.actions import add_shift, publish_shifts
from staffing.models import Duty, Person

DAYS_BACK, DAYS_AHEAD, PUBLISHED_AHEAD = 21, 10, 7
CHANGE = time(7)
NIGHT = time(19)
AT_ONCE = {ADULT: 2}


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is on which duty at which time."""

    hospital: Hospital

    def bedside(self, unit: str, at: datetime, place: int = 0) -> User:
        """Return who is at the bedside; `place` tells patients apart where two are on."""
        return self._on(unit, Duty.BEDSIDE, at, place)

    def perfusionist(self, unit: str, at: datetime) -> User:
        """Return the perfusionist on call."""
        return self._on(unit, Duty.PERFUSION, at)

    def physician(self, unit: str, at: datetime) -> User:
        """Return the physician on call."""
        return self._on(unit, Duty.PHYSICIAN, at)

    def coordinator(self, unit: str, at: datetime) -> User:
        """Return the coordinator on call."""
        return self._on(unit, Duty.COORDINATOR, at)

    def _on(self, unit: str, duty: Duty, at: datetime, place: int = 0) -> User:
        local = at.astimezone(self.hospital.centre.tz)
        day = local.date() - timedelta(days=local.time() < CHANGE)
        is_night = not CHANGE <= local.time() < NIGHT
        user = turn(self.hospital, unit, duty, day, is_night=is_night, place=place).user
        if user is None:
            raise ValueError("Everybody of the demo has a login.")
        return user


def turn(
    hospital: Hospital, unit: str, duty: Duty, day: date, *, is_night: bool, place: int = 0
) -> Person:
    """Return whose turn it is on a day: two of a team follow one another by day and by night."""
    team = hospital.people[unit, duty]
    if duty != Duty.BEDSIDE:
        return team[day.toordinal() % len(team)]
    at_once = AT_ONCE.get(unit, 1)
    slot = (day.toordinal() * 2 + is_night) * at_once + place % at_once
    return team[slot % len(team)]


def fill_roster(hospital: Hospital, at: datetime) -> None:
    """Draft a month of shifts around `at`; publish all but the last days."""
    today = at.astimezone(hospital.centre.tz).date()
    first = today - timedelta(days=DAYS_BACK)
    drafted_at = _local(hospital, first - timedelta(days=14), time(10))
    for number in range(DAYS_BACK + DAYS_AHEAD):
        for code in UNITS:
            _draft_day(hospital, code, first + timedelta(days=number), drafted_at)
    for unit in hospital.units.values():
        publish_shifts(
            unit=unit,
            starts_at=_local(hospital, first, CHANGE),
            ends_at=_local(hospital, today + timedelta(days=PUBLISHED_AHEAD), CHANGE),
            by=hospital.login("coordinator"),
            at=drafted_at + timedelta(days=2),
        )


def _draft_day(hospital: Hospital, unit: str, day: date, at: datetime) -> None:
    for duty in Duty:
        if duty != Duty.BEDSIDE:
            _draft(hospital, unit, duty, day, at, span=(CHANGE, CHANGE))
            continue
        for place in range(AT_ONCE.get(unit, 1)):
            _draft(hospital, unit, duty, day, at, span=(CHANGE, NIGHT), place=place)
            _draft(hospital, unit, duty, day, at, span=(NIGHT, CHANGE), place=place)


def _draft(
    hospital: Hospital,
    unit: str,
    duty: Duty,
    day: date,
    at: datetime,
    *,
    span: tuple[time, time],
    place: int = 0,
) -> None:
    begins, ends = span
    person = turn(hospital, unit, duty, day, is_night=begins == NIGHT, place=place)
    last = day + timedelta(days=ends == CHANGE)
    add_shift(
        unit=hospital.units[unit],
        person=person,
        duty=duty,
        starts_at=_local(hospital, day, begins),
        ends_at=_local(hospital, last, ends),
        by=hospital.login("coordinator"),
        at=at,
    )


def _local(hospital: Hospital, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, hospital.centre.tz)
