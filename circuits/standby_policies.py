"""The site's times for standby circuits, lines for a prime, and how old a look at kit may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Centre
from circuits.policies import policy
from clinical.prime import (
    DEFAULT_CHEMISTRY,
    DEFAULT_LIMITS,
    Chemical,
    StandbyLimits,
    chemical,
)

STANDBY_LIMITS = "standby_limits"
PRIME_CHEMISTRY = "prime_chemistry"
READINESS = "readiness"
ADJUNCT_CADENCE = "adjunct_cadence"

DEFAULT_LOOK_H = 24
"""No published number was found: an editable default, shown as one."""


@dataclass(frozen=True, slots=True)
class ChemistryTable:
    """The values of a prime with their lines, the rows as stored, and where they come from."""

    chemicals: tuple[Chemical, ...]
    rows: list[dict[str, Any]]
    source: str


def standby_limits(centre: Centre, at: datetime) -> tuple[StandbyLimits, str]:
    """Return how long circuits keep, and where that comes from; what is left out is the default."""
    found = policy(centre, STANDBY_LIMITS, at, {})
    body: Mapping[str, Any] = found.body
    hours = {
        kind: Decimal(str(body.get("hours", {}).get(kind, default)))
        for kind, default in DEFAULT_LIMITS.hours.items()
    }
    warn = Decimal(str(body.get("warn_pct", DEFAULT_LIMITS.warn_pct)))
    weekly = Decimal(str(body.get("look_every_h", DEFAULT_LIMITS.weekly_h)))
    return StandbyLimits(hours, warn, weekly), found.source


def chemistry_table(centre: Centre, at: datetime) -> ChemistryTable:
    """Return the lines by which the chemistry of a prime is judged."""
    found = policy(centre, PRIME_CHEMISTRY, at, list(DEFAULT_CHEMISTRY))
    return ChemistryTable(tuple(chemical(row) for row in found.body), found.body, found.source)


def look_hours(centre: Centre, at: datetime) -> tuple[float, str]:
    """Return how old a look at kit may be (h) before it counts as not checked, and the source."""
    found = policy(centre, READINESS, at, {"look_every_h": DEFAULT_LOOK_H})
    return float(found.body["look_every_h"]), found.source


@dataclass(frozen=True, slots=True)
class Configured:
    """What a run is made of now: adjuncts, mode, kinds of part and of pump in the circuit."""

    adjuncts: frozenset[str]
    mode: str
    parts: frozenset[str]
    pumps: frozenset[str]


@dataclass(frozen=True, slots=True)
class CadenceTask:
    """One thing to do again and again while any of what it names is there."""

    id: str
    label: str
    every_h: float
    adjuncts: tuple[str, ...]
    modes: tuple[str, ...]
    parts: tuple[str, ...]
    pumps: tuple[str, ...]

    def is_asked(self, now: Configured) -> bool:
        """Whether an adjunct, the mode, a part or the pump of the run asks for it."""
        return (
            now.mode in self.modes
            or not now.adjuncts.isdisjoint(self.adjuncts)
            or not now.parts.isdisjoint(self.parts)
            or not now.pumps.isdisjoint(self.pumps)
        )


def cadence_tasks(centre: Centre, at: datetime) -> tuple[list[CadenceTask], str]:
    """Return the site's tasks by configuration: none unless the site has written some."""
    found = policy(centre, ADJUNCT_CADENCE, at, [])
    tasks = [
        CadenceTask(
            id=row["id"],
            label=row["label"],
            every_h=float(row["every_h"]),
            adjuncts=tuple(row.get("adjuncts", ())),
            modes=tuple(row.get("modes", ())),
            parts=tuple(row.get("parts", ())),
            pumps=tuple(row.get("pumps", ())),
        )
        for row in found.body
    ]
    return tasks, found.source
