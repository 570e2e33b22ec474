"""The shapes of circuits, components and devices."""

from typing import Any

from rest_framework import serializers

from circuits.actions.catalogue import LabelHours
from circuits.api.base import confirmations
from circuits.models import ComponentKind, Fate, Market, PumpType, RemovalReason
from clinical.measures import MEASURES
from clinical.oxygenator import POST_MEMBRANE_GAS, Proposal
from web.shapes import EnteredShape, Input, Instant, Number, PersonShape, Shape, Text, fixed

RESISTANCE_UNIT = MEASURES["membrane_resistance"].unit
PO2_UNIT = MEASURES["po2_post"].unit


class DeviceModelShape(Shape):
    """One product of the catalogue."""

    public_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ComponentKind.choices)
    name = serializers.CharField()
    manufacturer = serializers.CharField()
    gtin = serializers.CharField(help_text="GTIN (UDI-DI)")
    pump_type = serializers.ChoiceField(
        choices=PumpType.choices, allow_blank=True, help_text="blank: not known, or no pump"
    )
    is_draft = serializers.BooleanField(help_text="to be completed by who keeps the catalogue")


class NumberedPartShape(Shape):
    """One physical part."""

    public_id = serializers.UUIDField()
    model = DeviceModelShape()
    lot = serializers.CharField()
    serial = serializers.CharField()
    udi = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)


class DeviceLabelShape(Shape):
    """The labelled hours of a product in one market: information, never a due time."""

    market = serializers.ChoiceField(choices=Market.choices)
    hours = serializers.IntegerField(help_text="h, as labelled")
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not the serializer's
        help_text="document read"
    )
    checked_on = serializers.DateField(allow_null=True)


class CatalogueShape(DeviceModelShape):
    """One product with what its labels say of hours."""

    labels = DeviceLabelShape(many=True)


class DeviceLabelInput(Input):
    """The labelled hours of a product in one market; the same market again replaces it."""

    market = serializers.ChoiceField(choices=Market.choices)
    hours = serializers.IntegerField(min_value=1, max_value=100_000, help_text="h")
    source = serializers.CharField(  # type: ignore[assignment]  # a field
        max_length=150, help_text="document read"
    )
    checked_on = serializers.DateField(default=None, allow_null=True)

    def to_internal_value(self, data: Any) -> LabelHours:
        """Return it as the actions take it."""
        return LabelHours(**super().to_internal_value(data))


class DeviceModelInput(Input):
    """A product. It is found by its GTIN, else by kind and name."""

    kind = serializers.ChoiceField(choices=ComponentKind.choices)
    name = serializers.CharField(max_length=150)
    manufacturer = Text(max_length=100)
    gtin = serializers.RegexField(r"^\d{8,14}$", required=False, allow_blank=True, default="")
    pump_type = serializers.ChoiceField(choices=PumpType.choices, allow_blank=True, default="")
    labels = DeviceLabelInput(many=True, default=tuple)


class LabelsReadInput(Input):
    """Which centre has read them."""

    centre = serializers.UUIDField()


class CircuitShape(EnteredShape):
    """What carries the blood, for part or all of a run."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    started_at = Instant()
    ended_at = Instant(allow_null=True)


class CircuitInput(Input):
    """A circuit; the same label again is the same circuit."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # a field
    started_at = Instant()


class CircuitNameShape(Shape):
    """A circuit, by label."""

    public_id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's


class RatioShape(Shape):
    """The resistance at a check, as a multiple of the baseline."""

    ratio = Number()
    check = serializers.CharField(source="source", help_text="check_id")
    checked_at = Instant()


class ResistanceShape(Shape):
    """The membrane's resistance against its own baseline."""

    unit = fixed(RESISTANCE_UNIT)
    baseline = Number(allow_null=True, help_text="null: too few checks, so nothing is judged")
    why = serializers.CharField(allow_null=True, help_text="why there is no baseline")
    peak = RatioShape(allow_null=True)
    signal = RatioShape(allow_null=True, help_text="the check at which it had held long enough")


class ProposalShape(Shape):
    """A signal that proposes a change. Reached hours never do."""

    rule = serializers.CharField(help_text="resistance or post_membrane_gas")
    check = serializers.CharField(source="source", help_text="check_id")
    checked_at = Instant()
    value = Number(help_text="the ratio to the baseline, or the pO2")
    unit = serializers.SerializerMethodField()

    def get_unit(self, proposal: Proposal) -> str:
        """The unit of `value`."""
        return PO2_UNIT if proposal.rule == POST_MEMBRANE_GAS else "1"


class ComponentShape(Shape):
    """One component in one position of one circuit, with its hours and its signals."""

    public_id = serializers.UUIDField(source="use.public_id")
    circuit = CircuitNameShape(source="use.circuit")
    position = serializers.CharField(source="use.position")
    kind = serializers.CharField(source="use.kind")
    model = DeviceModelShape(source="use.component.model")
    lot = serializers.CharField(source="use.component.lot")
    serial = serializers.CharField(source="use.component.serial")
    udi = serializers.CharField(source="use.component.udi", help_text="as scanned")
    expires_on = serializers.DateField(source="use.component.expires_on", allow_null=True)
    exchange_group = serializers.CharField(source="use.exchange_group")
    installed_at = Instant(source="use.installed_at")
    removed_at = Instant(source="use.removed_at", allow_null=True)
    removed_reason = serializers.CharField(source="use.removed_reason")
    fate = serializers.CharField(source="use.fate", help_text="where it went; blank: not told")
    note = serializers.CharField(source="use.note")
    entered_at = Instant(source="use.entered_at")
    entered_by = PersonShape(source="use.entered_by")
    minutes = serializers.IntegerField(help_text="min in place")
    hours_exact = serializers.CharField(help_text="H:MM")
    hours = serializers.FloatField(help_text="h")
    clock_from = Instant(source="clock.clock_from", default=None, allow_null=True)
    review_warn_at = Instant(source="clock.review_warn_at", default=None, allow_null=True)
    review_due_at = Instant(source="clock.review_due_at", default=None, allow_null=True)
    next_review_at = Instant(source="clock.next_review_at", default=None, allow_null=True)
    review_warn_reached = serializers.BooleanField(source="is_review_warned")
    review_due_reached = serializers.BooleanField(source="is_review_due")
    policy_source = serializers.CharField(help_text="where the hours come from")
    resistance = ResistanceShape(allow_null=True)
    change_proposed = ProposalShape(source="proposals", many=True)


class PartInput(Input):
    """A part as scanned or typed: its product, and what is printed on it."""

    device_model = serializers.UUIDField(required=False, help_text="from device-models/")
    model = DeviceModelInput(required=False)
    lot = Text(max_length=40)
    serial = Text(max_length=40)
    udi = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        trim_whitespace=False,
        help_text="as scanned, with FNC1 as ASCII 29",
    )
    expires_on = serializers.DateField(default=None, allow_null=True)
    exchange_group = Text(max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one way to name the product."""
        if ("device_model" in attrs) == ("model" in attrs):
            raise serializers.ValidationError(
                "Name the product either by device_model or by model.", code="one_of"
            )
        return attrs


class ComponentInput(PartInput):
    """A part put into a free position."""

    circuit = serializers.UUIDField(required=False)
    circuit_label = serializers.CharField(
        max_length=60, required=False, help_text="a new label opens a circuit"
    )
    position = Text(max_length=40)
    installed_at = Instant()
    confirmed = confirmations()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one way to name the circuit."""
        if ("circuit" in attrs) == ("circuit_label" in attrs):
            raise serializers.ValidationError(
                "Name the circuit either by circuit or by circuit_label.", code="one_of"
            )
        return super().validate(attrs)


class ComponentRemoval(Input):
    """When and why a part came out."""

    removed_at = Instant()
    reason = serializers.ChoiceField(choices=RemovalReason.choices)
    note = Text(max_length=300)


class ReviewDeferralInput(Input):
    """Until when and why the review of a part is put off: 24 hours at most."""

    next_review_at = Instant()
    reason = serializers.CharField(max_length=300)


class FateInput(Input):
    """Where a part went that came out."""

    fate = serializers.ChoiceField(choices=[one for one in Fate.choices if one[0]])
    confirmed = confirmations()
