"""What lies on the shelf: lots, what moved in and out of them, and how many there should be."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.component import Component, ComponentUse
from circuits.models.device import DeviceModel


class MovementKind(models.TextChoices):
    RECEIVED = "received", "Received"
    RESERVED = "reserved", "Reserved"
    USED = "used", "Used"
    RETURNED = "returned", "Returned to the shelf"
    DISCARDED = "discarded", "Discarded"
    QUARANTINED = "quarantined", "Quarantined"
    SENT_BACK = "sent_back", "Sent to the manufacturer"
    FOUND = "found", "More at a count"
    MISSING = "missing", "Fewer at a count"


ONTO_SHELF = (MovementKind.RECEIVED, MovementKind.RETURNED, MovementKind.FOUND)
_ONTO = Q(movements__kind__in=ONTO_SHELF)
_OFF = Q(movements__settles=None) & ~_ONTO


class StockLotQuerySet(models.QuerySet["StockLot"]):
    def visible_to(self, user: User, at: datetime) -> "StockLotQuerySet":
        """Lots of every unit of the centres in which `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(unit__centre__in=units.values("centre"))

    def with_counts(self) -> "StockLotQuerySet":
        """Annotate each lot with how many are on the `shelf`, `reserved`, and `quarantined`.

        A shelf below zero means that more were used than were ever received: a count is owed.
        """
        quantity = F("movements__quantity")
        return self.annotate(
            received=Coalesce(
                Sum(quantity, filter=Q(movements__kind=MovementKind.RECEIVED)),
                0,
            ),
            shelf=Coalesce(Sum(Case(When(_ONTO, quantity), When(_OFF, -quantity), default=0)), 0),
            reserved=_held(MovementKind.RESERVED),
            quarantined=_held(MovementKind.QUARANTINED),
        )

    def there(self) -> "StockLotQuerySet":
        """Lots of which anything lies anywhere, or of which a count is owed."""
        counted: Any = self.with_counts()
        found: StockLotQuerySet = counted.exclude(shelf=0, reserved=0, quarantined=0)
        return found

    def unexpired(self, on: date) -> "StockLotQuerySet":
        """Lots that may still be planned with on that day; one without expiry among them."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=on))

    def locked(self, pk: int) -> "StockLot":
        """Return the lot, locked until the transaction ends. A run's lock is taken before it."""
        return (
            self.select_for_update(of=("self",)).select_related("model", "unit__centre").get(pk=pk)
        )


def _held(kind: MovementKind) -> Coalesce:
    held = Q(movements__kind=kind, movements__settled_by=None)
    return Coalesce(Sum("movements__quantity", filter=held), 0)


@tracked
class StockLot(models.Model):
    """One lot of a disposable in the store of one unit. How many are left is computed."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="stock_lots", verbose_name="unit that keeps it"
    )
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="stock_lots")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField("last day of use", null=True, blank=True)
    udi_di = models.CharField("UDI-DI as scanned", max_length=60, blank=True)
    udi = models.CharField("label as first scanned", max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = StockLotQuerySet.as_manager()

    class Meta:
        ordering = ["model", "expires_on", "lot"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "model", "lot", "expires_on"],
                nulls_distinct=False,
                name="circuits_stocklot_one_row_per_lot_and_expiry_in_unit",
            )
        ]
        indexes = [models.Index(fields=["model", "lot"], name="circuits_stocklot_model_lot")]

    def __str__(self) -> str:
        return f"{self.model} lot {self.lot or 'without number'}"


class StockMovementQuerySet(models.QuerySet["StockMovement"]):
    def visible_to(self, user: User, at: datetime) -> "StockMovementQuerySet":
        """Movements of every unit of the centres in which `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(lot__unit__centre__in=units.values("centre"))

    def held(self, kind: str) -> "StockMovementQuerySet":
        """Reservations or quarantines that nothing has ended yet."""
        return self.filter(kind=kind, settled_by=None)


@tracked
class StockMovement(models.Model):
    """One thing that happened to some of a lot; written once.

    `settles` names the reservation, quarantine or use that this movement ends; without it the
    movement takes from the shelf (or, when received, puts onto it).
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    lot = models.ForeignKey(StockLot, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=MovementKind)
    quantity = models.PositiveIntegerField()
    component = models.ForeignKey(
        Component,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name="the very part, where it has a serial",
    )
    use = models.OneToOneField(
        ComponentUse, models.PROTECT, null=True, blank=True, related_name="movement"
    )
    settles = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="settled_by"
    )
    moved_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        ordering = ["moved_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="circuits_stockmovement_moves_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(component=None) | Q(quantity=1),
                name="circuits_stockmovement_one_of_a_numbered_part",
            ),
            models.CheckConstraint(
                condition=Q(use=None) | Q(kind=MovementKind.USED),
                name="circuits_stockmovement_use_only_when_used",
            ),
            models.CheckConstraint(
                condition=Q(kind=MovementKind.RETURNED, settles__isnull=False)
                | ~Q(kind=MovementKind.RETURNED),
                name="circuits_stockmovement_returned_from_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MovementKind.RECEIVED) | Q(settles=None),
                name="circuits_stockmovement_received_from_outside",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[MovementKind.RECEIVED, MovementKind.USED]) | ~Q(reason=""),
                name="circuits_stockmovement_has_reason",
            ),
            models.UniqueConstraint(
                fields=["component"],
                condition=Q(kind=MovementKind.RECEIVED),
                name="circuits_stockmovement_part_received_once",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.quantity} {self.kind} of {self.lot}"

    @property
    def unit(self) -> Unit:
        """The unit that keeps the lot: whose permissions decide."""
        return self.lot.unit


@tracked
class StockCount(models.Model):
    """Somebody counted what lies on the shelf of a lot; written once.

    `expected` is what the movements until then say, which may be less than nothing. Where the two
    differ, `adjustment` is the movement that makes the shelf agree with what was counted.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    lot = models.ForeignKey(StockLot, models.PROTECT, related_name="counts")
    counted = models.PositiveIntegerField()
    expected = models.IntegerField()
    adjustment = models.OneToOneField(
        StockMovement, models.PROTECT, null=True, blank=True, related_name="count"
    )
    counted_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["counted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counted=F("expected"), adjustment=None)
                | ~Q(counted=F("expected")) & Q(adjustment__isnull=False),
                name="circuits_stockcount_adjusted_where_it_differs",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.counted} of {self.lot}"


class ParLevelQuerySet(models.QuerySet["ParLevel"]):
    def visible_to(self, user: User, at: datetime) -> "ParLevelQuerySet":
        """Wishes of every unit of the centres in which `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(unit__centre__in=units.values("centre"))


@tracked
class ParLevel(models.Model):
    """How many of a product a unit wants on its shelf."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="par_levels")
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="par_levels")
    quantity = models.PositiveIntegerField("wanted on the shelf")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ParLevelQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "model"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "model"], name="circuits_parlevel_one_per_unit_and_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.model}"
