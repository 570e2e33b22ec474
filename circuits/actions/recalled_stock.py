"""What becomes of a recalled lot moves it: off the shelf, out of the house, or back again."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import User
from circuits.actions.equipment_dues import reassess_shelf
from circuits.models import (
    ONTO_SHELF,
    Component,
    MovementKind,
    Recall,
    RecallFate,
    RecallItem,
    StockLot,
    StockMovement,
)
from circuits.shelf import left_of, numbered_on_shelf

MOVES = {
    RecallFate.REMOVED: MovementKind.QUARANTINED,
    RecallFate.RETURNED: MovementKind.SENT_BACK,
    RecallFate.DISCARDED: MovementKind.DISCARDED,
    RecallFate.CORRECTED: MovementKind.RETURNED,
    RecallFate.RULED_OUT: MovementKind.RETURNED,
}
"""How a fate moves what lies in a store; what stays, stays."""

HELD = (MovementKind.RESERVED, MovementKind.QUARANTINED)


def move_recalled(
    *, recall: Recall, item: RecallItem, moved_at: datetime, by: User, at: datetime
) -> list[StockMovement]:
    """Move all that lies of a lot, or the one numbered part, as its fate says.

    Removed is kept aside until more is said; ruled out or corrected, what this recall had kept aside
    lies on the shelf again. The caller holds the recall's lock; the lot's is taken here.
    """
    kind, part = MOVES.get(RecallFate(item.fate)), item.component
    row = item.stock_lot or (_store_of(part) if part else None)
    if kind is None or row is None:
        return []
    lot = StockLot.objects.locked(row.pk)
    reason = f"Recall {recall}"[:300]
    ended, taken = _ended(lot, part, kind, reason), list(_off_shelf(lot, part, kind))
    facts = {"lot": lot, "kind": kind, "moved_at": moved_at, "entered_at": at, "entered_by": by}
    moved = [
        StockMovement.objects.create(
            **facts, reason=reason, quantity=one.quantity, component=one.component, settles=one
        )
        for one in ended
    ]
    moved += [
        StockMovement.objects.create(**facts, reason=reason, quantity=quantity, component=numbered)
        for numbered, quantity in taken
    ]
    reassess_shelf(lot=lot, at=at)
    return moved


def _store_of(part: Component) -> StockLot | None:
    """Return the lot in whose store a numbered part is; None when it was used or is in no store."""
    last = part.movements.select_related("lot").order_by("pk").last()
    gone = (MovementKind.USED, MovementKind.DISCARDED, MovementKind.SENT_BACK)
    return last.lot if last is not None and last.kind not in gone else None


def _ended(
    lot: StockLot, part: Component | None, kind: MovementKind, reason: str
) -> list[StockMovement]:
    """Return the reservations and quarantines that end by it."""
    rows = lot.movements.filter(kind__in=HELD, settled_by=None)
    rows = rows.filter(component=part) if part else rows
    if kind is MovementKind.RETURNED:
        rows = rows.filter(kind=MovementKind.QUARANTINED, reason=reason)
    if kind is MovementKind.QUARANTINED:
        rows = rows.exclude(kind=MovementKind.QUARANTINED)
    return list(rows)


def _off_shelf(
    lot: StockLot, part: Component | None, kind: MovementKind
) -> Iterator[tuple[Component | None, int]]:
    """Yield what is taken off the shelf: numbered parts one by one, then the rest."""
    if kind in ONTO_SHELF:
        return
    numbered = [one for one in numbered_on_shelf(lot) if part is None or one == part]
    rest = left_of(lot) - len(numbered)
    yield from ((one, 1) for one in numbered)
    if part is None and rest > 0:
        yield None, rest
