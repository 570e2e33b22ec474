"""Count the shelf. What was counted is a fact: the record is made to agree with it, with a reason."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from audit.context import action
from circuits.actions.equipment_dues import reassess_shelf
from circuits.models import MovementKind, StockCount, StockLot, StockMovement
from circuits.shelf import left_of
from patients.actions.times import refuse_future
from web.problems import RuleBroken


class CountDiffers(RuleBroken):
    code = "count_differs"
    status = 422


@action("counted stock")
def count_stock(
    *,
    lot: StockLot,
    counted: int,
    counted_at: datetime,
    by: User,
    at: datetime,
    reason: str = "",
    public_id: UUID | None = None,
) -> StockCount:
    """Note how many of a lot lie free on the shelf at a time.

    Raises CountDiffers when that is not what the movements until then say and no reason is given.
    """
    refuse_future(counted_at, at, "time of the count")
    lot = StockLot.objects.locked(lot.pk)
    expected = left_of(lot, until=counted_at)
    if counted != expected and not reason.strip():
        raise _differs(lot, counted, expected)
    count = StockCount(
        lot=lot,
        counted=counted,
        expected=expected,
        adjustment=_adjust(lot, counted - expected, counted_at, by, at, reason.strip()),
        counted_at=counted_at,
        entered_at=at,
        entered_by=by,
        **({"public_id": public_id} if public_id else {}),
    )
    count.save()
    reassess_shelf(lot=lot, at=at)
    return count


def _adjust(
    lot: StockLot, more: int, when: datetime, by: User, at: datetime, reason: str
) -> StockMovement | None:
    if more == 0:
        return None
    return StockMovement.objects.create(
        lot=lot,
        kind=MovementKind.FOUND if more > 0 else MovementKind.MISSING,
        quantity=abs(more),
        moved_at=when,
        entered_at=at,
        entered_by=by,
        reason=reason,
    )


def _differs(lot: StockLot, counted: int, expected: int) -> CountDiffers:
    sentence = (
        f"By what was received and taken, {expected} of {lot} should lie free on the shelf; "
        f"counted were {counted}. Count once more. If it is right, say why, as far as it is known."
    )
    return CountDiffers(
        sentence,
        errors=[
            {"parameter": "reason", "rule": CountDiffers.code, "message": "say why it differs"}
        ],
    )
