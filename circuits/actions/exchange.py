"""Install, exchange and remove components.

Recording what is already on the patient is never refused: an expired part is accepted and opens a
safety alert. Refused is the impossible: one part in two places at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from alerts.actions import reconcile_alerts
from alerts.models import Category
from audit.context import action
from circuits.actions.assess import reassess_circuit
from circuits.actions.dues import reassess_debts, reassess_reviews
from circuits.models import Circuit, Component, ComponentUse, DeviceModel
from circuits.queries import installed, uses_of
from clinical.findings import Assessment, Finding, Severity
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Run
from web.problems import RuleBroken

EXPIRED = "component.expired"


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


@action("opened a circuit")
def open_circuit(*, run: Run, label: str, started_at: datetime, by: User, at: datetime) -> Circuit:
    """Return the circuit of this label in the run, made if it is new."""
    run = Run.objects.locked(run.pk)
    refuse_future(started_at, at, "start of the circuit")
    circuit, _ = Circuit.objects.get_or_create(
        run=run,
        label=label,
        defaults={"started_at": started_at, "entered_at": at, "entered_by": by},
    )
    return circuit


@action("installed a component")
def install_component(
    *, circuit: Circuit, part: NewPart, installed_at: datetime, by: User, at: datetime
) -> ComponentUse:
    """Put a part into a free position of a circuit."""
    run = Run.objects.locked(circuit.run_id)
    refuse_future(installed_at, at, "time of installation")
    use = _install(circuit, part, installed_at, by, at)
    _settle(run, at)
    return use


@action("exchanged components")
def exchange_components(
    *,
    run: Run,
    changes: Iterable[tuple[ComponentUse, NewPart]],
    exchanged_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    note: str = "",
) -> list[ComponentUse]:
    """Take parts out and put others in their places at one time: close and open together.

    One part, several, or every position of the circuit. `reason` is a RemovalReason.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(exchanged_at, at, "time of the exchange")
    refuse_outside_run(run, exchanged_at, "time of the exchange")
    new = []
    for use, part in changes:
        old = _remove(use, exchanged_at, by, at, reason, note)
        new.append(_install(old.circuit, part, exchanged_at, by, at, position=old.position))
    _settle(run, at)
    return new


@action("removed a component")
def remove_component(
    *,
    use: ComponentUse,
    removed_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    note: str = "",
) -> ComponentUse:
    """Take a part out without another in its place."""
    run = Run.objects.locked(use.circuit.run_id)
    refuse_future(removed_at, at, "time of removal")
    removed = _remove(use, removed_at, by, at, reason, note)
    _settle(run, at)
    return removed


def remove_all(*, run: Run, removed_at: datetime, by: User, at: datetime, reason: str) -> None:
    """Take out every part still in the run's circuits (within the action that ends the run)."""
    for use in installed(run, removed_at).filter(removed_at=None):
        _remove(use, removed_at, by, at, reason, "")
    run.circuits.filter(ended_at=None).update(ended_at=removed_at)


def _remove(
    use: ComponentUse, removed_at: datetime, by: User, at: datetime, reason: str, note: str
) -> ComponentUse:
    use = ComponentUse.objects.select_related("circuit", "component__model").get(pk=use.pk)
    if use.removed_at:
        raise NotInCircuit(
            f"{use.component} came out already at {use.removed_at:%d-%b-%Y %H:%M} UTC. Reload "
            "the circuit to see what is in it now."
        )
    if removed_at <= use.installed_at:
        raise NotInCircuit(f"{use.component} was installed only after this time. Correct it.")
    use.removed_at, use.removed_reason, use.removed_by = removed_at, reason, by
    use.removal_entered_at = at
    if note:
        use.note = note
    use.save(
        update_fields=["removed_at", "removed_reason", "removed_by", "removal_entered_at", "note"]
    )
    return use


def _install(
    circuit: Circuit,
    part: NewPart,
    installed_at: datetime,
    by: User,
    at: datetime,
    *,
    position: str = "",
) -> ComponentUse:
    component = _component(part, at)
    use = ComponentUse(
        circuit=circuit,
        component=component,
        position=position or part.position or part.model.kind,
        kind=part.model.kind,
        exchange_group=part.exchange_group,
        installed_at=installed_at,
        entered_at=at,
        entered_by=by,
    )
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
        other = use.component.uses.exclude(pk=use.pk).select_related("circuit__run").last()
        where = f"{other.circuit.label} of another run" if other else "another circuit"
        if other and other.circuit.run_id == use.circuit.run_id:
            where = f"{other.circuit.label} as {other.position}"
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


def _settle(run: Run, at: datetime) -> None:
    reassess_debts(run=run, at=at)
    reassess_reviews(run=run, at=at)
    reassess_circuit(run=run, at=at, measures=())
    reassess_safety(run=run, at=at)


def reassess_safety(*, run: Run, at: datetime) -> None:
    """Open a safety alert for each expired part in the circuit; close it when the part is out."""
    for use in uses_of(run):
        expires = use.component.expires_on
        tz = run.unit.centre.tz
        is_in = use.removed_at is None and run.ended_at is None
        findings: tuple[Finding, ...] = ()
        if is_in and expires and use.installed_at.astimezone(tz).date() > expires:
            findings = (_expired(use, expires),)
        reconcile_alerts(
            unit=run.unit,
            run=run,
            assessment=Assessment(frozenset({EXPIRED}), findings),
            at=at,
            category=Category.SAFETY,
            subject=str(use.public_id),
        )


def _expired(use: ComponentUse, expires: date) -> Finding:
    return Finding(
        code=EXPIRED,
        severity=Severity.WARNING,
        message=f"{use.component} was past its expiry of {expires:%d-%b-%Y} when installed",
    )
