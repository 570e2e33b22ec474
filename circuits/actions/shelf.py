"""A part that goes into a circuit leaves the shelf."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from circuits.actions.equipment_dues import reassess_shelf
from circuits.models import Component, ComponentUse, MovementKind, StockLot, StockMovement
from circuits.places import moved_by
from circuits.shelf import last_taken, left_of
from web.problems import NeedsConfirmation

LAST_OF_LOT = "last_of_lot"


def take_from_shelf(
    *, use: ComponentUse, by: User, at: datetime, confirmed: Collection[str] = ()
) -> StockMovement | None:
    """Note within an installation that the part came from stock; None where no store knows it.

    A reservation of this very part ends by it. When the count says that the lot has none left, it
    is asked back once, with who took the last: perhaps the lot was misread. Confirmed by
    `last_of_lot`, the use is kept, out of a reservation of the lot if there is one.
    The caller holds the run's lock; the lot's is taken after it.
    """
    lot = _lot_of(use)
    if lot is None or use.component.movements.filter(kind=MovementKind.USED).exists():
        return None
    lot = StockLot.objects.locked(lot.pk)
    reservations = lot.movements.held(MovementKind.RESERVED)
    ended = reservations.filter(component=use.component).first()
    if ended is None and left_of(lot) < 1:
        if LAST_OF_LOT not in confirmed:
            raise _none_left(lot)
        ended = reservations.filter(component=None, quantity=1).first()
    movement = StockMovement.objects.create(
        lot=lot,
        kind=MovementKind.USED,
        quantity=1,
        component=use.component,
        use=use,
        settles=ended,
        moved_at=use.installed_at,
        entered_at=at,
        entered_by=by,
    )
    reassess_shelf(lot=lot, at=at)
    return movement


def _lot_of(use: ComponentUse) -> StockLot | None:
    part: Component = use.component
    received = part.movements.filter(kind=MovementKind.RECEIVED).select_related("lot").first()
    if received is not None:
        lot: StockLot = received.lot
        return lot
    if not part.lot:
        return None
    unit = use.circuit.run.unit
    rows = StockLot.objects.filter(unit__centre=unit.centre_id, model=part.model, lot=part.lot)
    return rows.filter(unit=unit).first() or rows.first()


def _none_left(lot: StockLot) -> NeedsConfirmation:
    taken = last_taken(lot)
    who = f" the last went to {moved_by(taken)}" if taken else " none is left"
    message = (
        f"By the count of {lot}{who}. Look at the lot number once more; if this is the part that "
        "is on the patient, confirm it."
    )
    return NeedsConfirmation(
        message, errors=[{"parameter": LAST_OF_LOT, "rule": LAST_OF_LOT, "message": message}]
    )
