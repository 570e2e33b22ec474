"""What the site's numbers of the trend rules must look like."""

from rest_framework import serializers

from ecmo.site_numbers import JsonNumber
from web.shapes import Shape

MOST_CHECKS = 24


class TrendRulesShape(Shape):
    """Percent, mmHg and hours; what is left out keeps the product's default."""

    flow_fall_pct = JsonNumber(min_value=1, max_value=100, required=False)
    flow_within_h = JsonNumber(min_value=0.25, max_value=72, required=False)
    same_speed_pct = JsonNumber(min_value=0, max_value=50, required=False)
    pressure_step_mmhg = JsonNumber(min_value=1, required=False)
    near_zero_mmhg = JsonNumber(min_value=0, required=False)
    speed_rise_pct = JsonNumber(min_value=1, max_value=100, required=False)
    speed_within_h = JsonNumber(min_value=0.25, max_value=72, required=False)
    same_flow_pct = JsonNumber(min_value=0, max_value=50, required=False)
    gas_steps = serializers.IntegerField(min_value=1, max_value=10, required=False)
    gas_within_h = JsonNumber(min_value=0.25, max_value=72, required=False)
    same_gas_pct = JsonNumber(min_value=0, max_value=100, required=False)
    chatter_of_checks = serializers.IntegerField(min_value=1, max_value=MOST_CHECKS, required=False)
    chatter_at_least = serializers.IntegerField(min_value=1, max_value=MOST_CHECKS, required=False)
    swing_mmhg = JsonNumber(min_value=1, required=False)
    right_hand_below_pct = JsonNumber(min_value=20, max_value=100, required=False)
    hb_within_h = JsonNumber(min_value=0, max_value=72, required=False)

    def validate(self, attrs: dict[str, float]) -> dict[str, float]:
        """Refuse to want more restless checks than are looked at."""
        of = attrs.get("chatter_of_checks", 3)
        if attrs.get("chatter_at_least", min(of, 2)) > of:
            raise serializers.ValidationError("More restless checks are asked for than looked at.")
        return attrs
