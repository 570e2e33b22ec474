"""May this part be planned with? Asked of a reservation, never of what is on the patient."""

from datetime import date, datetime

from accounts.models import User
from circuits.holding import holds_on
from circuits.models import DURABLE, Component, MovementKind, StockLot, StockMovement
from circuits.places import moved_by, place_of
from circuits.recalled import keep_back
from web.problems import RuleBroken
from web.times import clinical_date

OFF_SHELF = (MovementKind.RESERVED, MovementKind.QUARANTINED, MovementKind.DISCARDED)


class LotExpired(RuleBroken):
    code = "lot_expired"


class LotRecalled(RuleBroken):
    code = "lot_recalled"


class PartUsed(RuleBroken):
    code = "part_used"


class PartReserved(RuleBroken):
    code = "part_reserved"


class PartHeld(RuleBroken):
    code = "part_held"


def refuse_unfit(
    lot: StockLot, at: datetime, needed_on: date | None = None, part: Component | None = None
) -> None:
    """Refuse to plan with a lot, or one part of it, that is recalled or will be past its expiry."""
    _refuse_recalled(lot, part)
    today = at.astimezone(lot.unit.centre.tz).date()
    if lot.expires_on is None:
        return
    if lot.expires_on < today:
        raise LotExpired(
            f"{lot} expired on {clinical_date(lot.expires_on)}; it lies in {lot.unit}. Take "
            "another lot, and discard this one."
        )
    if needed_on and lot.expires_on < needed_on:
        raise LotExpired(
            f"{lot} expires on {clinical_date(lot.expires_on)}, before it is needed on "
            f"{clinical_date(needed_on)}. Take a lot that lasts longer."
        )


def _refuse_recalled(lot: StockLot, part: Component | None) -> None:
    for recall in keep_back(lot, part):
        raise LotRecalled(
            f"{part or lot} is or may be recalled for removal ({recall}); it lies in {lot.unit}. "
            "Take another lot. If this one was looked at and is not affected, note that in the "
            "recall first.",
            errors=[{"parameter": "lot", "rule": LotRecalled.code, "message": str(recall)}],
        )


def refuse_part(part: Component, by: User, at: datetime) -> None:
    """Refuse to plan with a part that is in a circuit, was used up in one, or is set aside."""
    uses = part.uses.select_related(
        "circuit__run__patient", "circuit__run__unit__centre", "entered_by"
    ).order_by("-installed_at")
    last = uses.first()
    if last is not None and last.removed_at is None:
        raise PartUsed(f"{part} is in use: {place_of(last, by, at)}. Take another.")
    if last is not None and part.kind not in DURABLE:
        raise PartUsed(f"{part} was used before: {place_of(last, by, at)}. Take a new one.")
    if hold := holds_on([part.pk]).first():
        raise PartHeld(
            f"{part} is held: {hold.reason}. Take another, or have the hold released first."
        )
    held = (
        StockMovement.objects.filter(component=part, kind__in=OFF_SHELF, settled_by=None)
        .select_related("entered_by", "lot__unit__centre")
        .last()
    )
    if held is not None:
        raise PartReserved(
            f"{part} is {held.get_kind_display().lower()} by {moved_by(held)}. Take another."
        )
