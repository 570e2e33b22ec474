"""Standby circuits: assembled, primed, looked at, set apart, discarded.

A plan may be refused (an expired or reserved part is not built in), a fact never. The chemistry of
a prime is judged by the site's lines; it never holds up an activation (`activate.py`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Unit, User
from alerts.actions import set_dues
from alerts.owed import Owed
from audit.context import action
from circuits.actions.fitness import refuse_part
from circuits.actions.parts import NewPart, PartInUse, component_of
from circuits.actions.stock import discard_stock, reserve_stock
from circuits.models import (
    Component,
    MovementKind,
    StandbyChange,
    StandbyCircuit,
    StandbyPart,
    StandbyStatus,
    StockLot,
    StockMovement,
)
from circuits.standby_policies import standby_limits
from clinical.prime import discard_due, look_due
from patients.actions.times import refuse_future
from web.actions.checklists import begin_checklist, end_checklist
from web.models import ChecklistRun
from web.problems import RuleBroken

DISCARD, LOOK = "standby_discard", "standby_look"
DUES = frozenset({DISCARD, LOOK})
WEEKLY = "standby_weekly"
LISTS = {
    "priming": "Pre-use and priming",
    WEEKLY: "Weekly check",
    "connection_timeout": "Timeout before connection",
}


class LabelTaken(RuleBroken):
    code = "label_taken"


class StandbyIsOver(RuleBroken):
    code = "standby_is_over"


@action("assembled a standby circuit")
def assemble_standby(
    *,
    unit: Unit,
    label: str,
    location: str,
    assembled_at: datetime,
    parts: Iterable[NewPart],
    by: User,
    at: datetime,
    **facts: Any,
) -> StandbyCircuit:
    """Put a circuit together, dry. `facts`: configuration, console, tamper_seal.

    Parts that the store knows are reserved; a part that is used, reserved or in another standby
    circuit is refused with where it is. Raises LabelTaken, PartInUse and what `reserve_stock` does.
    """
    refuse_future(assembled_at, at, "time of assembly")
    kept = StandbyCircuit.objects.kept()
    if kept.filter(unit=unit, label=label).exists():
        raise LabelTaken(f"There is a circuit {label} already. Choose another label.")
    standby = StandbyCircuit.objects.create(
        unit=unit,
        label=label,
        location=location,
        assembled_at=assembled_at,
        entered_at=at,
        entered_by=by,
        **facts,
    )
    for part in parts:
        _build_in(standby, part, by, at)
    reassess_standby(standby, at)
    return standby


@action("changed what a standby circuit is good for")
def change_standby(
    *,
    standby: StandbyCircuit,
    status: str,
    reason: str,
    changed_at: datetime,
    by: User,
    at: datetime,
) -> StandbyCircuit:
    """Set a circuit apart, discard it, or take it back. Raises StandbyIsOver once it is gone."""
    standby = StandbyCircuit.objects.locked(standby.pk)
    refuse_future(changed_at, at, "time")
    if standby.status in {StandbyStatus.IN_USE, StandbyStatus.DISCARDED}:
        raise StandbyIsOver(
            f"{standby.label} is {standby.get_status_display().lower()} already: nothing is left "
            "to decide. Reload the page."
        )
    standby.status = status
    standby.save(update_fields=["status"])
    StandbyChange.objects.create(
        standby=standby, status=status, reason=reason, changed_at=changed_at, entered_at=at, by=by
    )
    if status == StandbyStatus.DISCARDED:
        _throw_away(standby, reason, changed_at, by, at)
    reassess_standby(standby, at)
    return standby


@action("began a checklist")
def begin_standby_list(
    *, standby: StandbyCircuit, kind: str, by: User, at: datetime
) -> ChecklistRun:
    """Begin the priming list, the weekly check or the timeout of a circuit, or go on with it."""
    standby = StandbyCircuit.objects.locked(standby.pk)
    begun = lists_of(standby).filter(kind=kind, ended_at=None).first()
    return begun or begin_checklist(
        unit=standby.unit, kind=kind, subject=str(standby.public_id), by=by, at=at
    )


@action("looked at a standby circuit")
def end_look(*, standby: StandbyCircuit, checklist: ChecklistRun, by: User, at: datetime) -> None:
    """Close a weekly check: the next is due a week from now."""
    end_checklist(checklist=checklist, by=by, at=at)
    reassess_standby(StandbyCircuit.objects.locked(standby.pk), at)


def lists_of(standby: StandbyCircuit) -> Any:
    """Return the checklists of a circuit, newest first."""
    return ChecklistRun.objects.filter(subject=str(standby.public_id)).order_by("-started_at")


def standby_of(checklist: ChecklistRun) -> StandbyCircuit | None:
    """Return the circuit that a checklist is about, if it is about one."""
    try:
        subject = UUID(checklist.subject)
    except ValueError:
        return None
    return StandbyCircuit.objects.filter(public_id=subject).first()


def reassess_standby(standby: StandbyCircuit, at: datetime) -> None:
    """Say when the circuit is to be discarded and looked at; nothing once it is gone."""
    limits, source = standby_limits(standby.unit.centre, at)
    dues = []
    if standby.status in {StandbyStatus.READY, StandbyStatus.QUARANTINED}:
        discard = discard_due(standby.fill, standby.clock_from, limits)
        look = look_due(last_look(standby), limits)
        dues = [
            Owed(DISCARD, f"Discard {standby.label}", discard, "perfusionist", source),
            Owed(LOOK, f"Look at {standby.label}", look, "perfusionist", source),
        ]
    subject = str(standby.public_id)
    set_dues(unit=standby.unit, run=None, subject=subject, kinds=DUES, dues=dues, at=at)


def last_look(standby: StandbyCircuit) -> datetime:
    """Return when the circuit was last looked at: a finished weekly check, or its own making."""
    done = lists_of(standby).filter(kind=WEEKLY, ended_at__isnull=False).first()
    return max(done.ended_at, standby.clock_from) if done else standby.clock_from


def _build_in(standby: StandbyCircuit, part: NewPart, by: User, at: datetime) -> None:
    component = component_of(part, at)
    refuse_part(component, by, at)
    row = StandbyPart(
        standby=standby,
        component=component,
        position=part.position or component.model.kind,
        exchange_group=part.exchange_group,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as broken:
        raise _taken(broken, component, row) from broken
    lot = _lot_of(standby.unit, component)
    if lot is not None:
        reserve_stock(
            lot=lot,
            reserved_at=standby.assembled_at,
            component=component,
            reason=f"Standby circuit {standby.label}",
            by=by,
            at=at,
        )


def _lot_of(unit: Unit, component: Component) -> StockLot | None:
    if not component.lot:
        return None
    rows = StockLot.objects.filter(
        unit__centre=unit.centre_id, model=component.model, lot=component.lot
    )
    return rows.filter(unit=unit).first() or rows.first()


def _taken(broken: IntegrityError, component: Component, row: StandbyPart) -> RuleBroken:
    if "in_one_standby_circuit" in str(broken):
        other = StandbyPart.objects.select_related("standby").get(component=component, is_kept=True)
        return PartInUse(
            f"{component} is in the standby circuit {other.standby.label}, at "
            f"{other.standby.location}. Take another."
        )
    if "one_part_a_position" in str(broken):
        return PartInUse(f"Two parts are told for the position {row.position}. Name another.")
    raise broken


def _throw_away(
    standby: StandbyCircuit, reason: str, when: datetime, by: User, at: datetime
) -> None:
    parts = standby.parts.all()
    reserved = StockMovement.objects.held(MovementKind.RESERVED).filter(
        component__in=parts.values("component")
    )
    for movement in reserved.select_related("lot"):
        discard_stock(
            lot=movement.lot, settles=movement, discarded_at=when, reason=reason, by=by, at=at
        )
    parts.update(is_kept=False)
