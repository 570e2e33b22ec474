"""What lies on the shelves of a centre, by product and by lot."""

from typing import Any

from circuits.models import MovementKind, StockLot, StockMovement

TAKEN = (
    MovementKind.RESERVED,
    MovementKind.USED,
    MovementKind.DISCARDED,
    MovementKind.QUARANTINED,
)


def last_taken(lot: StockLot) -> StockMovement | None:
    """Return the newest movement that took something off the shelf of a lot."""
    rows = lot.movements.filter(kind__in=TAKEN, settles=None)
    rows = rows.select_related("entered_by", "lot__unit__centre")
    newest: StockMovement | None = rows.order_by("-entered_at", "-pk").first()
    return newest


def left_of(lot: StockLot) -> int:
    """Return how many of a lot are on the shelf; below zero a count is owed."""
    counted: Any = StockLot.objects.with_counts().get(pk=lot.pk)
    return int(counted.shelf)
