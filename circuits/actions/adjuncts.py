"""Adjunct devices with their clocks, and what is done again and again because of them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from alerts.actions import set_dues
from alerts.models import Due as OwedRow
from alerts.owed import Owed
from audit.context import action
from circuits.adjuncts import PREFIX, on_circuit
from circuits.models import Adjunct, AdjunctKind
from circuits.queries import installed
from circuits.standby_policies import CadenceTask, Configured, cadence_tasks
from clinical.due import Due
from patients.actions.times import refuse_after_run, refuse_future
from patients.models import Run
from patients.queries import mode_at
from web.problems import RuleBroken


class RunsAlready(RuleBroken):
    code = "runs_already"


class NotRunning(RuleBroken):
    code = "not_running"


@action("started an adjunct device")
def start_adjunct(
    *, run: Run, kind: str, started_at: datetime, by: User, at: datetime, **facts: Any
) -> Adjunct:
    """Start the clock of an adjunct. `facts`: model_name, connection, settings.

    One that was there before flow on keeps its own start: its hours, and the registry's support
    before ECLS, count from it. Raises RunsAlready while another of that kind runs: a new filter ends the old one first.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(started_at, at, "time of the start")
    refuse_after_run(run, started_at, "time of the start")
    try:
        with transaction.atomic():
            adjunct = Adjunct.objects.create(
                run=run, kind=kind, started_at=started_at, entered_at=at, entered_by=by, **facts
            )
    except IntegrityError as broken:
        if "one_of_a_kind" not in str(broken):
            raise
        raise RunsAlready(
            f"{AdjunctKind(kind).label} runs already. End that one first, at the time it stopped: "
            "the hours of a new filter count from its own start."
        ) from broken
    reassess_cadence(run=run, at=at)
    return adjunct


@action("ended an adjunct device")
def end_adjunct(
    *, adjunct: Adjunct, ended_at: datetime, by: User, at: datetime, reason: str = ""
) -> Adjunct:
    """Stop the clock of an adjunct. Raises NotRunning for one that was ended before."""
    run = Run.objects.locked(adjunct.run_id)
    adjunct = Adjunct.objects.get(pk=adjunct.pk)
    refuse_future(ended_at, at, "time of the end")
    if adjunct.ended_at is not None or ended_at <= adjunct.started_at:
        raise NotRunning(
            f"{adjunct} did not run at that time. Reload the page to see when it started and ended."
        )
    adjunct.ended_at, adjunct.ended_by, adjunct.end_reason = ended_at, by, reason
    adjunct.save(update_fields=["ended_at", "ended_by", "end_reason"])
    reassess_cadence(run=run, at=at)
    return adjunct


def end_all_adjuncts(*, run: Run, ended_at: datetime, by: User, at: datetime) -> None:
    """Stop every clock of a run that ends (within the action that ends the run)."""
    running = run.adjuncts.filter(ended_at=None, started_at__lt=ended_at)
    running.update(ended_at=ended_at, ended_by=by, end_reason="End of run")
    reassess_cadence(run=run, at=at)


@action("did a task of the circuit")
def do_task(*, run: Run, task: str, done_at: datetime, by: User, at: datetime) -> None:
    """Note that a cadence task was done: the next is due from then. Raises NotRunning."""
    run = Run.objects.locked(run.pk)
    refuse_future(done_at, at, "time")
    if not run.dues.open().filter(kind=PREFIX + task).exists():
        raise NotRunning("This run owes no such task now. Reload the page.")
    reassess_cadence(run=run, at=at, done={task: done_at})


def reassess_cadence(*, run: Run, at: datetime, done: dict[str, datetime] | None = None) -> None:
    """Say which tasks the configuration asks for, and when each is due next."""
    tasks, source = cadence_tasks(run.unit.centre, at)
    standing = {
        row.kind: row.anchor
        for row in OwedRow.objects.open().filter(run=run, kind__startswith=PREFIX)
    }
    now = None if run.ended_at or not tasks else _configured(run, at)
    wanted = [one for one in tasks if now is not None and one.is_asked(now)]
    owed = [
        Owed(PREFIX + one.id, one.label, _due(one, since), "specialist", source)
        for one in wanted
        for since in [(done or {}).get(one.id) or standing.get(PREFIX + one.id) or at]
    ]
    kinds = frozenset({PREFIX + one.id for one in tasks} | standing.keys())
    set_dues(unit=run.unit, run=run, subject=str(run.public_id), kinds=kinds, dues=owed, at=at)


def _configured(run: Run, at: datetime) -> Configured:
    """Return what runs and what is in the circuit at `at` (three statements)."""
    models = [use.component.model for use in installed(run, at)]
    return Configured(
        adjuncts=frozenset(on_circuit(run)),
        mode=mode_at(list(run.modes.order_by("starts_at")), at) or "",
        parts=frozenset(one.kind for one in models),
        pumps=frozenset(one.pump_type for one in models if one.pump_type),
    )


def _due(task: CadenceTask, since: datetime) -> Due:
    due_at = since + timedelta(hours=task.every_h)
    return Due(
        rule=f"cadence.{task.id}",
        anchor=since,
        due_at=due_at,
        overdue_at=due_at,
        why=f"every {task.every_h:g} h in this configuration",
        inputs={"hours": f"{task.every_h:g}"},
    )
