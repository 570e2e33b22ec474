"""What site data about checklists, standby circuits and adjunct devices must look like."""

from typing import Any

from rest_framework import serializers

from circuits.models import AdjunctKind, ComponentKind, PumpType
from clinical.checklist import TICK, VALUE
from clinical.prime import PrimeKind
from ecmo.site_numbers import JsonNumber, Pair
from patients.models import Mode
from web.shapes import Shape


class MeasuredItem(Shape):
    """One item of a list: to be done, or measured between lines; [low, high], null is no bound."""

    id = serializers.SlugField(max_length=80)
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a field
    group = serializers.CharField(max_length=80, required=False)
    detail = serializers.CharField(max_length=300, required=False)
    kind = serializers.ChoiceField(choices=[TICK, VALUE], required=False)
    unit = serializers.CharField(max_length=30, required=False)
    decimals = serializers.IntegerField(min_value=0, max_value=4, required=False)
    hard = Pair(required=False)
    caution = Pair(required=False)
    stop = Pair(required=False)
    role = serializers.CharField(max_length=60, required=False)
    pumps = serializers.ListField(
        child=serializers.ChoiceField(choices=PumpType.choices), required=False
    )
    consoles = serializers.ListField(child=serializers.CharField(max_length=150), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a number without its unit."""
        if attrs.get("kind") == VALUE and not attrs.get("unit"):
            raise serializers.ValidationError("A measured item needs its unit.")
        return attrs


class MeasuredList(Shape):
    """A checklist: its title and its items."""

    title = serializers.CharField(max_length=120)
    items = MeasuredItem(many=True, allow_empty=False)


class Hours(Shape):
    """How long a standby circuit keeps, in hours."""

    def get_fields(self) -> dict[str, Any]:
        """One field for each fill."""
        return {kind.value: JsonNumber(min_value=1, required=False) for kind in PrimeKind}


class StandbyTimes(Shape):
    """Times of standby circuits: hours by fill, when to warn (%), how often to look (h)."""

    hours = Hours(required=False)
    warn_pct = JsonNumber(min_value=1, max_value=100, required=False)
    look_every_h = JsonNumber(min_value=1, required=False)


class ChemicalRow(Shape):
    """One value of a prime with its lines."""

    code = serializers.SlugField(max_length=30)
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # a field
    unit = serializers.CharField(max_length=30)
    decimals = serializers.IntegerField(min_value=0, max_value=4)
    hard = Pair(required=False)
    caution = Pair(required=False)
    stop = Pair(required=False)


class LookAge(Shape):
    """How old a look at kit may be (h)."""

    look_every_h = JsonNumber(min_value=1)


class CadenceRow(Shape):
    """One task that adjuncts, modes, parts or pumps ask for, every so many hours."""

    id = serializers.SlugField(max_length=30)
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # a field
    every_h = JsonNumber(min_value=0.25)
    adjuncts = serializers.ListField(
        child=serializers.ChoiceField(choices=AdjunctKind.choices), required=False
    )
    modes = serializers.ListField(
        child=serializers.ChoiceField(choices=Mode.choices), required=False
    )
    parts = serializers.ListField(
        child=serializers.ChoiceField(choices=ComponentKind.choices), required=False
    )
    pumps = serializers.ListField(
        child=serializers.ChoiceField(choices=PumpType.choices), required=False
    )
