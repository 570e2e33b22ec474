"""The steps of a planned change, and what closes or unsettles it by itself."""

from datetime import datetime

from accounts.models import User
from circuits.actions.change_dues import clear_change_due, set_change_due, tell_owner
from circuits.models import (
    ChangeDecision,
    ChangeState,
    ComponentUse,
    DecisionKind,
    PlannedChange,
    PlannedPart,
    RemovalReason,
)
from patients.models import Run
from web.problems import RuleBroken
from web.times import clinical_time


def settle_changes(*, run: Run, at: datetime) -> None:
    """Close what was charted as exchanged (within the action that charted it).

    A plan is done once all its components are out; until then it stands for the others. A
    component that was moved along into another circuit stays planned there.
    """
    out = PlannedPart.objects.filter(
        change__run=run, closed_at=None, use__removed_at__isnull=False
    ).select_related("use__component__model", "use__removed_by", "change__owner")
    last: dict[int, PlannedPart] = {}
    for part in out:
        part.closed_at = at
        part.save(update_fields=["closed_at"])
        _follow(part)
        last[part.change_id] = part
    for part in last.values():
        change, use = part.change, part.use
        if change.closed_at or change.parts.filter(closed_at=None).exists():
            continue
        change.run = run
        by = use.removed_by or change.owner
        close_change(change, ChangeState.DONE, DecisionKind.DONE, _how(use, run), by, at)


def unsettle_changes(*, run: Run, reason: str, by: User, at: datetime) -> None:
    """Ask for new plans, since what they were made for has changed (the mode)."""
    for change in run.planned_changes.filter(state=ChangeState.PLANNED):
        change.run = run
        change.state = ChangeState.UNSETTLED
        change.save(update_fields=["state"])
        decide(change, DecisionKind.UNSETTLED, reason, by, at)
        set_change_due(change=change, at=at)
        tell_owner(change=change, by=by, at=at)


def drop_changes(*, run: Run, by: User, at: datetime) -> None:
    """Cancel what is planned for a run that has ended (within the action that ends it)."""
    for change in run.planned_changes.open():
        change.run = run
        reason = "Flow is off: the run has ended"
        close_change(change, ChangeState.CANCELLED, DecisionKind.CANCELLED, reason, by, at)


def decide(
    change: PlannedChange, kind: DecisionKind, reason: str, by: User, at: datetime
) -> ChangeDecision:
    """Write a step in the life of a change down. Raises RuleBroken without a reason."""
    if not reason.strip():
        raise RuleBroken("Say why: whoever comes next reads the reason.")
    return ChangeDecision.objects.create(
        change=change,
        kind=kind,
        reason=reason.strip(),
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        owner=change.owner,
        decided_at=at,
        decided_by=by,
    )


def close_change(
    change: PlannedChange,
    state: ChangeState,
    kind: DecisionKind,
    reason: str,
    by: User,
    at: datetime,
) -> PlannedChange:
    """Close a plan, with the reason. The caller holds the lock."""
    decide(change, kind, reason, by, at)
    change.parts.filter(closed_at=None).update(closed_at=at)
    change.state, change.closed_at = state, at
    change.save(update_fields=["state", "closed_at"])
    clear_change_due(change=change, at=at)
    return change


def _follow(part: PlannedPart) -> None:
    if part.use.removed_reason == RemovalReason.MOVED:
        moved = ComponentUse.objects.filter(component=part.use.component, removed_at=None).first()
        if moved is not None:
            PlannedPart.objects.create(change=part.change, use=moved)


def _how(use: ComponentUse, run: Run) -> str:
    when = use.removed_at or run.started_at
    text = clinical_time(when.astimezone(run.unit.centre.tz))
    return f"Taken out at {text}: {use.get_removed_reason_display()}"
