"""Keep the shelf: receive, reserve, return, discard, quarantine, use.

Reserving is a plan and may be refused; what was used, found or thrown away is a fact and is kept,
also when the count then shows less than nothing, which means that a count is owed.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import Unit, User
from audit.context import action
from circuits.actions.catalogue import listed
from circuits.actions.equipment_dues import reassess_product, reassess_shelf
from circuits.actions.fitness import refuse_part, refuse_unfit
from circuits.actions.recalled import match_lot
from circuits.models import Component, DeviceModel, MovementKind, ParLevel, StockLot, StockMovement
from circuits.places import moved_by
from circuits.shelf import last_taken, left_of
from patients.actions.times import refuse_future
from web.problems import RuleBroken


class StockGone(RuleBroken):
    code = "stock_gone"


class NothingToSettle(RuleBroken):
    code = "nothing_to_settle"


class ReceivedAlready(RuleBroken):
    code = "received_already"


class OneAtATime(RuleBroken):
    code = "one_at_a_time"
    status = 422


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in, as printed on the box."""

    model: DeviceModel
    lot: str = ""
    expires_on: date | None = None
    quantity: int = 1
    serial: str = ""
    udi: str = ""
    udi_di: str = ""


@action("received stock")
def receive_stock(
    *, unit: Unit, arrival: Arrival, received_at: datetime, by: User, at: datetime, reason: str = ""
) -> StockMovement:
    """Put a delivery on the shelf of a unit; the lot is made when it is new.

    An expired lot is received too: it lies there, and reserving it is refused.
    """
    refuse_future(received_at, at, "time of receipt")
    if arrival.serial and arrival.quantity != 1:
        raise OneAtATime("A part with a serial number is received one at a time.")
    arrival = replace(arrival, model=listed(arrival.model, by, at))
    row, _ = StockLot.objects.get_or_create(
        unit=unit,
        model=arrival.model,
        lot=arrival.lot,
        expires_on=arrival.expires_on,
        defaults={
            "udi": arrival.udi,
            "udi_di": arrival.udi_di or arrival.model.gtin,
            "entered_at": at,
            "entered_by": by,
        },
    )
    lot = StockLot.objects.locked(row.pk)
    movement = _movement(lot, MovementKind.RECEIVED, arrival.quantity, received_at, by, at, reason)
    if arrival.serial:
        movement.component = _numbered(arrival, at)
    try:
        with transaction.atomic():
            movement.save()
    except IntegrityError as broken:
        if "received_once" not in str(broken):
            raise
        raise _received_already(movement.component) from broken
    match_lot(lot=lot, at=at)
    reassess_shelf(lot=lot, at=at)
    return movement


@action("reserved stock")
def reserve_stock(
    *,
    lot: StockLot,
    reserved_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    quantity: int = 1,
    component: Component | None = None,
    needed_on: date | None = None,
) -> StockMovement:
    """Set some of a lot aside for a plan, which `reason` names.

    Refused, with where and who: a lot that is expired (also one that will have expired on
    `needed_on`) or recalled for removal, a part used or reserved elsewhere, and more than the shelf
    holds.
    """
    refuse_future(reserved_at, at, "time of the reservation")
    lot = StockLot.objects.locked(lot.pk)
    refuse_unfit(lot, at, needed_on, component)
    if component is not None:
        refuse_part(component, by, at)
    _refuse_more_than_shelf(lot, quantity, component)
    return _moved(
        lot, MovementKind.RESERVED, quantity, reserved_at, by, at, reason, component=component
    )


@action("put stock back on the shelf")
def return_stock(
    *, movement: StockMovement, returned_at: datetime, by: User, at: datetime, reason: str
) -> StockMovement:
    """End a reservation or a quarantine: the part lies on the shelf again."""
    return _settle(movement, MovementKind.RETURNED, returned_at, by, at, reason)


@action("discarded stock")
def discard_stock(
    *,
    lot: StockLot,
    discarded_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    quantity: int = 1,
    component: Component | None = None,
    settles: StockMovement | None = None,
) -> StockMovement:
    """Throw some of a lot away, from the shelf or out of the reservation or quarantine named."""
    if settles is not None:
        return _settle(settles, MovementKind.DISCARDED, discarded_at, by, at, reason)
    refuse_future(discarded_at, at, "time")
    lot = StockLot.objects.locked(lot.pk)
    return _moved(
        lot, MovementKind.DISCARDED, quantity, discarded_at, by, at, reason, component=component
    )


@action("quarantined stock")
def quarantine_stock(
    *,
    lot: StockLot,
    quarantined_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    quantity: int = 1,
    component: Component | None = None,
    settles: StockMovement | None = None,
) -> StockMovement:
    """Take some of a lot off the shelf until somebody has decided what becomes of it."""
    if settles is not None:
        return _settle(settles, MovementKind.QUARANTINED, quarantined_at, by, at, reason)
    refuse_future(quarantined_at, at, "time")
    lot = StockLot.objects.locked(lot.pk)
    return _moved(
        lot, MovementKind.QUARANTINED, quantity, quarantined_at, by, at, reason, component=component
    )


@action("set how many are wanted on the shelf")
def set_par_level(
    *, unit: Unit, model: DeviceModel, quantity: int, by: User, at: datetime
) -> ParLevel:
    """Say how many of a product the unit wants; none at all takes the wish away when it is 0."""
    level, _ = ParLevel.objects.update_or_create(
        unit=unit, model=model, defaults={"quantity": quantity, "set_at": at, "set_by": by}
    )
    reassess_product(unit=unit, model=model, at=at)
    return level


def _refuse_more_than_shelf(lot: StockLot, quantity: int, component: Component | None) -> None:
    shelf = left_of(lot)
    if shelf >= quantity:
        return
    taken = last_taken(lot)
    who = f" The last went to {moved_by(taken)}." if taken else ""
    left = f"Only {shelf} of {lot} are left" if shelf > 0 else f"None of {lot} is left"
    what = component.serial if component else str(quantity)
    raise StockGone(
        f"{left} on the shelf.{who} Choose another lot.",
        errors=[{"parameter": "quantity", "rule": "stock_gone", "message": f"asked for {what}"}],
    )


def _settle(
    movement: StockMovement, kind: MovementKind, when: datetime, by: User, at: datetime, reason: str
) -> StockMovement:
    refuse_future(when, at, "time")
    lot = StockLot.objects.locked(movement.lot_id)
    rows = StockMovement.objects.select_related("settled_by__entered_by", "settled_by__lot")
    movement = rows.get(pk=movement.pk)
    ended: StockMovement | None = getattr(movement, "settled_by", None)
    if ended is not None:
        raise NothingToSettle(
            f"This was ended already: {ended.get_kind_display().lower()} by {moved_by(ended)}. "
            "Reload the page to see what is on the shelf now."
        )
    if movement.kind not in (MovementKind.RESERVED, MovementKind.QUARANTINED):
        raise NothingToSettle("Only what is reserved or quarantined can be ended.")
    return _moved(
        lot,
        kind,
        movement.quantity,
        when,
        by,
        at,
        reason,
        settles=movement,
        component=movement.component,
    )


def _moved(
    lot: StockLot,
    kind: MovementKind,
    quantity: int,
    when: datetime,
    by: User,
    at: datetime,
    reason: str,
    **links: object,
) -> StockMovement:
    movement = _movement(lot, kind, quantity, when, by, at, reason, **links)
    movement.save()
    reassess_shelf(lot=lot, at=at)
    return movement


def _movement(
    lot: StockLot,
    kind: MovementKind,
    quantity: int,
    when: datetime,
    by: User,
    at: datetime,
    reason: str,
    **links: object,
) -> StockMovement:
    return StockMovement(
        lot=lot,
        kind=kind,
        quantity=quantity,
        moved_at=when,
        entered_at=at,
        entered_by=by,
        reason=reason,
        **links,
    )


def _numbered(arrival: Arrival, at: datetime) -> Component:
    facts = {"lot": arrival.lot, "udi": arrival.udi, "expires_on": arrival.expires_on}
    part, _ = Component.objects.get_or_create(
        model=arrival.model, serial=arrival.serial, defaults={**facts, "entered_at": at}
    )
    return part


def _received_already(part: Component | None) -> ReceivedAlready:
    first = (
        StockMovement.objects.filter(component=part, kind=MovementKind.RECEIVED)
        .select_related("entered_by", "lot__unit__centre")
        .first()
    )
    who = f" by {moved_by(first)}, into {first.lot.unit}" if first else ""
    return ReceivedAlready(f"{part} was received already{who}. It is on the shelf once.")
