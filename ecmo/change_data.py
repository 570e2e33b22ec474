"""What the site's policy of changes, and the rules of its schedule, must look like."""

from typing import Any

from rest_framework import serializers

from circuits.models import ComponentKind
from clinical.age import AgeGroup
from clinical.reviews import SET_POLICY
from clinical.signals import Urgency
from ecmo.site_numbers import JsonNumber
from staffing.models import Duty
from web.shapes import Shape

PARTS = frozenset({*ComponentKind.values, SET_POLICY})
URGENCIES = [one.value for one in Urgency]


class ResistanceSignal(Shape):
    """When the resistance against its own baseline proposes a change."""

    ratio = JsonNumber(min_value=1)
    hold_for_checks = serializers.IntegerField(min_value=1)
    baseline_window_h = serializers.ListField(
        child=JsonNumber(min_value=0), min_length=2, max_length=2
    )
    baseline_n = serializers.IntegerField(min_value=1)
    weight = serializers.IntegerField(min_value=0, required=False)
    urgency = serializers.ChoiceField(choices=URGENCIES, required=False)


class GasSignal(Shape):
    """When the gas behind the membrane proposes a change; mmHg and a fraction."""

    po2_post_below = JsonNumber(min_value=0)
    fdo2_min = JsonNumber(min_value=0.21, max_value=1)
    hold_for_checks = serializers.IntegerField(min_value=1)
    weight = serializers.IntegerField(min_value=0, required=False)
    urgency = serializers.ChoiceField(choices=URGENCIES, required=False)


class SignalRow(Shape):
    """What every rule has; without an urgency it only adds its weight to the score."""

    id = serializers.SlugField(max_length=40)
    kind = serializers.CharField()
    weight = serializers.IntegerField(min_value=0, required=False)
    urgency = serializers.ChoiceField(choices=URGENCIES, required=False, allow_null=True)
    hold_for = serializers.IntegerField(min_value=1, required=False)
    is_off = serializers.BooleanField(required=False)


class ClearanceRow(SignalRow):
    """PCO2 falls by less than `below` mmHg over the membrane, at a sweep of `sweep_min` L/min."""

    below = JsonNumber()
    sweep_min = JsonNumber(min_value=0, required=False)


class LevelRow(SignalRow):
    """A laboratory value above or below a bound, in the unit of its measure."""

    analyte = serializers.SlugField(max_length=40)
    above = JsonNumber(required=False)
    below = JsonNumber(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse neither and both."""
        if ("above" in attrs) == ("below" in attrs):
            raise serializers.ValidationError("A level is either above or below a bound.")
        return attrs


class RiseRow(SignalRow):
    """A laboratory value so many times its lowest within the hours before."""

    analyte = serializers.SlugField(max_length=40)
    times = JsonNumber(min_value=1)
    window_h = JsonNumber(min_value=1)


class SlopeRow(SignalRow):
    """A laboratory value that rises (or, below 0, falls) by more than `per_day`."""

    analyte = serializers.SlugField(max_length=40)
    per_day = JsonNumber()
    window_h = JsonNumber(min_value=1)
    confidence = JsonNumber(min_value=0.5, max_value=0.999, required=False)


class ClotRow(SignalRow):
    """A clot of a grade or more."""

    grade_at_least = serializers.IntegerField(min_value=1, max_value=4)


class TextRow(SignalRow):
    """A laboratory result in one of some words."""

    analyte = serializers.SlugField(max_length=40)
    words = serializers.ListField(child=serializers.CharField(), min_length=1)


class FactRow(SignalRow):
    """Something known of the part itself."""

    fact = serializers.ChoiceField(choices=["recall"])


ROWS: dict[str, type[SignalRow]] = {
    "clearance": ClearanceRow,
    "level": LevelRow,
    "rise": RiseRow,
    "slope": SlopeRow,
    "clot": ClotRow,
    "text": TextRow,
    "fact": FactRow,
}


class ScoreRow(Shape):
    """From which sum of weights a change is how urgent."""

    at_least = serializers.IntegerField(min_value=1)
    urgency = serializers.ChoiceField(choices=URGENCIES)


class ProjectionRow(Shape):
    """What readings must be like before a resistance is projected; hours, percent, a share."""

    window_h = JsonNumber(min_value=1, required=False)
    min_points = serializers.IntegerField(min_value=5, required=False)
    min_span_h = JsonNumber(min_value=0, required=False)
    max_gap_h = JsonNumber(min_value=0, required=False)
    horizon_h = JsonNumber(min_value=1, required=False)
    confidence = JsonNumber(min_value=0.5, max_value=0.999, required=False)
    flow_within_pct = JsonNumber(min_value=0, max_value=100, required=False)


class SpecialRow(Shape):
    """What is special to a band or a model; what it does not name stays as for every part."""

    policy_hours = JsonNumber(min_value=1, required=False)
    warn_pct = JsonNumber(min_value=1, max_value=100, required=False)
    resistance_signal = ResistanceSignal(required=False, allow_null=True)
    gas_signal = GasSignal(required=False, allow_null=True)
    signals = serializers.ListField(child=serializers.DictField(), required=False)
    score = ScoreRow(many=True, required=False)
    projection = ProjectionRow(required=False)

    def validate_signals(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Check each rule by its kind."""
        for row in value:
            shape = ROWS.get(str(row.get("kind")))
            if shape is None:
                raise serializers.ValidationError(f"There is no rule of kind {row.get('kind')}.")
            shape(data=row).is_valid(raise_exception=True)
        return value


class ChangePolicyRow(SpecialRow):
    """When a kind of part is reviewed (h), and which signals propose its change."""

    policy_hours = JsonNumber(min_value=1)
    warn_pct = JsonNumber(min_value=1, max_value=100)
    by_band = serializers.DictField(child=SpecialRow(), required=False)
    by_model = serializers.DictField(child=SpecialRow(), required=False)

    def validate_by_band(self, value: dict[str, Any]) -> dict[str, Any]:
        """Refuse a band that no patient is in."""
        if strays := sorted(set(value) - {one.value for one in AgeGroup}):
            raise serializers.ValidationError(f"These are no age bands: {', '.join(strays)}.")
        return value


class ChangeSchedule(Shape):
    """When changes are made by day, how long they take, and when who is reminded."""

    day_from = serializers.TimeField(required=False)
    day_to = serializers.TimeField(required=False)
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), min_length=1, required=False
    )
    slot_min = serializers.IntegerField(min_value=15, max_value=720, required=False)
    duties = serializers.ListField(
        child=serializers.ChoiceField(choices=Duty.choices), required=False
    )
    remind_h = serializers.ListField(child=JsonNumber(min_value=0), required=False)
    urgent_within_h = JsonNumber(min_value=0, required=False)
    horizon_days = serializers.IntegerField(min_value=1, max_value=60, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a day that ends before it begins."""
        begins, ends = attrs.get("day_from"), attrs.get("day_to")
        if begins is not None and ends is not None and begins >= ends:
            raise serializers.ValidationError("The day must end after it begins.")
        return attrs


def check_change_policy(body: Any) -> None:
    """Check a policy of changes: a table by kind of part. Raises ValidationError."""
    if not isinstance(body, dict) or not body:
        raise serializers.ValidationError("A policy is a table by kind of part.")
    if strays := sorted(set(body) - PARTS):
        raise serializers.ValidationError(f"These are no kinds of parts: {', '.join(strays)}.")
    errors = {}
    for part, row in body.items():
        shape = ChangePolicyRow(data=row)
        if not shape.is_valid():
            errors[part] = shape.errors
    if errors:
        raise serializers.ValidationError(errors)
