"""The shapes of the shelf: lots, what moved, counts, and how many are wanted."""

from rest_framework import serializers

from circuits.api.part_shapes import DeviceModelShape
from circuits.models import Component, DeviceModel, MovementKind
from web.shapes import (
    EnteredShape,
    Input,
    Instant,
    PersonShape,
    RowField,
    Shape,
    Text,
    UnitField,
    UnitShape,
)

MOST = 1000


def _quantity(**more: object) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=MOST, default=1, **more)  # type: ignore[arg-type]  # as the field takes them


class StockLotShape(Shape):
    """One lot in one store: how many lie there, and what keeps them from being used."""

    public_id = serializers.UUIDField(source="lot.public_id")
    unit = UnitShape(source="lot.unit")
    model = DeviceModelShape(source="lot.model")
    lot = serializers.CharField(source="lot.lot")
    expires_on = serializers.DateField(
        source="lot.expires_on", allow_null=True, help_text="last day of use"
    )
    udi = serializers.CharField(source="lot.udi", help_text="as first scanned")
    shelf = serializers.IntegerField(help_text="free; below zero a count is owed")
    reserved = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    usable = serializers.IntegerField(help_text="free, in date and not recalled")
    is_expired = serializers.BooleanField()
    is_expiring = serializers.BooleanField(help_text="within the days that the site names")
    recalls = serializers.ListField(
        child=serializers.CharField(), help_text="open recalls for removal that hold it"
    )
    entered_at = Instant(source="lot.entered_at")
    entered_by = PersonShape(source="lot.entered_by")


class DeliveryInput(Input):
    """What came in, as printed on the box."""

    unit = UnitField()
    model = RowField(queryset=DeviceModel.objects.all())
    lot = Text(max_length=40)
    serial = Text(max_length=40, help_text="then one at a time")
    expires_on = serializers.DateField(default=None, allow_null=True)
    udi = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        trim_whitespace=False,
        help_text="as scanned, with FNC1 as ASCII 29",
    )
    quantity = _quantity()
    received_at = Instant()
    reason = Text(max_length=300)


class CountInput(Input):
    """How many lie free on the shelf."""

    counted = serializers.IntegerField(min_value=0, max_value=MOST)
    counted_at = Instant()
    reason = Text(max_length=300, help_text="needed when it differs from the record")


class MoveInput(Input):
    """Some of a lot is kept aside or thrown away."""

    quantity = _quantity()
    component = RowField(queryset=Component.objects.all(), default=None, allow_null=True)
    moved_at = Instant()
    reason = serializers.CharField(max_length=300)


class ReservationInput(MoveInput):
    """Some of a lot is reserved for the plan that `reason` names."""

    needed_on = serializers.DateField(default=None, allow_null=True)


class AsideEndInput(Input):
    """A reservation or quarantine ends."""

    moved_at = Instant()
    reason = serializers.CharField(max_length=300)


class MovementShape(EnteredShape):
    """One thing that happened to some of a lot."""

    stock_lot = serializers.UUIDField(source="lot.public_id")
    kind = serializers.ChoiceField(choices=MovementKind.choices)
    quantity = serializers.IntegerField()
    component = serializers.UUIDField(source="component.public_id", default=None, allow_null=True)
    serial = serializers.CharField(source="component.serial", default="")
    settles = serializers.UUIDField(
        source="settles.public_id", default=None, allow_null=True, help_text="what it ends"
    )
    moved_at = Instant()
    reason = serializers.CharField()


class CountShape(EnteredShape):
    """One count of a shelf."""

    counted = serializers.IntegerField()
    expected = serializers.IntegerField(help_text="by the movements until then")
    counted_at = Instant()
    reason = serializers.CharField(source="adjustment.reason", default="")


class ParLevelShape(Shape):
    """How many of a product a store wants."""

    public_id = serializers.UUIDField()
    unit = UnitShape()
    model = DeviceModelShape()
    quantity = serializers.IntegerField()
    set_at = Instant()
    set_by = PersonShape()


class ParLevelInput(Input):
    """How many of a product a store wants; the same again replaces it."""

    unit = UnitField()
    model = RowField(queryset=DeviceModel.objects.all())
    quantity = serializers.IntegerField(min_value=0, max_value=MOST)
