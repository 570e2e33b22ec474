"""What the huddle agrees: plan a procedure, take on an action, close either."""

from datetime import datetime
from typing import TypeVar

from accounts.models import Unit, User
from audit.context import action
from episodes.models import HuddleAction, PlannedProcedure
from episodes.models.huddle import Closing
from patients.models import Run
from web.problems import RuleBroken
from web.times import clinical_time

Row = TypeVar("Row", PlannedProcedure, HuddleAction)


class InThePast(RuleBroken):
    code = "in_the_past"


class OnBeforeOff(RuleBroken):
    code = "on_before_off"


class AnotherUnit(RuleBroken):
    code = "another_unit"


class ClosedAlready(RuleBroken):
    code = "closed_already"


class RunHasEnded(RuleBroken):
    code = "run_has_ended"


@action("planned a procedure")
def plan_procedure(
    *,
    run: Run,
    what: str,
    planned_for: datetime,
    owner: User,
    by: User,
    at: datetime,
    anticoagulation_off_at: datetime | None = None,
    anticoagulation_on_at: datetime | None = None,
    note: str = "",
) -> PlannedProcedure:
    """Plan a procedure with the plan for anticoagulation; no infusion is changed by it.

    A plan may be refused: raises RunHasEnded, InThePast, OnBeforeOff.
    """
    run = Run.objects.locked(run.pk)
    if not run.is_running:
        raise RunHasEnded("Flow is off: what was done is charted under Events.")
    if planned_for < at:
        raise InThePast("This begins in the past. What was done is charted under Events.")
    off, on = anticoagulation_off_at, anticoagulation_on_at
    if off is not None and on is not None and on <= off:
        raise OnBeforeOff("Anticoagulation is to go on before it goes off. Correct one of the two.")
    return PlannedProcedure.objects.create(
        run=run,
        what=what.strip(),
        planned_for=planned_for,
        anticoagulation_off_at=off,
        anticoagulation_on_at=on,
        note=note.strip(),
        owner=owner,
        entered_at=at,
        entered_by=by,
    )


@action("closed a planned procedure")
def close_procedure(
    *, procedure: PlannedProcedure, closing: str, note: str, by: User, at: datetime
) -> PlannedProcedure:
    """Say that it was done or called off. Raises ClosedAlready, with who and when."""
    Run.objects.locked(procedure.run_id)
    row = PlannedProcedure.objects.select_related("closed_by", "run__unit__centre").get(
        pk=procedure.pk
    )
    return _close(row, row.run.unit, closing, note, by, at)


@action("took on an action")
def add_action(
    *,
    unit: Unit,
    text: str,
    owner: User,
    due_at: datetime,
    by: User,
    at: datetime,
    run: Run | None = None,
) -> HuddleAction:
    """Keep who does what until when. Raises AnotherUnit for a run of one, InThePast."""
    if run is not None and run.unit_id != unit.pk:
        raise AnotherUnit(f"This patient is not in {unit}. Add the action in their own unit.")
    if due_at < at:
        raise InThePast("This would be late at once. Say by when it is to be done from now on.")
    return HuddleAction.objects.create(
        unit=unit, run=run, text=text.strip(), owner=owner, due_at=due_at, entered_at=at,
        entered_by=by,
    )  # fmt: skip


@action("closed an action")
def close_action(
    *, row: HuddleAction, closing: str, note: str, by: User, at: datetime
) -> HuddleAction:
    """Say that it was done or dropped. Raises ClosedAlready, with who and when."""
    locked = HuddleAction.objects.select_for_update(of=("self",)).select_related(
        "unit__centre", "closed_by"
    )
    fresh = locked.get(pk=row.pk)
    return _close(fresh, fresh.unit, closing, note, by, at)


def _close(row: Row, unit: Unit, closing: str, note: str, by: User, at: datetime) -> Row:
    if row.closed_at is not None:
        when = clinical_time(row.closed_at.astimezone(unit.centre.tz))
        said = Closing(row.closing).label.lower()
        raise ClosedAlready(
            f"{row.closed_by} closed this at {when}: {said}. Nothing is left to do."
        )
    row.closing, row.closed_at, row.closed_by = Closing(closing), at, by
    row.closing_note = note.strip()
    row.save(update_fields=["closing", "closed_at", "closed_by", "closing_note"])
    return row
