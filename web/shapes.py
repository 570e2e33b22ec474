"""Fields that every shape of the API is made of: moments, numbers, people, plain text and JSON."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Unit
from web.times import FIRST_YEAR, LAST_YEAR, is_of_our_time


class Shape(serializers.Serializer[Any]):
    """What goes out: it describes and no more."""


class Input(serializers.Serializer[Any]):
    """What comes in. A field that is not declared is refused: a misspelt one must not vanish."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then read the known ones."""
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {
                    name: [
                        serializers.ErrorDetail(
                            f"There is no field “{name}” here; known are: {known}.", "unknown_field"
                        )
                    ]
                    for name in unknown
                }
            )
        return super().to_internal_value(data)


class Instant(serializers.DateTimeField):
    """A moment. It comes with its offset, or nobody knows which one is meant; it leaves as UTC."""

    default_error_messages = {
        "no_offset": "Give the time with its offset, for example 2026-03-02T14:00:00+01:00.",
        "year": f"Check the year: it must lie from {FIRST_YEAR} to {LAST_YEAR}.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        """Refuse a time without an offset."""
        if timezone.is_naive(value):
            self.fail("no_offset")
        if not is_of_our_time(value):
            self.fail("year")
        return super().enforce_timezone(value)


@extend_schema_field({"type": "string", "format": "decimal", "example": "4.1"})
class Number(serializers.DecimalField):
    """A number as text, exactly: 4.10 litres stay 4.10. Taken as text or as a number."""

    def __init__(self, max_digits: int = 20, decimal_places: int = 6, **kwargs: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **kwargs)

    def to_representation(self, value: Any) -> str:
        """Show the number without an exponent and without zeros that nobody measured."""
        return plain(Decimal(str(value)))


def plain(number: Decimal) -> str:
    """Return a number as text: no exponent, no zeros at the end of its decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Text(serializers.CharField):
    """Text of at most 300 characters, blank by default."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 300)
        if not kwargs.get("read_only") and not kwargs.get("required"):
            kwargs.setdefault("default", "")
            kwargs.setdefault("allow_blank", True)
        super().__init__(**kwargs)


def fixed(text: str) -> serializers.CharField:
    """Return a field that always says the same: the unit of the number beside it."""
    return serializers.CharField(default=text, read_only=True)


def optional_text(max_length: int, **kwargs: Any) -> serializers.CharField:
    """Return a text field that stays out of the facts when it is not sent."""
    return serializers.CharField(max_length=max_length, allow_blank=True, required=False, **kwargs)


@extend_schema_field({"type": "object", "additionalProperties": True})
class PlainJson(serializers.JSONField):
    """JSON of any shape; what no database could store, the parser has refused."""


class JsonObject(PlainJson):
    """JSON whose outermost value is an object."""

    default_error_messages: ClassVar = {"no_object": "This must be an object of names and values."}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse texts, numbers and lists."""
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            self.fail("no_object")
        return value


class ReasonInput(Input):
    """Why something is corrected, withdrawn or cancelled; it stays beside the old value."""

    reason = serializers.CharField(max_length=200)


class PersonShape(Shape):
    """Somebody with a login."""

    public_id = serializers.UUIDField()
    name = serializers.CharField(source="__str__")


class CentreNameShape(Shape):
    """A centre, by name."""

    public_id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class UnitShape(Shape):
    """An intensive care unit, by name."""

    public_id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class EnteredShape(Shape):
    """When a row became known, and by whom."""

    public_id = serializers.UUIDField()
    entered_at = Instant(help_text="when it became known here")
    entered_by = PersonShape(allow_null=True)


class RowField(serializers.SlugRelatedField[Any]):
    """A row named by its public id; which rows may be named, the view decides again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="public_id", **kwargs)


class UnitField(RowField):
    """A unit named by its public id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.select_related("centre"), **kwargs)
