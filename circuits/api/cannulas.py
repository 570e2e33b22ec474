"""Cannulas through the API: put in, corrected, moved, taken out."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions import support
from circuits.api.base import OfRun
from patients.actions.cannula import remove_cannula
from patients.models import (
    Cannula,
    CannulaPurpose,
    CannulaRemoval,
    CannulaSite,
    Lumens,
    Repair,
    Side,
    Technique,
)
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Number, Text, fixed

P = Permission


class CannulaShape(EnteredShape):
    """One cannula from insertion to removal."""

    site = serializers.CharField()
    side = serializers.CharField(help_text="L, R or blank")
    purpose = serializers.CharField()
    size_fr = Number(allow_null=True, help_text="Fr")
    size_unit = fixed("Fr")
    length_cm = Number(allow_null=True, help_text="cm")
    lumens = serializers.CharField(help_text="blank for a single lumen, else dl, bc or ca")
    is_minor = serializers.BooleanField(help_text="carries the minor flow")
    technique = serializers.CharField()
    depth_cm = Number(allow_null=True, help_text="cm")
    depth_unit = fixed("cm")
    tip_position = serializers.CharField()
    tip_entered_at = Instant(allow_null=True)
    inserted_at = Instant()
    removed_at = Instant(allow_null=True)
    removed_reason = serializers.CharField()
    repair = serializers.CharField(help_text="of the vessel")


class CannulaFacts(Input):
    """What a cannula is."""

    site = serializers.ChoiceField(choices=CannulaSite.choices)
    side = serializers.ChoiceField(choices=Side.choices, allow_blank=True, default="")
    purpose = serializers.ChoiceField(choices=CannulaPurpose.choices)
    size_fr = Number(4, 1, allow_null=True, default=None, help_text="Fr")
    length_cm = Number(4, 1, allow_null=True, default=None, min_value=1, help_text="cm")
    lumens = serializers.ChoiceField(choices=Lumens.choices, allow_blank=True, default="")
    is_minor = serializers.BooleanField(default=False, help_text="carries the minor flow")
    technique = serializers.ChoiceField(choices=Technique.choices, allow_blank=True, default="")


class CannulaInput(CannulaFacts):
    """A cannula that was put in."""

    depth_cm = Number(4, 1, allow_null=True, default=None, min_value=0, help_text="cm")
    tip_position = Text(max_length=80)
    inserted_at = Instant()


class CannulaCorrection(CannulaFacts):
    """What was entered wrong, with the reason; what is not sent stays as it is."""

    inserted_at = Instant()
    reason = serializers.CharField(max_length=200)


class PositionShape(EnteredShape):
    """Where a cannula lay at one time."""

    seen_at = Instant()
    depth_cm = Number(allow_null=True, help_text="cm")
    tip_position = serializers.CharField()
    reason = serializers.CharField()


class PositionInput(Input):
    """How deep a cannula is secured (cm) and where its tip was seen: one of them, or both."""

    seen_at = Instant()
    depth_cm = Number(4, 1, allow_null=True, default=None, min_value=0, help_text="cm")
    tip_position = Text(max_length=80)
    reason = Text(max_length=200)


class TipInput(Input):
    """Where a cannula's tip lies."""

    tip_position = serializers.CharField(max_length=80)


class CannulaRemovalInput(Input):
    """When and why a cannula came out."""

    removed_at = Instant()
    reason = serializers.ChoiceField(choices=CannulaRemoval.choices)
    repair = serializers.ChoiceField(choices=Repair.choices, allow_blank=True, default="")


class CannulaEndpoint(OfRun, Listed, Shown):
    """The cannulas of a run."""

    queryset = Cannula.objects.none()
    serializer_class = CannulaShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "correct": P.RUN_EDIT,
        "positions": P.PATIENT_VIEW,
        "reposition": P.RUN_EDIT,
        "tip": P.RUN_EDIT,
        "remove": P.RUN_EDIT,
    }

    def visible_rows(self) -> QuerySet[Cannula]:
        """Of the run."""
        rows = self.parent.cannulas.select_related("entered_by")
        return cast("QuerySet[Cannula]", rows)

    @extend_schema(request=CannulaInput, responses={201: CannulaShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Enter a cannula; it may have been put in before flow on."""
        run, facts = self.parent, self.read(CannulaInput)
        return self.created(support.record_cannula(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=CannulaCorrection(partial=True), responses=CannulaShape)
    @action(detail=True, methods=["patch"])
    def correct(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Correct what was entered; the history keeps what was there. A reason is needed."""
        cannula, facts = self.row, self.read(CannulaCorrection, partial=True)
        facts.setdefault("reason", "")
        return self.show(
            support.correct_cannula(cannula=cannula, **facts, by=self.user, at=self.at)
        )

    @extend_schema(responses=PositionShape(many=True))
    @action(detail=True, methods=["get"])
    def positions(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return every depth and tip position on record, oldest first."""
        rows = self.row.positions.select_related("entered_by")
        return Response(PositionShape(rows, many=True).data)

    @extend_schema(request=PositionInput, responses=CannulaShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def reposition(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note a new depth or tip; the earlier ones stay on record."""
        cannula, facts = self.row, self.read(PositionInput)
        return self.show(
            support.reposition_cannula(cannula=cannula, **facts, by=self.user, at=self.at)
        )

    @extend_schema(request=TipInput, responses=CannulaShape)
    @action(detail=True, methods=["post"])
    def tip(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Enter where the tip lies."""
        cannula, facts = self.row, self.read(TipInput)
        return self.show(support.record_tip(cannula=cannula, **facts, by=self.user, at=self.at))

    @extend_schema(request=CannulaRemovalInput, responses=CannulaShape)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note that a cannula came out; it may be after flow off."""
        cannula, facts = self.row, self.read(CannulaRemovalInput)
        return self.show(remove_cannula(cannula=cannula, **facts, by=self.user, at=self.at))
