"""Plan the change of components, plan it again, hand it over, drop it: plans, which may be refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from accounts.queries import may
from audit.context import action
from circuits.actions.change_dues import set_change_due, tell_owner, tell_team
from circuits.actions.change_steps import close_change, decide
from circuits.change_evidence import evidence_of
from circuits.lives import lives
from circuits.models import (
    ChangeState,
    ComponentUse,
    DecisionKind,
    PlannedChange,
    PlannedPart,
)
from clinical.signals import Urgency
from patients.models import Run
from web.problems import RuleBroken
from web.times import clinical_time


class NothingToChange(RuleBroken):
    code = "nothing_to_change"


class RunIsOver(RuleBroken):
    code = "run_is_over"


class SlotIsPast(RuleBroken):
    code = "slot_is_past"


class AlreadyPlanned(RuleBroken):
    code = "already_planned"


class OwnerMayNot(RuleBroken):
    code = "owner_may_not"


class ChangeIsClosed(RuleBroken):
    code = "change_is_closed"


@action("planned a change")
def plan_change(
    *,
    run: Run,
    uses: Sequence[ComponentUse],
    starts_at: datetime,
    ends_at: datetime,
    urgency: str,
    owner: User,
    why: str,
    by: User,
    at: datetime,
    is_kit_ready: bool = False,
    kit_note: str = "",
) -> PlannedChange:
    """Plan when some components of a run are exchanged, and who sees to it.

    The rules and readings that speak for it now are kept with it. Raises NothingToChange,
    RunIsOver, SlotIsPast, OwnerMayNot, AlreadyPlanned.
    """
    run = Run.objects.locked(run.pk)
    if run.ended_at:
        raise RunIsOver("This run has ended: there is nothing left to plan.")
    fresh = _still_inside(run, uses)
    _check_slot(starts_at, ends_at, at)
    _check_owner(run, owner, at)
    if not why.strip():
        raise RuleBroken("Say why the change is planned: whoever makes it reads the reason.")
    change = PlannedChange.objects.create(
        run=run,
        urgency=Urgency(urgency).value,
        starts_at=starts_at,
        ends_at=ends_at,
        owner=owner,
        why=why.strip(),
        evidence=_evidence(run, fresh, at),
        is_kit_ready=is_kit_ready,
        kit_note=kit_note.strip(),
        planned_at=at,
        planned_by=by,
    )
    PlannedPart.objects.bulk_create(PlannedPart(change=change, use=use) for use in fresh)
    decide(change, DecisionKind.PLANNED, change.why, by, at)
    set_change_due(change=change, at=at)
    tell_owner(change=change, by=by, at=at)
    tell_team(change=change, at=at)
    return change


@action("planned a change again")
def replan_change(
    *,
    change: PlannedChange,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    urgency: str = "",
) -> PlannedChange:
    """Move a change to another slot. Raises ChangeIsClosed, SlotIsPast."""
    change = _open(change)
    _check_slot(starts_at, ends_at, at)
    change.starts_at, change.ends_at = starts_at, ends_at
    change.urgency = Urgency(urgency).value if urgency else change.urgency
    change.state = ChangeState.PLANNED
    change.save(update_fields=["starts_at", "ends_at", "urgency", "state"])
    decide(change, DecisionKind.REPLANNED, reason, by, at)
    set_change_due(change=change, at=at)
    tell_owner(change=change, by=by, at=at)
    return change


@action("handed a change over")
def hand_over_change(
    *, change: PlannedChange, owner: User, reason: str, by: User, at: datetime
) -> PlannedChange:
    """Let somebody else see to a change. Raises ChangeIsClosed, OwnerMayNot."""
    change = _open(change)
    _check_owner(change.run, owner, at)
    change.owner = owner
    change.save(update_fields=["owner"])
    decide(change, DecisionKind.HANDED_OVER, reason, by, at)
    set_change_due(change=change, at=at)
    tell_owner(change=change, by=by, at=at)
    return change


@action("noted the kit of a change")
def note_kit(
    *, change: PlannedChange, is_ready: bool, note: str, by: User, at: datetime
) -> PlannedChange:
    """Say whether the kit is ready, and which it is. Raises ChangeIsClosed."""
    change = _open(change)
    change.is_kit_ready, change.kit_note = is_ready, note.strip()
    change.save(update_fields=["is_kit_ready", "kit_note"])
    said = "The kit is ready" if is_ready else "The kit is not ready"
    decide(change, DecisionKind.KIT, f"{said}: {note.strip()}" if note.strip() else said, by, at)
    return change


@action("cancelled a change")
def cancel_change(*, change: PlannedChange, reason: str, by: User, at: datetime) -> PlannedChange:
    """Drop a plan. Raises ChangeIsClosed."""
    change = _open(change)
    return close_change(change, ChangeState.CANCELLED, DecisionKind.CANCELLED, reason, by, at)


def _open(change: PlannedChange) -> PlannedChange:
    run = Run.objects.locked(change.run_id)
    fresh = PlannedChange.objects.select_related("owner").get(pk=change.pk)
    fresh.run = run
    if fresh.closed_at:
        raise ChangeIsClosed(
            f"This change is {fresh.get_state_display().lower()} already. Plan a new one if a part "
            "is to be exchanged again."
        )
    return fresh


def _still_inside(run: Run, uses: Sequence[ComponentUse]) -> list[ComponentUse]:
    rows = ComponentUse.objects.filter(pk__in=[use.pk for use in uses], circuit__run=run)
    fresh = list(rows.select_related("component__model"))
    if not fresh:
        raise NothingToChange("Choose at least one component that is to be exchanged.")
    if gone := [str(use.component) for use in fresh if use.removed_at]:
        raise NothingToChange(f"{', '.join(gone)} is out of the circuit already. Choose again.")
    taken = PlannedPart.objects.filter(use__in=fresh, closed_at=None)
    for part in taken.select_related("change__owner", "use__component__model")[:1]:
        begins = clinical_time(part.change.starts_at.astimezone(run.unit.centre.tz))
        raise AlreadyPlanned(
            f"{part.use.component} is to be changed at {begins} already; {part.change.owner} sees "
            "to it. Plan that change again instead."
        )
    return fresh


def _check_slot(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= starts_at:
        raise SlotIsPast("The slot must end after it begins. Correct one of the times.")
    if ends_at <= at:
        raise SlotIsPast(
            "This slot is over. Choose a later one; an exchange that was made is charted instead."
        )


def _check_owner(run: Run, owner: User, at: datetime) -> None:
    if not may(owner, Permission.COMPONENT_EXCHANGE, unit=run.unit, at=at):
        raise OwnerMayNot(
            f"{owner} may not exchange components in {run.unit}. Choose somebody who may."
        )


def _evidence(run: Run, uses: Sequence[ComponentUse], at: datetime) -> list[dict[str, Any]]:
    wanted = {use.pk for use in uses}
    return [evidence_of(life) for life in lives(run, at) if life.use.pk in wanted]
