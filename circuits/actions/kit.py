"""What must be at hand, and each look at it."""

from datetime import datetime
from decimal import Decimal

from accounts.models import Unit, User
from audit.context import action
from circuits.models import KitItem, KitKind, KitLook
from patients.actions.times import refuse_future
from web.problems import RuleBroken


class LabelInUse(RuleBroken):
    code = "label_in_use"


class OffAlready(RuleBroken):
    code = "off_already"


class SayWhy(RuleBroken):
    code = "say_why"
    status = 422


@action("listed a thing that must be at hand")
def add_kit(
    *,
    unit: Unit,
    kind: str,
    label: str,
    location: str,
    by: User,
    at: datetime,
    cylinder_size: str = "",
) -> KitItem:
    """Put a thing on the readiness board; only a cylinder has a size. Raises LabelInUse, SayWhy."""
    if (kind == KitKind.CYLINDER) != bool(cylinder_size):
        raise SayWhy("A gas cylinder needs its size, and nothing else has one.")
    if unit.kit.filter(label=label, retired_at=None).exists():
        raise LabelInUse(f"There is a {label} already. Choose another label.")
    return KitItem.objects.create(
        unit=unit,
        kind=kind,
        label=label,
        location=location,
        cylinder_size=cylinder_size,
        entered_at=at,
        entered_by=by,
    )


@action("looked at a thing that must be at hand")
def look_at_kit(
    *,
    item: KitItem,
    is_good: bool,
    looked_at: datetime,
    by: User,
    at: datetime,
    pressure_psi: Decimal | None = None,
    flow_l_min: Decimal | None = None,
    count: int | None = None,
    note: str = "",
) -> KitLook:
    """Say what a look found: pressure (psi) and flow (L/min) of a cylinder, or a count of clamps."""
    refuse_future(looked_at, at, "time of the look")
    if not is_good and not note.strip():
        raise SayWhy("Say what is wrong with it, for whoever mends it.")
    return KitLook.objects.create(
        item=item,
        is_good=is_good,
        pressure_psi=pressure_psi,
        flow_l_min=flow_l_min,
        count=count,
        note=note.strip(),
        looked_at=looked_at,
        entered_at=at,
        by=by,
    )


@action("took a thing off the readiness board")
def retire_kit(*, item: KitItem, by: User, at: datetime, reason: str) -> KitItem:
    """Take a thing off the board; its looks stay, and the history keeps why. Raises SayWhy, OffAlready."""
    if not reason.strip():
        raise SayWhy("Say why it leaves service, for whoever looks for it.")
    item = KitItem.objects.select_for_update().get(pk=item.pk)
    if item.retired_at is not None:
        raise OffAlready(
            f"{item} is off the board already. Reload it to see what stands there now."
        )
    item.retired_at = at
    item.save(update_fields=["retired_at"])
    return item
