"""The shapes of bedside checks."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from circuits.history import Amended, ChartedCheck
from circuits.models import CheckKind
from clinical.check import FDO2, FLOW, FLOW_ML_MIN
from clinical.measures import MEASURES
from clinical.units import ucum
from patients.models import WeaningKind
from web.shapes import (
    Input,
    Instant,
    PersonShape,
    PlainJson,
    RowField,
    Shape,
    Text,
)

OTHER_UNITS = {FLOW: {"mL/min": FLOW_ML_MIN}, FDO2: {"%": FDO2}}
"""Units in which a value may be sent besides its own, and the name it then has."""


class AsEnteredShape(Shape):
    """What was typed, where it differs from what is stored."""

    value = serializers.CharField()
    unit = serializers.CharField()


class ValueShape(Shape):
    """One value that was read, with its unit."""

    value = serializers.CharField(help_text="a number, exactly as stored")
    unit = serializers.CharField(help_text="UCUM")
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    method = serializers.CharField(help_text="typed, same (looked at, unchanged) or device")
    as_entered = AsEnteredShape(allow_null=True)
    confirmed = serializers.CharField(
        allow_null=True, help_text="the rule that asked, if the user had to confirm"
    )


class DerivedShape(Shape):
    """One value that follows from others."""

    value = serializers.CharField()
    unit = serializers.CharField(help_text="UCUM")


class AmendedShape(Shape):
    """One amended value."""

    measure = serializers.CharField()
    was = serializers.CharField(allow_null=True)
    now = serializers.CharField(allow_null=True)
    unit = serializers.SerializerMethodField()
    by = PersonShape()
    at = Instant()
    reason = serializers.CharField()

    def get_unit(self, amended: Amended) -> str:
        """The unit of both."""
        return unit_of(amended.measure)


class ContextShape(Shape):
    """What the check is read against, as known when it was saved."""

    mode = serializers.CharField(allow_null=True)
    weight_kg = serializers.CharField(allow_null=True, help_text="kg")
    height_cm = serializers.CharField(allow_null=True, help_text="cm")


class CheckShape(Shape):
    """One version of one bedside check."""

    check_id = serializers.UUIDField(source="check.root_id", help_text="whatever the version")
    public_id = serializers.UUIDField(source="check.public_id", help_text="of this version")
    version = serializers.IntegerField(source="check.version")
    run = serializers.UUIDField(source="check.run.public_id")
    kind = serializers.CharField(source="check.kind")
    trial = serializers.CharField(source="check.trial")
    checked_at = Instant(source="check.checked_at", help_text="when it was read")
    entered_at = Instant(source="check.entered_at", help_text="when this version became known")
    first_entered_at = Instant(help_text="when the check became known")
    performed_by = PersonShape(source="check.performed_by")
    transmitted_by = PersonShape(source="check.transmitted_by")
    device_at = Instant(
        source="check.device_at", allow_null=True, help_text="clock of the device that sent it"
    )
    note = serializers.CharField(source="check.note")
    reason = serializers.CharField(source="check.reason", help_text="why amended or withdrawn")
    is_withdrawn = serializers.BooleanField(
        source="check.is_withdrawn", help_text="entered in error: it does not count"
    )
    values = serializers.SerializerMethodField()
    not_done = serializers.DictField(
        source="check.document.not_done", child=serializers.CharField()
    )
    findings = serializers.DictField(
        source="check.document.findings", child=serializers.CharField()
    )
    derived = serializers.SerializerMethodField()
    context = ContextShape(source="check.document.context")  # type: ignore[assignment]  # a field
    charted_late_min = serializers.IntegerField(allow_null=True, help_text="min, if above 30")
    device_clock_off_min = serializers.IntegerField(
        allow_null=True, help_text="min by which the device's clock was ahead, if over 2 either way"
    )
    history = AmendedShape(many=True)

    @extend_schema_field(serializers.DictField(child=ValueShape()))
    def get_values(self, charted: ChartedCheck) -> dict[str, Any]:
        """The values by measure."""
        rows = charted.check.document["values"]
        return {code: _value(code, row) for code, row in rows.items()}

    @extend_schema_field(serializers.DictField(child=DerivedShape()))
    def get_derived(self, charted: ChartedCheck) -> dict[str, Any]:
        """What follows from the values."""
        rows = charted.check.document["derived"]
        return {code: {"value": value, "unit": unit_of(code)} for code, value in rows.items()}


def unit_of(code: str) -> str:
    """Return the unit of a measure (UCUM)."""
    return MEASURES[code].unit if code in MEASURES else ""


def _value(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    entered = row.get("as_entered")
    return {
        "value": row["value"],
        "unit": unit_of(code),
        "label": MEASURES[code].label if code in MEASURES else code,
        "method": row["method"],
        "as_entered": {**entered, "unit": entered["unit"] or "%"} if entered else None,
        "confirmed": row.get("confirmed"),
    }


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"oneOf": [{"type": "number"}, {"type": "string"}]},
        "example": {"pump_speed": 3100, "blood_flow": "4.40", "fdo2": "0.8", "p_drainage": -58},
        "description": "Numbers by measure, each in the unit of the measure (see measures/).",
    }
)
class ValuesField(PlainJson):
    """Numbers by measure; the door of the check reads them."""

    default_error_messages = {"no_table": "Send the values by measure, as an object."}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is no table of plain values."""
        if not isinstance(data, dict) or any(isinstance(v, dict | list) for v in data.values()):
            self.fail("no_table")
        return super().to_internal_value(data)


def words_by_code(description: str, example: dict[str, str]) -> Any:
    """Return a field that takes short texts by code."""
    shape = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "example": example,
        "description": description,
    }
    return extend_schema_field(shape)(WordsField)(default=dict)


class WordsField(PlainJson):
    """Short texts by code."""

    default_error_messages = {"no_words": "Send short texts (at most 300 characters) by code."}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is no table of short texts."""
        if not isinstance(data, dict) or not all(
            isinstance(text, str) and len(text) <= 300 and len(code) <= 60  # noqa: PLR2004
            for code, text in data.items()
        ):
            self.fail("no_words")
        return super().to_internal_value(data)


class CheckValues(Input):
    """Values of a check, and what is said about them."""

    values = ValuesField(default=dict)
    units = words_by_code("Units of values, where they are sent in others.", {"fdo2": "%"})
    not_done = words_by_code("Why a value was not taken.", {"temp_blood_out": "probe broken"})
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=100,
        help_text="measures whose questions the user has answered: it is so",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take each value in its own unit; refuse one sent in a unit that it has not."""
        units, values = attrs.pop("units"), attrs["values"]
        attrs["units"], wrong = {}, {}
        for code, unit in units.items():
            others = OTHER_UNITS.get(code, {})
            if unit in others and code in values:
                values[others[unit]] = values.pop(code)
            elif code in MEASURES and ucum(unit) in MEASURES[code].other_units:
                attrs["units"][code] = ucum(unit)
            elif unit not in _own_units(code):
                wrong[code] = _wrong_unit(code, unit)
        if wrong:
            raise serializers.ValidationError({"units": wrong}, code="wrong_unit")
        return attrs


def _own_units(code: str) -> set[str]:
    if code not in MEASURES:
        return set()
    one = MEASURES[code]
    return {one.unit} if one.is_shown_in_percent else {one.unit, one.display_unit}


def _wrong_unit(code: str, unit: str) -> list[str]:
    if code not in MEASURES:
        return [f"No measure is called {code}."]
    units = (MEASURES[code].unit, *OTHER_UNITS.get(code, ()), *MEASURES[code].other_units)
    taken = " or ".join(dict.fromkeys(units))
    return [
        f"{MEASURES[code].label} is taken in {taken}, not in {unit}. Convert it, or look again."
    ]


class CheckInput(CheckValues):
    """A bedside check. `public_id` may be made by the client: it becomes the `check_id`."""

    checked_at = Instant(help_text="when it was read")
    methods = words_by_code("How a value came to be: typed, same or device.", {"fdo2": "same"})
    findings = words_by_code("Answers to what was looked at.", {"clots_oxygenator": "none"})
    kind = serializers.ChoiceField(choices=CheckKind.choices, default=CheckKind.HOURLY)
    trial = serializers.ChoiceField(
        choices=WeaningKind.choices,
        allow_blank=True,
        allow_null=True,
        default=None,
        help_text="blank: none; null or left out: the trial that goes on",
    )
    note = Text(max_length=2000)
    device_at = Instant(required=False, allow_null=True)
    performed_by = RowField(queryset=User.objects.filter(is_active=True), required=False)
    public_id = serializers.UUIDField(required=False)


class AmendmentInput(CheckValues):
    """What is amended in a check, and why. `version` is the one that the user had before them."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(
        max_length=300,
        default="",
        allow_blank=True,
        help_text="may be left out by who signed, within 15 min: a slip",
    )


class CheckWithdrawalInput(Input):
    """Why a check was entered in error. `version` is the one that the user had before them."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(
        max_length=300,
        default="",
        allow_blank=True,
        help_text="may be left out by who signed, within seconds: an undo",
    )
