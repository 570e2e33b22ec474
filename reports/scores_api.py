"""What a run's record suggests for a score, through the API."""

from typing import Any, ClassVar

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from clinical.scores.catalogue import SCORES
from patients.models import Run
from reports.queries.cohort import cohort
from reports.suggesting import suggestions
from web.endpoints import Endpoint
from web.shapes import Instant, Number, PlainJson, Shape

P = Permission


class SuggestionShape(Shape):
    """One answer that the record holds; somebody must look at it."""

    name = serializers.CharField()
    value = PlainJson()
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    site = serializers.CharField(help_text="sample site of a gas")
    taken_at = Instant(allow_null=True)


class SuggestionsShape(Shape):
    """What the record suggests for one score."""

    score = serializers.CharField()
    suggestions = SuggestionShape(many=True)


ONE: Any = forced_singular_serializer(SuggestionsShape)  # type: ignore[no-untyped-call]  # its untyped


class SuggestionEndpoint(Endpoint):
    """Answers of a score as the record of the run holds them; nothing is stored."""

    queryset = Run.objects.none()
    serializer_class = SuggestionsShape
    filter_backends: list[Any] = []
    pagination_class = None
    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    @extend_schema(
        operation_id="runs_score_suggestions",
        responses=ONE,
        parameters=[OpenApiParameter("score", str, required=True, enum=list(SCORES))],
    )
    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return the suggestions for `?score=`."""
        score = SCORES.get(request.query_params.get("score", ""))
        if score is None:
            raise serializers.ValidationError(
                {"score": f"Name one of these scores: {', '.join(SCORES)}."}
            )
        (member,) = cohort(Run.objects.filter(pk=self.parent.pk), self.at)
        found = suggestions(member.record, score)
        rows = [
            {
                "name": name,
                "value": one.value if isinstance(one.value, bool | str) else _number(one.value),
                "source": one.source,
                "site": one.site,
                "taken_at": one.taken_at,
            }
            for name, one in found.items()
        ]
        return Response(SuggestionsShape({"score": score.name, "suggestions": rows}).data)


def _number(value: Any) -> str:
    return Number().to_representation(value)
