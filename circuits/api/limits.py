"""The limits of a run through the API."""

from typing import Any, ClassVar, cast

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions import support
from circuits.api.base import OfRun
from clinical.limits import Limit
from clinical.measures import MEASURES
from clinical.spans import Span
from patients.models import RunLimit
from patients.queries import KINDS, span_of
from web.endpoints import Listed
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Number, Shape, Text, plain

P = Permission

PAIR = {
    "type": "array",
    "items": {"type": "string", "format": "decimal", "nullable": True},
    "minItems": 2,
    "maxItems": 2,
    "example": ["-100", None],
    "description": "[low, high] in the limit's unit; null is no bound, a value on a bound is inside",
}


@extend_schema_field(PAIR)
class Bounds(serializers.ListField):
    """A pair [low, high] in the limit's unit; null is no bound."""

    child = Number(14, 4, allow_null=True)
    default_error_messages = {
        "crossed": "The lower bound is above the upper one.",
        "no_pair": "Give the lower and the upper bound, null for none.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """Read a pair as a span; crossed bounds are refused."""
        bounds = super().to_internal_value(data)
        if len(bounds) != len(("low", "high")):
            self.fail("no_pair")
        low, high = bounds
        if low is not None and high is not None and low > high:
            self.fail("crossed")
        return Span(low, high)

    def to_representation(self, data: Any) -> list[str | None]:
        """Show a span as a pair."""
        return [None if bound is None else plain(bound) for bound in (data.low, data.high)]


@extend_schema_field(PAIR)
class BoundsOf(serializers.Field[Any, Any, Any, Any]):
    """The bounds of one kind of a limit row."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)
        self.kind = kind

    def to_representation(self, value: RunLimit) -> list[str | None]:
        """Show low and high."""
        return Bounds().to_representation(span_of(value, self.kind))


class LimitShape(EnteredShape):
    """The bounds of one measure in one run, for some time."""

    measure = serializers.CharField()
    unit = serializers.CharField(help_text="UCUM")
    hard = BoundsOf("hard", help_text="outside is impossible and refused")
    soft = BoundsOf("soft", help_text="outside is asked back")
    warning = BoundsOf("warning", help_text="outside raises a warning")
    critical = BoundsOf("critical", help_text="outside raises a critical alert")
    valid_from = Instant(allow_null=True, help_text="null: always")
    valid_to = Instant(allow_null=True, help_text="null: still")
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    reason = serializers.CharField()


class MeasureInput(Input):
    """A measure of the table, in its own unit."""

    measure = serializers.CharField(max_length=40)
    unit = serializers.CharField(max_length=30, required=False, help_text="UCUM; must be its own")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an unknown measure and a unit that is not the measure's."""
        measure = MEASURES.get(attrs["measure"])
        if measure is None:
            raise serializers.ValidationError(
                {"measure": f"No measure is called {attrs['measure']}."}, code="unknown_measure"
            )
        unit = attrs.pop("unit", measure.unit)
        if unit not in {measure.unit, measure.display_unit}:
            raise serializers.ValidationError(
                {"unit": f"{measure.label} is limited in {measure.unit}, not in {unit}."},
                code="wrong_unit",
            )
        return attrs


class LimitChange(MeasureInput):
    """New bounds from a time on; kinds that are not named stay."""

    hard = Bounds(required=False)
    soft = Bounds(required=False)
    warning = Bounds(required=False)
    critical = Bounds(required=False)
    valid_from = Instant()
    reason = serializers.CharField(max_length=200)


class LimitInput(MeasureInput):
    """One limit of a whole set."""

    hard = Bounds(required=False)
    soft = Bounds(required=False)
    warning = Bounds(required=False)
    critical = Bounds(required=False)
    valid_from = Instant(default=None, allow_null=True)
    valid_to = Instant(default=None, allow_null=True)


class LimitSet(Input):
    """All limits of a run; they replace those that are there."""

    source = serializers.CharField(max_length=120)  # type: ignore[assignment]  # a field
    reason = Text(max_length=200)
    limits = LimitInput(many=True, allow_empty=False)


class LimitResults(Shape):
    """The limits that were set."""

    results = LimitShape(many=True)


class LimitFilter(Filters):
    """Which limits."""

    measure = django_filters.CharFilter()
    at = django_filters.IsoDateTimeFilter(method="valid_at", label="that held at this time")

    def valid_at(self, rows: QuerySet[RunLimit], _name: str, at: Any) -> QuerySet[RunLimit]:
        """Rows that held then."""
        began = Q(valid_from=None) | Q(valid_from__lte=at)
        return rows.filter(began, Q(valid_to=None) | Q(valid_to__gt=at))


class LimitEndpoint(OfRun, Listed):
    """The limits of a run, each with its time."""

    queryset = RunLimit.objects.none()
    serializer_class = LimitShape
    filterset_class = LimitFilter
    ordering_fields = ("measure", "valid_from")
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.LIMIT_SET,
        "replace_all": P.LIMIT_SET,
    }

    def visible_rows(self) -> QuerySet[RunLimit]:
        """Of the run, without those that were superseded."""
        rows = self.parent.limits.filter(superseded_at=None).select_related("entered_by")
        return cast("QuerySet[RunLimit]", rows.order_by("measure", "valid_from", "pk"))

    @extend_schema(request=LimitChange, responses={201: LimitShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Change one limit from a time on; what is open is judged by the new one."""
        run, facts = self.parent, self.read(LimitChange)
        bounds = {kind: facts.pop(kind) for kind in KINDS if kind in facts}
        return self.created(
            support.change_limit(run=run, bounds=bounds, **facts, by=self.user, at=self.at)
        )

    @extend_schema(request=LimitSet, responses=LimitResults)
    def replace_all(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Replace every limit of the run by a whole set."""
        run, facts = self.parent, self.read(LimitSet)
        limits = [Limit(**row) for row in facts.pop("limits")]
        rows = support.set_limits(run=run, limits=limits, **facts, by=self.user, at=self.at)
        return Response({"results": self.get_serializer(rows, many=True).data})
