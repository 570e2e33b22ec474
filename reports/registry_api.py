"""The registry record of one run through the API: its fields, and what is still wrong with them."""

from typing import Any, ClassVar

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from patients.models import Run
from reports.elso.findings import Level
from reports.judging import judge
from reports.queries.cohort import cohort
from web.endpoints import Endpoint
from web.shapes import PlainJson, Shape

P = Permission


class FieldShape(Shape):
    """One field of the record."""

    field = serializers.CharField()
    value = PlainJson(allow_null=True, help_text="null: nothing was found")
    unit = serializers.CharField(allow_null=True, help_text="UCUM")
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not the serializer's
        allow_null=True, help_text="where it comes from"
    )


class FindingShape(Shape):
    """One thing that is wrong with the record."""

    check = serializers.CharField(help_text="C01 ...")
    level = serializers.ChoiceField(choices=[(level.value, level.value) for level in Level])
    subject = serializers.CharField()
    why = serializers.CharField()


class MandatoryShape(Shape):
    """How many of the fields that this run must have are filled."""

    filled = serializers.IntegerField()
    applicable = serializers.IntegerField()
    pct = serializers.CharField(help_text="%")
    missing = serializers.ListField(child=serializers.CharField())


class RecordShape(Shape):
    """The registry record of a run as it stands now."""

    record = FieldShape(many=True, source="fields")
    findings = FindingShape(many=True)
    mandatory = MandatoryShape()
    is_exportable = serializers.BooleanField(help_text="nothing blocks")


ONE_RECORD: Any = forced_singular_serializer(RecordShape)  # type: ignore[no-untyped-call]  # its untyped


class RegistryRecordEndpoint(Endpoint):
    """What the registry would be told of a run."""

    queryset = Run.objects.none()
    serializer_class = RecordShape
    filter_backends: list[Any] = []
    pagination_class = None
    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
    permissions: ClassVar = {"list": P.REGISTRY_EXPORT}

    @extend_schema(operation_id="runs_registry_record", responses=ONE_RECORD)
    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return the record with its findings; nothing is exported."""
        (member,) = cohort(Run.objects.filter(pk=self.parent.pk), self.at)
        (judged,) = judge([member])
        return Response(RecordShape(judged).data)
