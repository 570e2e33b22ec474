"""Samples and results through the API: charted by hand, corrected, withdrawn."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from labs.actions.results import Charted, correct_result, record_results, withdraw_result
from labs.api.base import Confirmable, OfRun
from labs.models import Result, ResultStatus, Sample
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import (
    EnteredShape,
    Input,
    Instant,
    Number,
    PersonShape,
    PlainJson,
    ReasonInput,
    Shape,
    Text,
)

P = Permission


SAMPLE_EXAMPLE = OpenApiExample(
    "A censored anti-Xa and a haemoglobin",
    {
        "collected_at": "2026-03-02T11:30:00+01:00",
        "site": "arterial line",
        "results": [
            {"analyte": "anti_xa_ufh", "value": "0.10", "comparator": "<", "unit": "[IU]/mL"},
            {"analyte": "hb", "value": "9.4", "unit": "g/dL"},
        ],
    },
    request_only=True,
)


class ResultShape(Shape):
    """One version of one result. A correction is a new row that supersedes."""

    public_id = serializers.UUIDField()
    sample = serializers.UUIDField(source="sample.public_id")
    collected_at = Instant(source="sample.collected_at")
    sample_site = serializers.CharField(source="sample.site")
    sender = serializers.CharField(source="sample.sender")
    filler_order = serializers.CharField(source="sample.filler_order")
    analyte = serializers.CharField()
    sub_id = serializers.CharField(help_text="OBX-4")
    value = Number(allow_null=True, help_text="in `unit`; null for a text")
    comparator = serializers.CharField(help_text="< <= > >= of a censored value, else blank")
    value_text = serializers.CharField()
    unit = serializers.CharField(help_text="UCUM")
    status = serializers.ChoiceField(choices=ResultStatus.choices)
    status_at = Instant()
    reported = serializers.CharField(help_text="value and unit as they came")
    flags = PlainJson()
    control_id = serializers.CharField(help_text="message it came in")
    known_at = Instant(help_text="when it became known here")
    entered_by = PersonShape(allow_null=True)
    reason = serializers.CharField(help_text="why corrected, if by hand")
    supersedes = serializers.UUIDField(source="supersedes.public_id", default=None)
    is_history = serializers.BooleanField(help_text="older than what was stored when it came")
    is_current = serializers.BooleanField()


class SampleShape(EnteredShape):
    """One sample with its current results."""

    collected_at = Instant()
    site = serializers.CharField()
    sender = serializers.CharField()
    filler_order = serializers.CharField()
    results = ResultShape(source="shown_results", many=True)


class ValueInput(Input):
    """A number in its unit, perhaps censored, or a text."""

    value = Number(18, 6, allow_null=True, default=None)
    unit = Text(max_length=30, help_text="UCUM; converted to the catalogue's unit")
    comparator = serializers.ChoiceField(
        choices=["<", "<=", ">", ">="], allow_blank=True, default=""
    )
    value_text = Text(max_length=200)


class ResultInput(ValueInput):
    """One result as somebody typed it."""

    analyte = serializers.CharField(max_length=40)


class SampleInput(Confirmable):
    """Results of one sample, charted by hand. `public_id` (of the sample) may be the client's."""

    collected_at = Instant()
    site = Text(max_length=60)
    results = ResultInput(many=True, allow_empty=False)
    public_id = serializers.UUIDField(required=False)


class CorrectionInput(ValueInput, Confirmable):
    """What the result really is, and why it is corrected."""

    reason = serializers.CharField(max_length=200)


def results_of(run: Run) -> QuerySet[Result]:
    """Return every version of every result that was collected within a run."""
    rows = Result.objects.filter(
        sample__patient=run.patient_id, sample__collected_at__gte=run.started_at
    )
    if run.ended_at:
        rows = rows.filter(sample__collected_at__lte=run.ended_at)
    return _shown(rows)


def _shown(rows: QuerySet[Result]) -> QuerySet[Result]:
    related = rows.select_related("sample", "entered_by", "supersedes", "superseded_by")
    return related.order_by("-sample__collected_at", "-known_at", "-pk")


class SampleEndpoint(OfRun, Listed, Shown):
    """The samples of a run's patient, collected within the run."""

    queryset = Sample.objects.none()
    serializer_class = SampleShape
    ordering_fields = ("collected_at",)
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.LAB_RECORD,
    }

    def visible_rows(self) -> QuerySet[Sample]:
        """Collected from flow on to flow off."""
        run: Run = self.parent
        rows = Sample.objects.filter(patient=run.patient_id, collected_at__gte=run.started_at)
        if run.ended_at:
            rows = rows.filter(collected_at__lte=run.ended_at)
        return with_results(rows).order_by("-collected_at", "-pk")

    @extend_schema(request=SampleInput, responses={201: SampleShape}, examples=[SAMPLE_EXAMPLE])
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Chart results by hand; 422 for what cannot be, 409 `needs_confirmation` for what is odd."""
        run, facts = self.parent, self.read(SampleInput)
        results = [Charted(**typed) for typed in facts.pop("results")]
        sample = record_results(
            patient=run.patient, results=results, **facts, by=self.user, at=self.at
        )
        return self.created(with_results(Sample.objects.filter(pk=sample.pk)).get())


def with_results(rows: QuerySet[Sample]) -> QuerySet[Sample]:
    """Fetch with samples their current results."""
    results = _shown(Result.objects.current()).order_by("analyte", "sub_id")
    return rows.select_related("entered_by").prefetch_related(
        Prefetch("results", results, to_attr="shown_results")
    )


class ResultFilter(Filters):
    """Which results; without `all_versions` only what stands now."""

    analyte = django_filters.CharFilter()
    status = django_filters.ChoiceFilter(choices=ResultStatus.choices)
    sender = django_filters.CharFilter(field_name="sample__sender")
    all_versions = django_filters.BooleanFilter(
        method="versions", label="also what was superseded, and history"
    )

    def filter_queryset(self, queryset: QuerySet[Result]) -> QuerySet[Result]:
        """Leave out what does not stand any more, unless all is asked for."""
        rows: QuerySet[Result] = super().filter_queryset(queryset)
        if self.form.cleaned_data["all_versions"]:
            return rows
        return rows.filter(superseded_by=None, is_history=False)

    def versions(self, rows: QuerySet[Result], _name: str, _value: Any) -> QuerySet[Result]:
        """Decided in `filter_queryset`, for it is the absence of the filter that filters."""
        return rows


class ResultEndpoint(OfRun, Listed, Shown):
    """The results of a run's patient, collected within the run."""

    queryset = Result.objects.none()
    serializer_class = ResultShape
    filterset_class = ResultFilter
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "correct": P.LAB_RECORD,
        "withdraw": P.LAB_RECORD,
    }

    def visible_rows(self) -> QuerySet[Result]:
        """Every version; the filter narrows lists."""
        return results_of(self.parent)

    @extend_schema(request=CorrectionInput, responses={201: ResultShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def correct(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put a new version over a result; 409 `superseded_meanwhile` if it is not the newest."""
        result, facts = self.row, self.read(CorrectionInput)
        names = ("value", "unit", "comparator", "value_text")
        charted = Charted(analyte=result.analyte, **{name: facts.pop(name) for name in names})
        version = correct_result(result=result, charted=charted, **facts, by=self.user, at=self.at)
        return self.created(version)

    @extend_schema(request=ReasonInput, responses={201: ResultShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Mark a result as entered in error: a new version on which nobody acts."""
        result, facts = self.row, self.read(ReasonInput)
        return self.created(withdraw_result(result=result, **facts, by=self.user, at=self.at))
