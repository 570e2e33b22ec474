"""Early harms that the record of a run shows, through the API."""

from typing import Any, ClassVar

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from patients.models import Run
from reports.noticing import noticed
from reports.queries.cohort import cohort
from web.endpoints import Endpoint
from web.shapes import Instant, Number, Shape

P = Permission


class NoticeShape(Shape):
    """One early harm seen; for a fall also what it fell from."""

    code = serializers.CharField(help_text="paco2_fall, pao2_high")
    measured_at = Instant()
    value = Number(help_text="mm[Hg]")
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    reference = Number(allow_null=True, help_text="mm[Hg], the last before flow on")
    reference_source = serializers.CharField(allow_null=True)
    fall_pct = Number(allow_null=True, help_text="%")


class NoticedShape(Shape):
    """What the site's rules notice in a run."""

    rules = serializers.ListField(child=serializers.CharField(), help_text="that the site has set")
    rules_from = serializers.CharField(source="source", help_text="the version of the site's table")
    notices = NoticeShape(many=True)


ONE: Any = forced_singular_serializer(NoticedShape)  # type: ignore[no-untyped-call]  # its untyped


class NoticeEndpoint(Endpoint):
    """Early harms of a run: each rule speaks once, at the first arterial value that meets it."""

    queryset = Run.objects.none()
    serializer_class = NoticedShape
    filter_backends: list[Any] = []
    pagination_class = None
    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    @extend_schema(operation_id="runs_notices", responses=ONE)
    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return what is noticed; nothing is stored."""
        run = self.parent
        (member,) = cohort(Run.objects.filter(pk=run.pk), self.at)
        return Response(NoticedShape(noticed(run, member.record, self.at)).data)
