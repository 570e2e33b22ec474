"""One invented patient's stay: what is done when, in the order of time."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.models import Unit, User
from circuits.models import DeviceModel
from clinical.anticoagulation import Protocol
from clinical.measures import MEASURES
from ecmo.demo.course import Course
from ecmo.demo.physiology import Physiology
from ecmo.demo.roster import Crew
from patients.models import Patient, Referral, Run

Act = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Site:
    """What all patients share: people, devices by name, protocols by id, and what time it is."""

    crew: Crew
    devices: dict[str, DeviceModel]
    protocols: dict[str, Protocol]
    now: datetime
    seed: int

    def rng(self, name: str) -> Random:
        """Return the dice of one thing: the same for the same seed, whatever else is built."""
        return Random(f"{self.seed}/{name}")  # noqa: S311 - dice of a demo


@dataclass(slots=True)
class Stay:
    """A course being played. `plan` puts an act at a time; what lies after now never happens."""

    site: Site
    course: Course
    rng: Random
    body: Physiology
    patient: Patient = field(init=False)
    run: Run = field(init=False)
    referral: Referral | None = None
    _ahead: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: int = 0

    @classmethod
    def of(cls, site: Site, course: Course) -> "Stay":
        """Make a stay with dice of its own."""
        rng = site.rng(course.who.mrn)
        return cls(site, course, rng, Physiology(course.body, site.rng(f"{course.who.mrn}/body")))

    @property
    def unit(self) -> Unit:
        """The unit of the run."""
        return self.site.crew.hospital.units[self.course.unit]

    @property
    def stops_at(self) -> datetime:
        """Flow off, or now."""
        ending = self.course.ending
        return self.course.moment(ending.hour) if ending else self.site.now

    def plan(self, at: datetime, act: Act) -> None:
        """Let something be done at a time; in one minute in the order of planning."""
        if at <= self.site.now:
            self._count += 1
            heapq.heappush(self._ahead, (at, self._count, act))

    def play(self) -> None:
        """Do what was planned, and what that plans, in the order of time."""
        while self._ahead:
            at, _, act = heapq.heappop(self._ahead)
            act(at)

    def until(self, at: datetime) -> None:
        """Let the body live on until a time."""
        self.body.advance(self.course.hour(at))

    def nurse(self, at: datetime) -> User:
        """Return who is at the bedside."""
        return self.site.crew.bedside(self.course.unit, at, self.course.place)

    def perfusionist(self, at: datetime) -> User:
        """Return the perfusionist on call."""
        return self.site.crew.perfusionist(self.course.unit, at)

    def physician(self, at: datetime) -> User:
        """Return the physician on call."""
        return self.site.crew.physician(self.course.unit, at)

    def later(self, at: datetime, low: int, high: int) -> datetime:
        """Return a time some minutes on."""
        return at + timedelta(minutes=self.rng.randint(low, high))


def as_measured(values: Iterable[tuple[str, float]]) -> dict[str, Any]:
    """Return numbers with the decimals with which each measure is read."""
    return {code: measured(code, value) for code, value in values}


def measured(code: str, value: float) -> Decimal:
    """Return a number with the decimals of its measure; a fraction shown in % has two more."""
    one = MEASURES[code]
    places = one.decimals + 2 * one.is_shown_in_percent
    return Decimal(f"{value:.{places}f}")
