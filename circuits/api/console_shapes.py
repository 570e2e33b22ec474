"""The shapes of devices that are not used up."""

from typing import Any

from rest_framework import serializers

from circuits.api.part_shapes import DeviceModelShape
from circuits.consoles import ConsoleLine
from circuits.models import (
    DeviceModel,
    RecordKind,
    ServiceState,
    Verdict,
    WaterResult,
    WaterVerdict,
)
from web.shapes import (
    EnteredShape,
    Input,
    Instant,
    JsonObject,
    PersonShape,
    PlainJson,
    RowField,
    Shape,
    Text,
    UnitField,
    UnitShape,
)

STATES = (ServiceState.IN_SERVICE, ServiceState.OUT_OF_SERVICE, ServiceState.QUARANTINED)


class EquipmentDueShape(Shape):
    """What is due of a device."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    due_at = Instant()
    overdue_at = Instant()
    rule = serializers.CharField()


class ConsoleShape(Shape):
    """One device: where it is, whether it may be used, and what is due."""

    public_id = serializers.UUIDField(source="console.public_id")
    unit = UnitShape(source="console.unit")
    model = DeviceModelShape(source="console.component.model")
    serial = serializers.CharField(source="console.component.serial")
    udi = serializers.CharField(source="console.component.udi")
    asset_tag = serializers.CharField(source="console.asset_tag")
    location = serializers.CharField(source="console.location")
    owner = serializers.CharField(source="console.owner", help_text="blank: ours")
    lent_to = serializers.CharField(source="console.lent_to")
    return_on = serializers.DateField(source="console.return_on", allow_null=True)
    firmware = serializers.CharField(source="console.firmware")
    state = serializers.ChoiceField(source="console.state", choices=ServiceState.choices)
    state_reason = serializers.CharField(source="console.state_reason")
    state_since = Instant(source="console.state_since")
    in_use_in = UnitShape(source="use.circuit.run.unit", default=None, allow_null=True)
    bed = serializers.SerializerMethodField()
    alarm_limits = PlainJson(
        source="alarm_limits.details", default=dict, help_text="{measure: {low, high}}"
    )
    dues = serializers.SerializerMethodField()
    entered_at = Instant(source="console.entered_at")
    entered_by = PersonShape(source="console.entered_by")

    def get_bed(self, line: ConsoleLine) -> str | None:
        """The bed, for who may see its patient."""
        return line.use.circuit.run.patient.bed if line.use and line.sees_bed else None

    def get_dues(self, line: ConsoleLine) -> list[dict[str, Any]]:
        """What is due of it, the soonest first."""
        rows = sorted(line.dues.values(), key=lambda due: due.due_at)
        return [dict(EquipmentDueShape(row).data) for row in rows]


class ConsoleInput(Input):
    """A device that comes into the house; with `owner` on loan to us."""

    unit = UnitField()
    model = RowField(queryset=DeviceModel.objects.all())
    serial = serializers.CharField(max_length=40)
    asset_tag = Text(max_length=40)
    location = Text(max_length=100)
    owner = Text(max_length=150)
    return_on = serializers.DateField(default=None, allow_null=True)
    firmware = Text(max_length=40)
    udi = serializers.CharField(max_length=200, allow_blank=True, default="", trim_whitespace=False)


class ServiceShape(EnteredShape):
    """One thing done to a device."""

    kind = serializers.ChoiceField(choices=RecordKind.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    done_at = Instant()
    next_due_on = serializers.DateField(allow_null=True)
    details = PlainJson()
    note = serializers.CharField()


class ServiceInput(Input):
    """One thing done to a device."""

    kind = serializers.ChoiceField(choices=RecordKind.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    done_at = Instant()
    next_due_on = serializers.DateField(
        default=None, allow_null=True, help_text="as written on the device"
    )
    details = JsonObject(
        default=dict, help_text='{"battery_min": "42"}, or alarm limits {measure: {low, high}}'
    )
    note = Text(max_length=300, help_text="needed for what failed")


class WaterShape(EnteredShape):
    """What the laboratory found in the water of a heater unit."""

    test = serializers.CharField()
    value = serializers.CharField(help_text="as reported")
    unit_text = serializers.CharField()
    verdict = serializers.ChoiceField(choices=WaterVerdict.choices)
    sampled_at = Instant()
    reported_at = Instant()
    supersedes = serializers.UUIDField(
        source="supersedes.public_id", default=None, allow_null=True, help_text="what it corrects"
    )
    note = serializers.CharField()


class WaterInput(Input):
    """What the laboratory found in the water of a heater unit."""

    test = serializers.CharField(max_length=120)
    value = serializers.CharField(max_length=60)
    unit_text = Text(max_length=30)
    verdict = serializers.ChoiceField(choices=WaterVerdict.choices)
    sampled_at = Instant()
    reported_at = Instant()
    supersedes = RowField(queryset=WaterResult.objects.all(), default=None, allow_null=True)
    note = Text(max_length=300)


class ConsoleStateInput(Input):
    """In service, out of it, or in quarantine; and where it stands."""

    state = serializers.ChoiceField(choices=[(one.value, one.label) for one in STATES])
    reason = Text(max_length=300)
    location = Text(max_length=100)


class LoanInput(Input):
    """Who gets it, and until when."""

    to = serializers.CharField(max_length=130)
    return_on = serializers.DateField(default=None, allow_null=True)


class LoanReturnInput(Input):
    """A loan ends."""

    reason = Text(max_length=300)
    location = Text(max_length=100)
