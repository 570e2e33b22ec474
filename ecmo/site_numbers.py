"""A number in site data."""

from typing import Any

from rest_framework import serializers


class JsonNumber(serializers.FloatField):
    """A number as JSON writes it: text that looks like one would be read as text later."""

    def to_internal_value(self, data: Any) -> float:
        """Refuse text and truth values."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class Pair(serializers.ListField):
    """[low, high]; null is no bound."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=JsonNumber(allow_null=True), min_length=2, max_length=2, **kwargs)
