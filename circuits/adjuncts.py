"""Adjunct devices of a run with their hours, and the tasks that its configuration owes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.models import Due
from circuits.models import Adjunct
from patients.models import Run

PREFIX = "cadence-"
"""Before the name of a task, in the kind of its due row."""


@dataclass(frozen=True, slots=True)
class AdjunctLife:
    """One adjunct device and how long it ran."""

    adjunct: Adjunct
    lasted: timedelta


@dataclass(frozen=True, slots=True)
class Task:
    """One task that is owed."""

    id: str
    due: Due


def adjunct_lives(run: Run, at: datetime) -> list[AdjunctLife]:
    """Return the adjuncts of a run, those that run first, then the newest."""
    rows = run.adjuncts.order_by("-started_at", "-pk")
    lives = [AdjunctLife(one, (one.ended_at or at) - one.started_at) for one in rows]
    return sorted(lives, key=lambda life: life.adjunct.ended_at is not None)


def tasks_of(run: Run) -> list[Task]:
    """Return the tasks that a run owes, the soonest first."""
    dues = Due.objects.open().filter(run=run, kind__startswith=PREFIX).order_by("due_at")
    return [Task(due.kind.removeprefix(PREFIX), due) for due in dues]


def running_adjuncts(run: Run, at: datetime) -> list[AdjunctLife]:
    """Return the adjuncts that run at `at`, the newest first."""
    return [life for life in adjunct_lives(run, at) if life.adjunct.ended_at is None]


def on_circuit(run: Run) -> set[str]:
    """Return the kinds of adjunct that run now, for the drawing of the circuit."""
    return set(run.adjuncts.filter(ended_at=None).values_list("kind", flat=True))
