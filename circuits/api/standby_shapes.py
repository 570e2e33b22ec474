"""The shapes of standby circuits, their primes, and what must be at hand."""

from decimal import Decimal

from rest_framework import serializers

from circuits.api.part_shapes import PartInput
from circuits.models import KitKind, PrimeFill, RemovalReason, StandbyStatus, Urgency
from circuits.models.standby import WET
from web.shapes import (
    EnteredShape,
    Input,
    Instant,
    Number,
    PersonShape,
    PlainJson,
    Shape,
    Text,
    UnitShape,
    fixed,
)


class PrimeProductShape(Shape):
    """One blood product in a prime."""

    product = serializers.CharField()
    donation_id = serializers.CharField()
    expires_at = Instant()
    volume_ml = Number(help_text="mL")


class PrimeChemistryShape(EnteredShape):
    """One analysis of a prime, with the lines that it was judged by."""

    public_id = None  # type: ignore[assignment]  # it has none
    sampled_at = Instant()
    values = PlainJson(help_text="by code, in the units of the table")
    table = PlainJson()
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    standing = serializers.CharField(help_text="caution, stop, or blank")
    overridden_by = PersonShape(allow_null=True)
    override_reason = serializers.CharField()


class PrimeShape(Shape):
    """One filling of a circuit."""

    kind = serializers.ChoiceField(choices=PrimeFill.choices)
    fluid = serializers.CharField()
    volume_ml = Number()
    volume_unit = fixed("mL")
    drugs = serializers.CharField()
    primed_at = Instant()
    primed_by = PersonShape()
    verified_by = PersonShape(allow_null=True)
    products = PrimeProductShape(many=True)
    chemistries = PrimeChemistryShape(many=True)


class StandbyShape(EnteredShape):
    """One standby circuit, when it is to be discarded, and what keeps it from being ready."""

    public_id = serializers.UUIDField(source="standby.public_id")
    entered_at = Instant(source="standby.entered_at")
    entered_by = PersonShape(source="standby.entered_by")
    unit = UnitShape(source="standby.unit")
    label = serializers.CharField(source="standby.label")  # type: ignore[assignment]  # a field
    configuration = serializers.CharField(source="standby.configuration")
    location = serializers.CharField(source="standby.location")
    console = serializers.CharField(source="standby.console")
    fill = serializers.ChoiceField(source="standby.fill", choices=PrimeFill.choices)
    status = serializers.ChoiceField(source="standby.status", choices=StandbyStatus.choices)
    tamper_seal = serializers.CharField(source="standby.tamper_seal")
    assembled_at = Instant(source="standby.assembled_at")
    primed_at = Instant(source="standby.primed_at", allow_null=True)
    warn_at = Instant(source="due.warn_at")
    discard_at = Instant(source="due.due_at")
    faults = serializers.ListField(child=serializers.CharField())
    is_ready = serializers.BooleanField()
    prime = PrimeShape(allow_null=True)


class StandbyPartInput(PartInput):
    """A part that was built in."""

    position = Text(max_length=40)


class StandbyInput(Input):
    """A circuit that was assembled, dry."""

    unit = serializers.UUIDField()
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # a field
    location = serializers.CharField(max_length=100)
    configuration = Text(max_length=100)
    console = Text(max_length=100)
    tamper_seal = Text(max_length=40)
    assembled_at = Instant()
    parts = StandbyPartInput(many=True, default=list)


class PrimeProductInput(Input):
    """One blood product, by its donation."""

    product = serializers.CharField(max_length=60)
    donation_id = serializers.CharField(max_length=40)
    expires_at = Instant()
    volume_ml = Number(6, 0, min_value=1)


class PrimeInput(Input):
    """What a circuit was filled with."""

    kind = serializers.ChoiceField(choices=WET)
    fluid = serializers.CharField(max_length=200)
    volume_ml = Number(6, 0, min_value=1)
    drugs = Text(max_length=300)
    primed_at = Instant()
    primed_by = serializers.UUIDField(required=False, help_text="oneself, if left out")
    verified_by = serializers.UUIDField(required=False)
    products = PrimeProductInput(many=True, default=list)


class ChemistryInput(Input):
    """An analysis of the newest prime; values outside a line are confirmed by their code."""

    sampled_at = Instant()
    values = serializers.DictField(child=Number(9, 3, min_value=0), allow_empty=False)
    overridden_by = serializers.UUIDField(required=False, help_text="a physician of the unit")
    override_reason = Text(max_length=300)
    confirmed = serializers.ListField(child=serializers.CharField(max_length=40), default=list)


class StandbyStatusInput(Input):
    """What a circuit is good for from now on."""

    status = serializers.ChoiceField(
        choices=[StandbyStatus.READY, StandbyStatus.QUARANTINED, StandbyStatus.DISCARDED]
    )
    changed_at = Instant()
    reason = serializers.CharField(max_length=300)


class ActivationInput(Input):
    """To which run a circuit was connected; the rest is told when it replaces another."""

    run = serializers.UUIDField()
    activated_at = Instant()
    reason = serializers.ChoiceField(choices=RemovalReason.choices, default=RemovalReason.OTHER)
    urgency = serializers.ChoiceField(choices=Urgency.choices, default="", allow_blank=True)
    off_support_s = serializers.IntegerField(
        min_value=0, max_value=86_400, allow_null=True, default=None, help_text="s"
    )
    note = Text(max_length=300)
    confirmed = serializers.ListField(child=serializers.CharField(max_length=40), default=list)


class ChecklistKindInput(Input):
    """Which list is begun."""

    kind = serializers.SlugField(max_length=60)


class BegunShape(Shape):
    """The list that was begun; it is answered under `checklists`."""

    public_id = serializers.UUIDField()
    kind = serializers.CharField()


class KitLookShape(Shape):
    """What a look found."""

    is_good = serializers.BooleanField()
    pressure_psi = Number(allow_null=True, help_text="psi")
    flow_l_min = Number(allow_null=True, help_text="L/min")
    count = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    looked_at = Instant()
    by = PersonShape()


class KitShape(Shape):
    """One thing that must be at hand, with its newest look; without a fresh one it is not ready."""

    public_id = serializers.UUIDField(source="item.public_id")
    kind = serializers.ChoiceField(source="item.kind", choices=KitKind.choices)
    label = serializers.CharField(source="item.label")  # type: ignore[assignment]  # a field
    location = serializers.CharField(source="item.location")
    cylinder_size = serializers.CharField(source="item.cylinder_size")
    look = KitLookShape(allow_null=True)
    is_fresh = serializers.BooleanField(help_text="looked at within the site's time")
    is_ready = serializers.BooleanField()
    minutes = serializers.IntegerField(allow_null=True, help_text="min of gas left at that flow")
    retired_at = Instant(source="item.retired_at", allow_null=True)


class KitItemInput(Input):
    """A thing that must be at hand."""

    unit = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KitKind.choices)
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # a field
    location = serializers.CharField(max_length=100)
    cylinder_size = Text(max_length=10)


class LookInput(Input):
    """What a look found."""

    is_good = serializers.BooleanField()
    looked_at = Instant()
    pressure_psi = Number(6, 0, min_value=0, allow_null=True, default=None, help_text="psi")
    flow_l_min = Number(
        5, 2, min_value=Decimal("0.01"), allow_null=True, default=None, help_text="L/min"
    )
    count = serializers.IntegerField(min_value=0, max_value=99, allow_null=True, default=None)
    note = Text(max_length=300)


class RetireInput(Input):
    """Why a thing leaves service."""

    reason = serializers.CharField(max_length=200)
