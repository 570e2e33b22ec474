"""What lies on the shelves of a centre, by product and by lot."""

from datetime import datetime

from django.db.models import Q, Sum

from circuits.models import (
    ONTO_SHELF,
    Component,
    MovementKind,
    StockLot,
    StockMovement,
)

TAKEN = (
    MovementKind.RESERVED,
    MovementKind.USED,
    MovementKind.DISCARDED,
    MovementKind.QUARANTINED,
    MovementKind.SENT_BACK,
    MovementKind.MISSING,
)


def last_taken(lot: StockLot) -> StockMovement | None:
    """Return the newest movement that took something off the shelf of a lot."""
    rows = lot.movements.filter(kind__in=TAKEN, settles=None)
    rows = rows.select_related("entered_by", "lot__unit__centre")
    newest: StockMovement | None = rows.order_by("-entered_at", "-pk").first()
    return newest


def left_of(lot: StockLot, *, until: datetime | None = None) -> int:
    """Return how many of a lot are on the shelf, now or at a time; below zero a count is owed."""
    rows = lot.movements.all() if until is None else lot.movements.filter(moved_at__lte=until)
    onto = Q(kind__in=ONTO_SHELF)
    sums = rows.aggregate(
        onto=Sum("quantity", filter=onto, default=0),
        off=Sum("quantity", filter=~onto & Q(settles=None), default=0),
    )
    return int(sums["onto"] - sums["off"])


def numbered_on_shelf(lot: StockLot) -> list[Component]:
    """Return the parts of a lot with a serial that lie free on the shelf, by serial."""
    moved = lot.movements.exclude(component=None).select_related("component").order_by("pk")
    last = {movement.component_id: movement for movement in moved}
    there = [m.component for m in last.values() if m.kind in ONTO_SHELF and m.component]
    return sorted(there, key=lambda part: part.serial)
