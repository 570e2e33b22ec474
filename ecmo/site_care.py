"""What site data about trials, plans and journeys must look like."""

from typing import Any

from rest_framework import serializers

from ecmo.site_numbers import JsonNumber
from web.shapes import Shape


class TrialRow(Shape):
    """How long a kind of trial may last (min), and what counts as passed."""

    warn_min = serializers.IntegerField(min_value=1)
    most_min = serializers.IntegerField(min_value=1)
    least_min = serializers.IntegerField(min_value=0, required=False)
    low_flow_l_min = JsonNumber(min_value=0, required=False, allow_null=True)
    criteria = serializers.ListField(child=serializers.CharField(max_length=200), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Let the warning come before the end, and a pass be possible before it."""
        if not attrs.get("least_min", 0) <= attrs["most_min"] >= attrs["warn_min"]:
            raise serializers.ValidationError("Warning and least time lie within the most time.")
        return attrs


class WeaningTrials(Shape):
    """The site's trials; a kind that is left out keeps the product's default."""

    vv_sweep_off = TrialRow(required=False)
    va_turn_down = TrialRow(required=False)
    pcrto = TrialRow(required=False)
    clamp = TrialRow(required=False)


class PlanReview(Shape):
    """Within how many hours emergency plan, targets and verdicts are looked at."""

    emergency_plan_h = JsonNumber(min_value=0.5, required=False)
    targets_h = JsonNumber(min_value=0.5, required=False)
    verdict_h = JsonNumber(min_value=0.5, required=False)


class RunGap(Shape):
    """Up to how many hours off support a return is the same run."""

    gap_h = JsonNumber(min_value=0)


class CylinderRow(Shape):
    """A size of oxygen cylinder, and its litres for each psi."""

    size = serializers.CharField(max_length=10)
    litres_per_psi = JsonNumber(min_value=0.01)


class Oxygen(Shape):
    """The site's cylinders, and how many times the journey the oxygen must last."""

    cylinders = CylinderRow(many=True, allow_empty=False)
    times_the_journey = JsonNumber(min_value=1, required=False)


class ChecklistItem(Shape):
    """One item of a checklist."""

    id = serializers.SlugField(max_length=80)
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a field
    unit = serializers.CharField(max_length=30, required=False, allow_blank=True)


class Checklist(Shape):
    """A checklist: its items in the order in which they are read."""

    items = ChecklistItem(many=True, allow_empty=False)
