"""A part goes into a position and comes out of it: what every exchange is made of.

Recording what is already on the patient is never refused; refused is one part at two places. The
caller holds the run's lock.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from circuits.models import Circuit, Component, ComponentUse, DeviceModel, RemovalReason
from circuits.places import clashing_use, place_of
from patients.actions.times import local
from web.problems import RuleBroken


class PartInUse(RuleBroken):
    code = "part_in_use"


class PositionTaken(RuleBroken):
    code = "position_taken"


class NotInCircuit(RuleBroken):
    code = "not_in_circuit"


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part as scanned or typed at the bedside."""

    model: DeviceModel
    lot: str = ""
    serial: str = ""
    udi: str = ""
    expires_on: date | None = None
    position: str = ""
    exchange_group: str = ""


def take_out(
    use: ComponentUse, removed_at: datetime, by: User, at: datetime, reason: str, note: str = ""
) -> ComponentUse:
    """Note that a part came out. Raises NotInCircuit: with who took it out before, and when."""
    use = ComponentUse.objects.select_related(
        "circuit__run__unit__centre", "component__model", "removed_by"
    ).get(pk=use.pk)
    run = use.circuit.run
    if use.removed_at:
        recorded_at = use.removal_entered_at or use.removed_at
        raise NotInCircuit(
            f"{use.component} came out already at {local(use.removed_at, run)}: {use.removed_by} "
            f"recorded that at {local(recorded_at, run)}. Reload the circuit to see what is in it "
            "now.",
            errors=[
                {"parameter": "component", "rule": "not_in_circuit", "message": str(use.removed_by)}
            ],
        )
    if removed_at <= use.installed_at:
        raise NotInCircuit(
            f"{use.component} was installed only at {local(use.installed_at, run)}. Correct the "
            f"time {local(removed_at, run)}."
        )
    use.removed_at, use.removed_reason, use.removed_by = removed_at, reason, by
    use.removal_entered_at = at
    if note:
        use.note = note
    use.save(
        update_fields=["removed_at", "removed_reason", "removed_by", "removal_entered_at", "note"]
    )
    return use


def put_in(
    circuit: Circuit,
    part: NewPart,
    installed_at: datetime,
    by: User,
    at: datetime,
    *,
    position: str = "",
) -> ComponentUse:
    """Put a part into a free position. Raises PartInUse, PositionTaken."""
    use = ComponentUse(
        circuit=circuit,
        component=_component(part, at),
        position=position or part.position or part.model.kind,
        kind=part.model.kind,
        exchange_group=part.exchange_group,
        installed_at=installed_at,
        entered_at=at,
        entered_by=by,
    )
    return _saved(use)


def move_over(
    use: ComponentUse, circuit: Circuit, moved_at: datetime, by: User, at: datetime
) -> ComponentUse:
    """Take a part along into another circuit: the same part, in the same position."""
    old = take_out(use, moved_at, by, at, RemovalReason.MOVED)
    moved = ComponentUse(
        circuit=circuit,
        component=old.component,
        position=old.position,
        kind=old.kind,
        exchange_group=old.exchange_group,
        installed_at=moved_at,
        entered_at=at,
        entered_by=by,
    )
    return _saved(moved)


def _saved(use: ComponentUse) -> ComponentUse:
    try:
        with transaction.atomic():
            use.save()
    except IntegrityError as broken:
        raise _clash(broken, use) from broken
    return use


def _component(part: NewPart, at: datetime) -> Component:
    facts = {"lot": part.lot, "udi": part.udi, "expires_on": part.expires_on, "entered_at": at}
    if not part.serial:
        return Component.objects.create(model=part.model, serial="", **facts)
    component, _ = Component.objects.get_or_create(
        model=part.model, serial=part.serial, defaults=facts
    )
    return component


def _clash(broken: IntegrityError, use: ComponentUse) -> RuleBroken:
    if "no_part_in_two_places" in str(broken):
        other = clashing_use(use)
        where = place_of(other, use.entered_by, use.entered_at) if other else "another circuit"
        return PartInUse(
            f"{use.component} is in {where} at that time. If it is here, end it there first, "
            "at the time it came out.",
            errors=[{"parameter": "serial", "rule": "part_in_use", "message": where}],
        )
    if "one_part_a_position" in str(broken):
        return PositionTaken(
            f"The position {use.position} of {use.circuit.label} is taken at that time. Exchange "
            "the part that is there, or choose another position.",
            errors=[{"parameter": "position", "rule": "position_taken", "message": "taken"}],
        )
    raise broken
