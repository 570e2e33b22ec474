"""Scores of a run through the API: worked out from what is sent, or brought from elsewhere."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from clinical.scores.catalogue import SCORES
from patients.actions.scores import FromElsewhere, Given, record_score
from patients.api.base import OfRun
from patients.models import ScoreResult
from web.endpoints import Listed
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Number, PlainJson, Text

P = Permission


class ScoreShape(EnteredShape):
    """One result of one score; a correction is a row of its own."""

    score = serializers.CharField(source="name")
    version = serializers.CharField()
    inputs = PlainJson(help_text="value, unit (UCUM), source and taken_at of each input")
    points = PlainJson(allow_null=True, help_text="of each item; null for a formula")
    total = Number(source="value")
    unit = serializers.CharField()
    band = serializers.CharField(help_text="its class")
    further = PlainJson(help_text="survival_pct, death_pct, osi, pf ...")
    remarks = serializers.ListField(child=serializers.CharField())
    external_source = serializers.CharField(help_text="of a result from elsewhere")
    computed_at = Instant()
    corrects = serializers.UUIDField(source="corrects.public_id", default=None, allow_null=True)
    reason = serializers.CharField()


class ScoreAnswerInput(Input):
    """One answer: a number, true or false, a choice, or a list of choices."""

    value = PlainJson(allow_null=True)
    unit = Text(max_length=30, help_text="UCUM; blank: the score's own")
    source = Text(  # type: ignore[assignment]  # a field, not the serializer's
        max_length=120, help_text="where it comes from"
    )
    taken_at = Instant(required=False, allow_null=True, default=None)


class ElsewhereInput(Input):
    """A result that something else worked out."""

    value = Number(12, 4)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a field, not the serializer's
    obtained_at = Instant()


class ScoreInput(Input):
    """A score to record: its name, and the answers that it asks for."""

    score = serializers.ChoiceField(choices=[(name, name) for name in SCORES])
    inputs = serializers.DictField(child=ScoreAnswerInput(), default=dict)
    external = ElsewhereInput(required=False, allow_null=True, default=None)
    corrects = serializers.UUIDField(required=False, allow_null=True, default=None)
    reason = Text(max_length=200)


class ScoreEndpoint(OfRun, Listed):
    """Scores of a run, with everything that went into them."""

    queryset = ScoreResult.objects.none()
    serializer_class = ScoreShape
    ordering_fields = ("entered_at", "name")
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.RUN_EDIT}

    def visible_rows(self) -> QuerySet[ScoreResult]:
        """Of the run, corrected ones too."""
        rows = self.parent.scores.select_related("entered_by", "corrects")
        return cast("QuerySet[ScoreResult]", rows)

    @extend_schema(request=ScoreInput, responses={201: ScoreShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Work a score out and keep it; 409 `score_refused` names each missing input."""
        run, facts = self.parent, self.read(ScoreInput)
        external, corrects = facts["external"], facts["corrects"]
        result = record_score(
            run=run,
            name=facts["score"],
            given={name: Given(**answer) for name, answer in facts["inputs"].items()},
            external=FromElsewhere(**external) if external else None,
            corrects=get_object_or_404(run.scores, public_id=corrects) if corrects else None,
            reason=facts["reason"],
            by=self.user,
            at=self.at,
        )
        return self.created(result)
