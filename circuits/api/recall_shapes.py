"""The shapes of recalls."""

from typing import Any

from rest_framework import serializers

from circuits.api.base import confirmations
from circuits.api.part_shapes import DeviceModelShape
from circuits.models import (
    ActionAsked,
    ComponentKind,
    DeviceModel,
    Found,
    Recall,
    RecallClass,
    RecallFate,
    StepKind,
)
from circuits.traces import Exposure
from patients.models import Run
from web.shapes import (
    CentreNameShape,
    EnteredShape,
    Input,
    Instant,
    PersonShape,
    PlainJson,
    RowField,
    Shape,
    Text,
    UnitShape,
    optional_text,
)


def texts(longest: int) -> serializers.ListField:
    """Return a field of texts, empty by default."""
    child = serializers.CharField(max_length=longest)
    return serializers.ListField(child=child, default=list, max_length=200)


class LotRangeField(serializers.ListField):
    """[first, last] of a range of lots, both included."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.CharField(max_length=40)
        super().__init__(child=child, min_length=2, max_length=2, **kwargs)


class RecallShape(EnteredShape):
    """One notice as a case, with how much of it was found."""

    centre = CentreNameShape()
    issuer = serializers.CharField()
    reference = serializers.CharField()
    product = serializers.CharField()
    action = serializers.ChoiceField(choices=ActionAsked.choices)
    recall_class = serializers.CharField()
    issued_on = serializers.DateField()
    received_at = Instant()
    kind = serializers.CharField()
    model = DeviceModelShape(allow_null=True)
    gtins = serializers.ListField(child=serializers.CharField())
    lots = serializers.ListField(child=serializers.CharField())
    lot_ranges = serializers.ListField(child=LotRangeField())
    serials = serializers.ListField(child=serializers.CharField())
    instruction = serializers.CharField()
    found = serializers.IntegerField(help_text="parts and lots")
    undecided = serializers.IntegerField(help_text="of these without a fate")
    searched_at = Instant(help_text="newest search: with found 0 the proof of none")
    closing_asked_at = Instant(allow_null=True)
    closing_asked_by = PersonShape(allow_null=True)
    closed_at = Instant(allow_null=True)
    closed_by = PersonShape(allow_null=True)


class RecallInput(Input):
    """A notice as it came; names a product by `model` or by `gtins`."""

    centre = serializers.UUIDField()
    issuer = serializers.CharField(max_length=150)
    reference = serializers.CharField(max_length=80)
    product = serializers.CharField(max_length=200)
    action = serializers.ChoiceField(choices=ActionAsked.choices)
    recall_class = serializers.ChoiceField(
        choices=RecallClass.choices, allow_blank=True, default=""
    )
    issued_on = serializers.DateField()
    received_at = Instant()
    kind = serializers.ChoiceField(choices=ComponentKind.choices, allow_blank=True, default="")
    model = RowField(queryset=DeviceModel.objects.all(), default=None, allow_null=True)
    gtins = texts(20)
    lots = texts(40)
    lot_ranges = serializers.ListField(child=LotRangeField(), default=list, max_length=200)
    serials = texts(40)
    instruction = serializers.CharField(max_length=2000)


class ItemShape(Shape):
    """One part or lot that a recall is or may be about, and its fate."""

    public_id = serializers.UUIDField()
    found = serializers.ChoiceField(choices=Found.choices)
    found_at = Instant()
    fate = serializers.ChoiceField(choices=RecallFate.choices, allow_blank=True)
    fate_at = Instant(allow_null=True)
    fate_by = PersonShape(allow_null=True)
    fate_reason = serializers.CharField()


class ExposedPatientShape(Shape):
    """Who it was."""

    public_id = serializers.UUIDField()
    mrn = serializers.CharField()
    name = serializers.CharField(source="__str__")
    bed = serializers.CharField()


class ExposureShape(Shape):
    """One part in one run: whom, where, how long."""

    item = ItemShape()
    patient = ExposedPatientShape(allow_null=True, help_text="null: not yours to see")
    run = serializers.SerializerMethodField()
    unit = UnitShape(source="run.unit")
    circuit = serializers.CharField(source="use.circuit.label")
    position = serializers.CharField(source="use.position")
    component = serializers.UUIDField(source="use.public_id")
    lot = serializers.CharField(source="use.component.lot")
    serial = serializers.CharField(source="use.component.serial")
    since = Instant()
    removed_at = Instant(source="use.removed_at", allow_null=True)
    hours_exact = serializers.CharField(help_text="H:MM in place")
    told_at = Instant(source="told.happened_at", default=None, allow_null=True)

    def get_run(self, exposure: Exposure) -> str | None:
        """The run, for who may see its patient."""
        return str(exposure.run.public_id) if exposure.patient else None


class ShelfShape(Shape):
    """What lies in a store of a lot."""

    item = ItemShape(allow_null=True)
    stock_lot = serializers.UUIDField(source="lot.public_id")
    unit = UnitShape(source="lot.unit")
    model = DeviceModelShape(source="lot.model")
    lot = serializers.CharField(source="lot.lot")
    expires_on = serializers.DateField(source="lot.expires_on", allow_null=True)
    pieces = serializers.IntegerField()
    shelf = serializers.IntegerField(help_text="of these free")


class RecallStepShape(Shape):
    """One thing done about a recall. `facts` of a search are its proof."""

    public_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=StepKind.choices)
    facts = PlainJson()
    note = serializers.CharField()
    happened_at = Instant()
    by = PersonShape(allow_null=True, help_text="null: found by the system")


class TraceShape(Shape):
    """Everything about a recall."""

    now = ExposureShape(many=True)
    before = ExposureShape(many=True)
    shelf = ShelfShape(many=True)
    elsewhere = ItemShape(many=True, help_text="numbered parts that are in no circuit")
    replacements = ShelfShape(many=True, help_text="same kind, in date, free, not recalled")
    steps = RecallStepShape(many=True)


class ToldInput(Input):
    """Which physician of an exposed patient was told."""

    run = RowField(queryset=Run.objects.all())
    who = serializers.CharField(max_length=120)
    told_at = Instant()
    note = Text(max_length=300)


class RecallFateInput(Input):
    """What became of some parts and lots."""

    items = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=1000)
    fate = serializers.ChoiceField(choices=RecallFate.choices)
    decided_at = Instant()
    reason = Text(max_length=300)
    confirmed = confirmations()


class ReplyInput(Input):
    """To whom the reply was sent."""

    sent_to = serializers.CharField(max_length=200)
    sent_at = Instant()


class ClosingInput(Input):
    """Nothing is needed; a note may stand beside the step."""

    note = optional_text(500)


def counted(recall: Recall) -> Recall:
    """Return the recall with its counts."""
    return Recall.objects.with_state().select_related("centre", "model").get(pk=recall.pk)
