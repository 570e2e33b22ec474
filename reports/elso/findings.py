"""What a completeness rule may say, and what it may look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinical.age import AgeGroup
from clinical.instants import elapsed
from reports.elso.assessments import Chosen, at_24_hours, before_ecls
from reports.elso.fields import Field, Value, stamp
from reports.elso.records import RunRecord


class Level(StrEnum):
    """`block` keeps the run out of the export; `warn` asks somebody to look again."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or missing: which check, of what, and why."""

    check: str
    level: Level
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A run as the rules see it: as recorded, as exported, and the rows chosen for export."""

    run: RunRecord
    fields: Mapping[str, Value]
    before: Chosen
    at_24h: Chosen

    @classmethod
    def of(cls, run: RunRecord, fields: Iterable[Field]) -> "Facts":
        """Gather them from a run and its mapped fields."""
        values = {each.field: each.value for each in fields}
        return cls(run, values, before_ecls(run), at_24_hours(run))

    @property
    def age_group(self) -> AgeGroup | None:
        """The group by birth and flow; None if flow lies before the birth."""
        group = self.fields["age_group"]
        return AgeGroup(group) if isinstance(group, str) else None

    @property
    def run_span(self) -> timedelta:
        """From flow to flow off, or to what is known while the run goes on."""
        return elapsed(self.run.time_on, self.run.last_moment)

    @property
    def since_off(self) -> timedelta | None:
        """How long the run has been closed; None while it goes on."""
        return elapsed(self.run.time_off, self.run.as_of) if self.run.time_off else None

    def shown(self, moment: datetime) -> str:
        """A time as it is written in a finding."""
        return stamp(moment, self.run.zone) or ""


def block(check: str, subject: str, why: str) -> Finding:
    """A finding that stops the export."""
    return Finding(check, Level.BLOCK, subject, why)


def warn(check: str, subject: str, why: str) -> Finding:
    """A finding that asks somebody to look again."""
    return Finding(check, Level.WARN, subject, why)
