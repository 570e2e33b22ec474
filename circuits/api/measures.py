"""The table of measures through the API: codes, units and what cannot be."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SignedIn
from circuits.api.limits import Bounds
from circuits.models import Check
from clinical.measures import MEASURES, Kind
from web.endpoints import Endpoint
from web.shapes import Shape


class MeasureShape(Shape):
    """One thing that can be measured, set or computed."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    unit = serializers.CharField(help_text="UCUM: of every value with this code")
    display_unit = serializers.CharField(help_text="as people read it")
    decimals = serializers.IntegerField(help_text="shown")
    kind = serializers.ChoiceField(choices=[(one.value, one.value) for one in Kind])
    is_core = serializers.BooleanField(help_text="asked for in every hourly check")
    hard = Bounds(help_text="outside is impossible")
    loinc = serializers.ListField(child=serializers.CharField())


class MeasureEndpoint(Endpoint):
    """Every measure, in the order of the table."""

    permission_classes = [SignedIn]
    queryset = Check.objects.none()
    serializer_class = MeasureShape
    filter_backends: list[Any] = []
    permissions: ClassVar = {}

    @extend_schema(responses=MeasureShape(many=True))
    def list(self, request: Request) -> Response:  # noqa: ARG002
        """Return one page of measures."""
        measures: Sequence[Any] = list(MEASURES.values())
        page = self.paginate_queryset(measures)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
