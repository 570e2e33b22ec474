"""A part goes into a position and comes out of it: what every exchange is made of.

Recording what is already on the patient is never refused; refused is one part at two places. The
caller holds the run's lock.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from circuits.actions.catalogue import listed
from circuits.models import Circuit, Component, ComponentUse, DeviceModel, RemovalReason
from circuits.places import clashing_use, place_of
from patients.actions.times import local
from patients.models import Run
from web.problems import NeedsConfirmation, RuleBroken
from web.times import clock

END_THERE = "end_there"


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
    confirmed: Collection[str] = (),
) -> ComponentUse:
    """Put a part into a free position. Raises PartInUse, PositionTaken."""
    part = replace(part, model=listed(part.model, by, at))
    return put_component(
        circuit,
        component_of(part, at),
        installed_at,
        by,
        at,
        position=position or part.position or part.model.kind,
        exchange_group=part.exchange_group,
        confirmed=confirmed,
    )


def put_component(
    circuit: Circuit,
    component: Component,
    installed_at: datetime,
    by: User,
    at: datetime,
    *,
    position: str,
    exchange_group: str = "",
    confirmed: Collection[str] = (),
) -> ComponentUse:
    """Put a part that is on record into a free position. Raises PartInUse, PositionTaken.

    A part that is still recorded elsewhere is asked back, with where it is; confirmed by
    `end_there` it is ended there at the time it went in here (`locked_with` holds that run too).
    """
    use = ComponentUse(
        circuit=circuit,
        component=component,
        position=position,
        kind=component.model.kind,
        exchange_group=exchange_group,
        installed_at=installed_at,
        entered_at=at,
        entered_by=by,
    )
    other = clashing_use(use)
    if other is not None and other.removed_at is None and other.installed_at < installed_at:
        _end_there(other, use, by, at, confirmed)
    return _saved(use)


def locked_with(run_id: int, parts: Iterable[NewPart], confirmed: Collection[str]) -> Run:
    """Return the run, locked; with the runs out of which its new parts are taken, in one order."""
    others = set()
    if END_THERE in confirmed:
        inside = ComponentUse.objects.filter(removed_at=None)
        for part in (one for one in parts if one.serial and one.model.pk):
            same = inside.filter(component__model=part.model, component__serial=part.serial)
            others |= set(same.values_list("circuit__run", flat=True))
    locked = {pk: Run.objects.locked(pk) for pk in sorted({run_id, *others})}
    return locked[run_id]


def runs_taken_from(new: Collection[ComponentUse], at: datetime) -> list[Run]:
    """Return the other runs out of which parts were taken that went in just now; they are locked."""
    if not new:
        return []
    own = {use.circuit.run_id for use in new}
    taken = ComponentUse.objects.filter(
        component__in=[use.component_id for use in new],
        removed_reason=RemovalReason.FOUND_ELSEWHERE,
        removal_entered_at=at,
    ).exclude(circuit__run__in=own)
    runs = Run.objects.filter(pk__in=taken.values("circuit__run"))
    return list(runs.select_related("unit__centre"))


def _end_there(
    other: ComponentUse, here: ComponentUse, by: User, at: datetime, confirmed: Collection[str]
) -> None:
    run, when = other.circuit.run, here.installed_at
    if END_THERE not in confirmed:
        clock_there = clock(when.astimezone(run.unit.centre.tz))
        message = (
            f"{other.component} is recorded in {place_of(other, by, at)}. If it is here, it came "
            f"out there before {local(when, run)}. Read its serial once more."
        )
        asked = {"parameter": END_THERE, "rule": PartInUse.code, "message": message}
        answer = f"It is here: end it there at {clock_there}"
        raise NeedsConfirmation(message, errors=[{**asked, "answer": answer}])  # type: ignore[typeddict-item]  # built of texts
    note = f"Found in {here.circuit.label} of {here.circuit.run.unit}."
    take_out(other, when, by, at, RemovalReason.FOUND_ELSEWHERE, note)


def move_over(
    use: ComponentUse, circuit: Circuit, moved_at: datetime, by: User, at: datetime
) -> ComponentUse:
    """Take a part along into another circuit: the same part, in the same position."""
    old = take_out(use, moved_at, by, at, RemovalReason.MOVED)
    return put_component(
        circuit,
        old.component,
        moved_at,
        by,
        at,
        position=old.position,
        exchange_group=old.exchange_group,
    )


def _saved(use: ComponentUse) -> ComponentUse:
    try:
        with transaction.atomic():
            use.save()
    except IntegrityError as broken:
        raise _clash(broken, use) from broken
    return use


def component_of(part: NewPart, at: datetime) -> Component:
    """Return the component of a label: the one of that serial, or a new row."""
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
