"""The centre's own list of diagnoses through the API."""

from collections.abc import Mapping
from typing import ClassVar

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.queries import centres_of, units_of
from patients.actions.codes import import_diagnosis_codes
from patients.models import DiagnosisCode
from web.endpoints import Listed
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import CentreNameShape, Input, Instant, Shape

P = Permission


class DiagnosisCodeShape(Shape):
    """One code of the list in use."""

    centre = CentreNameShape()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    imported_at = Instant()


class ImportInput(Input):
    """A list: one line a diagnosis, code and text, separated by comma, semicolon or tab."""

    centre = serializers.UUIDField()
    csv = serializers.CharField(max_length=1_500_000, trim_whitespace=False)


class ImportShape(Shape):
    """What an import did."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    retired = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class DiagnosisCodeFilter(Filters):
    """Which codes."""

    centre = django_filters.UUIDFilter(field_name="centre__public_id")
    code = django_filters.CharFilter(lookup_expr="istartswith")
    text = django_filters.CharFilter(field_name="label", lookup_expr="icontains")


class DiagnosisCodeEndpoint(Listed):
    """The list in use, of the centres in which one works."""

    queryset = DiagnosisCode.objects.none()
    serializer_class = DiagnosisCodeShape
    filterset_class = DiagnosisCodeFilter
    ordering_fields = ("code", "label")
    permissions: ClassVar[Mapping[str, Permission]] = {
        "list": P.PATIENT_VIEW,
        "create": P.CODES_IMPORT,
    }

    def visible_rows(self) -> QuerySet[DiagnosisCode]:
        """Of those centres."""
        of_units = units_of(self.user, P.PATIENT_VIEW, self.at).values("centre")
        of_centres = centres_of(self.user, P.PATIENT_VIEW, self.at).values("pk")
        rows = DiagnosisCode.objects.filter(
            Q(centre__in=of_units) | Q(centre__in=of_centres), retired_at=None
        )
        return rows.select_related("centre").order_by("code", "pk")

    @extend_schema(request=ImportInput, responses={201: ImportShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Take over a list; 422 names each line that is wrong, and nothing has changed."""
        facts = self.read(ImportInput)
        centres = centres_of(self.user, self.permission, self.at)
        centre = centres.filter(public_id=facts["centre"]).first()
        if centre is None:
            raise serializers.ValidationError(
                {"centre": "This is no centre whose list you may import."}
            )
        content = facts["csv"].encode()
        done = import_diagnosis_codes(centre=centre, content=content, by=self.user, at=self.at)
        return Response(ImportShape(done).data, status=201)
