"""What site data about referrals and follow-up must look like."""

from typing import Any

from rest_framework import serializers

from ecmo.site_numbers import JsonNumber
from web.shapes import Shape


class DeclineReason(Shape):
    """One reason for declining: its code stays, its words may change."""

    code = serializers.SlugField(max_length=40)
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # a field, not the serializer's


class ReferralPolicyShape(Shape):
    """How long a referral may wait, who accepts, why it is declined; what is left out keeps its default."""

    acknowledge_min = JsonNumber(min_value=1, required=False)
    longest_watch_h = JsonNumber(min_value=0.5, required=False)
    call_back_h = serializers.ListField(
        child=JsonNumber(min_value=0), min_length=2, max_length=2, required=False
    )
    accepting_physicians = serializers.IntegerField(min_value=1, max_value=5, required=False)
    decline_reasons = DeclineReason(many=True, required=False, allow_empty=False)
    follow_up_months = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=120), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Let the call back begin before it counts as late."""
        if "call_back_h" in attrs and attrs["call_back_h"][0] > attrs["call_back_h"][1]:
            raise serializers.ValidationError({"call_back_h": "[from, until], in hours."})
        return attrs
