"""The candidates of the two assessments, and who chose which, through the API."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from patients.models import Run
from reports.actions.choices import choose_rows
from reports.candidates import Candidate, Group, groups_of
from reports.models import Assessment, AssessmentChoice, RowGroup
from reports.queries.cohort import cohort
from web.endpoints import Endpoint
from web.idempotency import idempotent
from web.shapes import Input, Instant, Number, PersonShape, Shape, Text

P = Permission


class CandidateValueShape(Shape):
    """One value of a row."""

    name = serializers.CharField()
    value = Number(allow_null=True)
    unit = serializers.CharField(allow_null=True, help_text="UCUM")


class CandidateShape(Shape):
    """One row from which an assessment may be told."""

    key = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    taken_at = Instant()
    site = serializers.CharField(help_text="sample site of a gas")
    values = serializers.SerializerMethodField()
    why_not = serializers.CharField(help_text="blank: it counts")
    is_by_rule = serializers.BooleanField()
    is_told = serializers.BooleanField()

    @extend_schema_field(CandidateValueShape(many=True))
    def get_values(self, row: Candidate) -> Any:
        """Return its values with their units."""
        cells = zip(row.cells, row.units, strict=True)
        told = [{"name": name, "value": value, "unit": unit} for (name, value), unit in cells]
        return CandidateValueShape(told, many=True).data


class CandidateGroupShape(Shape):
    """One group of one assessment: gases, ventilator, haemodynamics."""

    assessment = serializers.CharField()
    group = serializers.CharField(source="name")
    window = serializers.CharField()
    candidates = CandidateShape(many=True)
    chosen_by = PersonShape(source="choice.chosen_by", allow_null=True, default=None)
    chosen_at = Instant(source="choice.chosen_at", allow_null=True, default=None)
    is_gone = serializers.BooleanField(help_text="the row that was chosen does not count any more")


class ChoiceInput(Input):
    """Which row is told; a blank key goes back to the rule."""

    assessment = serializers.ChoiceField(choices=Assessment.choices)
    group = serializers.ChoiceField(choices=RowGroup.choices)
    key = Text(max_length=200)


class CandidateEndpoint(Endpoint):
    """Every row from which the two assessments may be told."""

    queryset = AssessmentChoice.objects.none()
    serializer_class = CandidateGroupShape
    filter_backends: list[Any] = []
    pagination_class = None
    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.REGISTRY_EXPORT}

    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return all six groups."""
        return Response(CandidateGroupShape(self._groups(), many=True).data)

    @extend_schema(request=ChoiceInput, responses={201: CandidateGroupShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Choose a row, or go back to the rule. 409 `not_a_candidate`."""
        run, facts = self.parent, self.read(ChoiceInput)
        field = f"{facts['assessment']}-{facts['group']}"
        choose_rows(run=run, picks={field: facts["key"]}, by=self.user, at=self.at)
        (group,) = (one for one in self._groups() if one.field == field)
        return Response(CandidateGroupShape(group).data, status=201)

    def _groups(self) -> Sequence[Group]:
        run = self.parent
        (member,) = cohort(Run.objects.filter(pk=run.pk), self.at)
        choices = cast("QuerySet[AssessmentChoice]", run.assessment_choices)
        return groups_of(member.record, choices.select_related("chosen_by"))
