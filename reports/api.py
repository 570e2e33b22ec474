"""Reports and exports through the API: asked for, made by a worker, downloaded."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Centre
from accounts.permissions import Permission
from accounts.queries import centres_of
from audit.actions import record_access
from reports.actions.ask import request_report
from reports.actions.sign import sign_off
from reports.models import Report, ReportKind, ReportState
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.models import Attachment
from web.shapes import CentreNameShape, Input, Instant, PersonShape, PlainJson, Shape

P = Permission
MONTH = r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$"


class FileShape(Shape):
    """One stored file with its digest."""

    public_id = serializers.UUIDField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField()


class ReportShape(Shape):
    """One revision of one report about one month of one centre."""

    public_id = serializers.UUIDField()
    centre = CentreNameShape()
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    month = serializers.DateField(format="%Y-%m", help_text="YYYY-MM")
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    asked_at = Instant()
    asked_by = PersonShape(allow_null=True, help_text="null: the first of the month")
    made_at = Instant(allow_null=True)
    files = FileShape(many=True)
    summary = PlainJson(help_text="counts")
    error = serializers.CharField()
    signed_at = Instant(allow_null=True)
    signed_by = PersonShape(allow_null=True)


class ReportInput(Input):
    """A report to make: of a month that is over."""

    centre = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    month = serializers.RegexField(MONTH, help_text="YYYY-MM")


class ReportFilter(Filters):
    """Which reports."""

    centre = django_filters.UUIDFilter(field_name="centre__public_id")
    kind = django_filters.ChoiceFilter(choices=ReportKind.choices)
    state = django_filters.ChoiceFilter(choices=ReportState.choices)
    month = django_filters.DateFilter(input_formats=["%Y-%m"], label="YYYY-MM")


class ReportEndpoint(Listed, Shown):
    """Reports of the centres whose reports one sees."""

    queryset = Report.objects.none()
    serializer_class = ReportShape
    filterset_class = ReportFilter
    ordering_fields = ("month", "asked_at")
    permissions: ClassVar = {
        "list": P.REPORT_VIEW,
        "retrieve": P.REPORT_VIEW,
        "create": P.REPORT_PRODUCE,
        "sign": P.REPORT_SIGN_OFF,
    }

    def visible_rows(self) -> QuerySet[Report]:
        """With their files, without the bytes of them."""
        return shown(Report.objects.visible_to(self.user, self.at))

    @property
    def row(self) -> Report:
        """The report that the path names."""
        rows: QuerySet[Report] = self.get_queryset()
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    @extend_schema(request=ReportInput, responses={201: ReportShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Ask for a report; a worker makes it, its state tells."""
        facts = self.read(ReportInput)
        centre = self._centre(facts["centre"])
        month = date.fromisoformat(f"{facts['month']}-01")
        report = request_report(
            kind=facts["kind"], centre=centre, month=month, by=self.user, at=self.at
        )
        return self.created(report)

    @extend_schema(request=None, responses=ReportShape)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Sign a report off; who asked for it cannot."""
        report = self.row
        self._centre(report.centre.public_id)
        return self.show(sign_off(report=report, by=self.user, at=self.at))

    def _centre(self, public_id: object) -> Centre:
        centres = centres_of(self.user, self.permission, self.at)
        centre = centres.filter(public_id=str(public_id)).first()
        if centre is None:
            raise ValidationError({"centre": "This is no centre for which you may do that."})
        return centre


class FileEndpoint(Endpoint):
    """The files of a report."""

    queryset = Report.objects.none()
    serializer_class = FileShape
    permissions: ClassVar = {"retrieve": P.REPORT_VIEW}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def retrieve(self, request: Request, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Download a file; who did so is kept."""
        reports = Report.objects.visible_to(self.user, self.at)
        report = get_object_or_404(reports, public_id=self.kwargs["report_id"])
        file = get_object_or_404(report.files, public_id=self.kwargs["public_id"])
        record_access(
            by=self.user,
            at=self.at,
            what=f"API: download of {report}",
            subject=report.public_id,
            request_id=getattr(request, "id", ""),
        )
        answer = HttpResponse(bytes(file.content), content_type=file.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


def shown(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Fetch what the shape of a report shows."""
    files = Prefetch("files", Attachment.objects.defer("content"))
    related = rows.select_related("centre", "asked_by", "signed_by").prefetch_related(files)
    return related.order_by("-month", "kind", "-revision", "-pk")
