"""What is entered about a run after flow on: modes, weights."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions import support
from circuits.api.base import OfRun
from circuits.api.run_shapes import ModeShape, WeightShape
from clinical.units import convert
from patients.models import Mode, ModeSegment, WeightBasis, WeightEntry
from web.endpoints import Listed
from web.idempotency import idempotent
from web.shapes import Input, Instant, Number, Text

P = Permission

WEIGHT_UNITS = {"weight_kg": "kg", "weight_g": "g"}


class ModeInput(Input):
    """The mode that holds from a time on."""

    mode = serializers.ChoiceField(choices=Mode.choices)
    starts_at = Instant()
    ends_at = Instant(required=False, allow_null=True)
    configuration = Text(max_length=60)
    reason = Text(max_length=200)


class ModeEndpoint(OfRun, Listed):
    """The modes of a run, without gap or overlap."""

    queryset = ModeSegment.objects.none()
    serializer_class = ModeShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.RUN_EDIT}

    def visible_rows(self) -> QuerySet[ModeSegment]:
        """Of the run."""
        rows = self.parent.modes.select_related("entered_by")
        return cast("QuerySet[ModeSegment]", rows)

    @extend_schema(request=ModeInput, responses={201: ModeShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Enter or change the mode; the one before ends where this one begins."""
        run, facts = self.parent, self.read(ModeInput)
        return self.created(support.record_mode(run=run, **facts, by=self.user, at=self.at))


class WeightInput(Input):
    """A weight. Below 0.3 or above 650 kg is refused, a large change is asked back."""

    weight_kg = Number(7, 3, required=False, help_text="kg")
    weight_g = Number(10, 3, required=False, help_text="g, instead of kg")
    unit = serializers.ChoiceField(choices=["kg", "g"], required=False, help_text="checked")
    basis = serializers.ChoiceField(choices=WeightBasis.choices)
    measured_at = Instant()
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=10
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take the weight in one unit, which is the one that the sender says it is."""
        given = [name for name in WEIGHT_UNITS if name in attrs]
        if len(given) != 1:
            raise serializers.ValidationError({"weight_kg": "Give the weight in kg or in g."})
        number, unit = attrs.pop(given[0]), WEIGHT_UNITS[given[0]]
        if attrs.pop("unit", unit) != unit:
            wrong = serializers.ErrorDetail(f"{given[0]} is in {unit}.", "wrong_unit")
            raise serializers.ValidationError({"unit": [wrong]})
        return {**attrs, "weight_kg": round(convert(number, unit, "kg"), 3)}


class WeightEndpoint(OfRun, Listed):
    """The weights of a run, newest first."""

    queryset = WeightEntry.objects.none()
    serializer_class = WeightShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.RUN_EDIT}

    def visible_rows(self) -> QuerySet[WeightEntry]:
        """Of the run."""
        rows = self.parent.weights.select_related("entered_by")
        return cast("QuerySet[WeightEntry]", rows)

    @extend_schema(request=WeightInput, responses={201: WeightShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Enter a weight with how it was got."""
        run, facts = self.parent, self.read(WeightInput)
        return self.created(support.record_weight(run=run, **facts, by=self.user, at=self.at))
