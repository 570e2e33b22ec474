"""Devices that are not used up: added, looked after, lent and given back, their water tested.

What was done is a fact and kept. A test that failed, and water that is not acceptable, take the
device out of service at once, also while it is in use: then its bed has an alert.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Unit, User
from audit.context import action
from circuits.actions.catalogue import listed
from circuits.actions.equipment_dues import reassess_console
from circuits.actions.safety import reassess_safety
from circuits.models import (
    DURABLE,
    Component,
    ComponentUse,
    Console,
    ConsoleRecord,
    DeviceModel,
    RecordKind,
    ServiceState,
    Verdict,
    WaterResult,
    WaterVerdict,
)
from patients.actions.times import refuse_future
from patients.models import Run
from web.problems import RuleBroken


class ConsoleKnown(RuleBroken):
    code = "console_known"


class NotDurable(RuleBroken):
    code = "not_durable"
    status = 422


class NotLent(RuleBroken):
    code = "not_lent"


class InUse(RuleBroken):
    code = "console_in_use"


class NoWaterInIt(RuleBroken):
    code = "no_water_in_it"
    status = 422


@action("added a device")
def add_console(
    *,
    unit: Unit,
    model: DeviceModel,
    serial: str,
    by: User,
    at: datetime,
    asset_tag: str = "",
    location: str = "",
    owner: str = "",
    return_on: date | None = None,
    firmware: str = "",
    udi: str = "",
    public_id: UUID | None = None,
) -> Console:
    """Add a console, heater unit or the like; with `owner` it is lent to us.

    Raises ConsoleKnown (with who keeps it), NotDurable.
    """
    if model.kind not in DURABLE:
        raise NotDurable(f"{model} is used up. Receive it on the shelf instead.")
    if return_on and not owner.strip():
        raise RuleBroken("Say who lent it: only what is lent is given back.")
    part, _ = Component.objects.get_or_create(
        model=listed(model, by, at), serial=serial.strip(), defaults={"udi": udi, "entered_at": at}
    )
    console = Console(
        component=part,
        unit=unit,
        asset_tag=asset_tag.strip(),
        location=location.strip(),
        owner=owner.strip(),
        return_on=return_on,
        firmware=firmware.strip(),
        state_since=at,
        state_by=by,
        entered_at=at,
        entered_by=by,
        **({"public_id": public_id} if public_id else {}),
    )
    try:
        with transaction.atomic():
            console.save()
    except IntegrityError as broken:
        raise _known(console) from broken
    reassess_console(console=console, at=at)
    return console


@action("recorded the service of a device")
def record_service(
    *,
    console: Console,
    kind: str,
    verdict: str,
    done_at: datetime,
    by: User,
    at: datetime,
    next_due_on: date | None = None,
    details: dict[str, Any] | None = None,
    note: str = "",
    public_id: UUID | None = None,
) -> ConsoleRecord:
    """Note a maintenance, a test, the alarm limits as configured, or something done to the water.

    What failed needs a note, and takes the device out of service. Raises NoWaterInIt.
    """
    refuse_future(done_at, at, "time")
    console = Console.objects.locked(console.pk)
    if kind in {RecordKind.WATER_CHANGE, RecordKind.DISINFECTION, RecordKind.WATER_SAMPLE}:
        _check_water(console)
    if verdict == Verdict.FAILED and not note.strip():
        raise RuleBroken("Say what failed: who repairs it must know where to look.")
    record = ConsoleRecord.objects.create(
        console=console,
        kind=kind,
        verdict=verdict,
        done_at=done_at,
        next_due_on=next_due_on,
        details=details or {},
        note=note.strip(),
        entered_at=at,
        entered_by=by,
        **({"public_id": public_id} if public_id else {}),
    )
    if verdict == Verdict.FAILED:
        _take_out(console, f"{record.get_kind_display()} failed: {note.strip()}", by, at)
    reassess_console(console=console, at=at)
    return record


@action("recorded a water result")
def record_water(
    *,
    console: Console,
    test: str,
    value: str,
    verdict: str,
    sampled_at: datetime,
    reported_at: datetime,
    by: User,
    at: datetime,
    unit_text: str = "",
    note: str = "",
    supersedes: WaterResult | None = None,
    public_id: UUID | None = None,
) -> WaterResult:
    """Note what the laboratory found in the water of a heater unit.

    Water that is not acceptable takes the unit out of service. A correction names what it corrects
    and why. Raises NoWaterInIt.
    """
    refuse_future(reported_at, at, "time of the report")
    console = Console.objects.locked(console.pk)
    _check_water(console)
    if sampled_at > reported_at:
        raise RuleBroken("The sample was taken before the result came. Correct one of the times.")
    if supersedes is not None and not note.strip():
        raise RuleBroken("Say why the result is corrected.")
    result = WaterResult.objects.create(
        console=console,
        test=test.strip(),
        value=value.strip(),
        unit_text=unit_text.strip(),
        verdict=verdict,
        sampled_at=sampled_at,
        reported_at=reported_at,
        supersedes=supersedes,
        note=note.strip(),
        entered_at=at,
        entered_by=by,
        **({"public_id": public_id} if public_id else {}),
    )
    if verdict == WaterVerdict.NOT_ACCEPTABLE:
        _take_out(console, f"Water not acceptable: {result}", by, at)
    return result


@action("changed the state of a device")
def set_state(
    *,
    console: Console,
    state: str,
    by: User,
    at: datetime,
    reason: str = "",
    location: str = "",
) -> Console:
    """Put a device in or out of service, or into quarantine; with `location` it was moved there."""
    console = Console.objects.locked(console.pk)
    if state in {ServiceState.LENT, ServiceState.GONE} or console.state == ServiceState.LENT:
        raise NotLent("Lending and giving back have steps of their own: use those.")
    if state != ServiceState.IN_SERVICE and not reason.strip():
        raise RuleBroken("Say why it is not in service: who looks for it must know.")
    if location.strip():
        console.location = location.strip()
    return _changed(console, state, reason.strip(), by, at)


@action("lent a device")
def lend_console(
    *, console: Console, to: str, by: User, at: datetime, return_on: date | None = None
) -> Console:
    """Lend our own device to somebody. Raises InUse (a plan may be refused), NotLent."""
    console = Console.objects.locked(console.pk)
    if not to.strip():
        raise RuleBroken("Say who gets it.")
    if console.owner:
        raise NotLent(f"It belongs to {console.owner}: give it back instead of lending it on.")
    _refuse_in_use(console)
    console.lent_to, console.return_on = to.strip(), return_on
    return _changed(console, ServiceState.LENT, f"Lent to {to.strip()}", by, at)


@action("took back or gave back a device")
def return_console(
    *, console: Console, by: User, at: datetime, reason: str = "", location: str = ""
) -> Console:
    """End a loan: our own is back in service, another's was given back and is gone. Raises NotLent."""
    console = Console.objects.locked(console.pk)
    if console.state == ServiceState.LENT:
        console.lent_to, console.return_on = "", None
        console.location = location.strip() or console.location
        return _changed(console, ServiceState.IN_SERVICE, "", by, at)
    if not console.owner or console.state == ServiceState.GONE:
        raise NotLent("It is neither lent nor on loan. Reload the page to see where it is now.")
    _refuse_in_use(console)
    console.return_on = None
    why = reason.strip() or f"Given back to {console.owner}"
    return _changed(console, ServiceState.GONE, why, by, at)


def _changed(console: Console, state: str, reason: str, by: User, at: datetime) -> Console:
    console.state, console.state_reason = state, reason[:300]
    console.state_since, console.state_by = at, by
    console.save()
    reassess_console(console=console, at=at)
    _tell_bed(console, at)
    return console


def _take_out(console: Console, reason: str, by: User, at: datetime) -> None:
    if console.state == ServiceState.IN_SERVICE:
        _changed(console, ServiceState.OUT_OF_SERVICE, reason, by, at)


def _tell_bed(console: Console, at: datetime) -> None:
    use = _use(console)
    if use is not None:
        reassess_safety(run=Run.objects.locked(use.circuit.run_id), at=at)


def _refuse_in_use(console: Console) -> None:
    use = _use(console)
    if use is not None:
        raise InUse(
            f"{console} is in {use.circuit} in {use.circuit.run.unit}. Record there that it came "
            "out first."
        )


def _use(console: Console) -> ComponentUse | None:
    uses = ComponentUse.objects.filter(component=console.component_id, removed_at=None)
    return uses.select_related("circuit__run__unit").first()


def _check_water(console: Console) -> None:
    if not console.is_heater:
        raise NoWaterInIt(f"{console} is no heater unit: it has no water to look after.")


def _known(console: Console) -> ConsoleKnown:
    same = Console.objects.filter(component=console.component).select_related("unit").first()
    if same is not None:
        return ConsoleKnown(f"{same} is on the list already: {same.unit} keeps it.")
    return ConsoleKnown(
        f"The asset tag {console.asset_tag} is taken in {console.unit}. Read it again.",
        errors=[{"parameter": "asset_tag", "rule": "taken", "message": "already in use"}],
    )
