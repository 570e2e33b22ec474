"""What the site's rules of its equipment must look like."""

from rest_framework import serializers

from circuits.models import RecordKind
from web.shapes import Shape

YEARS = 3650


def _days() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=YEARS, required=False)


class EquipmentPolicyShape(Shape):
    """Days before expiry a lot is announced, until an order is late, between two of each kind."""

    expiring_days = _days()
    reorder_days = _days()
    every_days = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=YEARS), required=False
    )

    def validate_every_days(self, every_days: dict[str, int]) -> dict[str, int]:
        """Refuse what is never recorded of a device: a misspelt kind would make nothing due."""
        if strays := sorted(set(every_days) - set(RecordKind.values)):
            known = ", ".join(RecordKind.values)
            raise serializers.ValidationError(
                f"Nothing called {', '.join(strays)} is recorded of a device. Known are: {known}."
            )
        return every_days
