"""Journeys on support and bed moves through the API."""

from decimal import Decimal
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions import transport
from circuits.actions.checklists import KINDS, answer_item
from circuits.api.base import OfRun, confirmations
from circuits.care_policies import oxygen_policy
from circuits.journeys import oxygen_of
from clinical.transport import Oxygen
from patients.actions.beds import record_bed_move
from patients.models import BedMove, GoDecision, LegKind, TransportLeg
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.models import ChecklistTap
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
    fixed,
)

P = Permission


class OxygenShape(Shape):
    """How long the oxygen lasts against what is asked; null cannot be told."""

    litres = Number(help_text="L")
    minutes = serializers.IntegerField(allow_null=True)
    needed_min = serializers.IntegerField(allow_null=True)
    is_enough = serializers.BooleanField(allow_null=True)


class LegShape(EnteredShape):
    """One journey on support."""

    kind = serializers.CharField()
    from_place = serializers.CharField()
    to_place = serializers.CharField()
    reason = serializers.CharField()
    crew = serializers.CharField()
    journey_min = serializers.IntegerField(allow_null=True)
    oxygen_flow = Number(allow_null=True, help_text="L/min")
    oxygen_flow_unit = fixed("L/min")
    cylinders = PlainJson()
    oxygen = serializers.SerializerMethodField()
    planned_at = Instant()
    decision = serializers.CharField()
    decided_at = Instant(allow_null=True)
    decided_by = PersonShape(allow_null=True)
    decision_note = serializers.CharField()
    departed_at = Instant(allow_null=True)
    arrived_at = Instant(allow_null=True)
    closed_at = Instant(allow_null=True)

    @extend_schema_field(OxygenShape)
    def get_oxygen(self, leg: TransportLeg) -> Any:
        """How long the oxygen lasts."""
        view = self.context["view"]
        found: Oxygen = oxygen_of(leg, oxygen_policy(view.parent.unit.centre, view.at))
        return OxygenShape(found).data


class CylinderInput(Input):
    """One cylinder taken along."""

    size = serializers.CharField(max_length=10)
    psi = Number(8, 1, min_value=0)


class LegInput(Input):
    """A journey that is planned."""

    kind = serializers.ChoiceField(choices=LegKind.choices)
    from_place = serializers.CharField(max_length=80)
    to_place = serializers.CharField(max_length=80)
    planned_at = Instant()
    reason = Text(max_length=200)
    crew = Text(max_length=300)
    journey_min = serializers.IntegerField(
        min_value=1, max_value=10_000, allow_null=True, default=None
    )
    oxygen_flow = Number(
        6,
        2,
        allow_null=True,
        default=None,
        min_value=Decimal("0.01"),
        help_text="L/min, ventilator too",
    )
    cylinders = CylinderInput(many=True, default=list)


class DecisionInput(Input):
    """Go or no go."""

    decision = serializers.ChoiceField(choices=[GoDecision.GO, GoDecision.NO_GO])
    note = Text(max_length=300)
    confirmed = confirmations()


class DepartureInput(Input):
    """When a journey began."""

    departed_at = Instant()
    confirmed = confirmations()


class ArrivalInput(Input):
    """When a journey ended."""

    arrived_at = Instant()


class StandDownInput(Input):
    """The journey is closed."""

    confirmed = confirmations()


class LegEndpoint(OfRun, Listed, Shown):
    """The journeys of a run, newest first."""

    queryset = TransportLeg.objects.none()
    serializer_class = LegShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "decide": P.CARE_PLAN_SET,
        "depart": P.RUN_EDIT,
        "arrive": P.RUN_EDIT,
        "stand_down": P.RUN_EDIT,
        "call_off": P.RUN_EDIT,
    }

    def visible_rows(self) -> QuerySet[TransportLeg]:
        """Of the run."""
        rows = self.parent.transport_legs.select_related("decided_by", "entered_by")
        return cast("QuerySet[TransportLeg]", rows)

    @extend_schema(request=LegInput, responses={201: LegShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Plan a journey."""
        run, facts = self.parent, self.read(LegInput)
        return self.created(transport.plan_leg(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=DecisionInput, responses=LegShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def decide(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Sign go or no go; 409 `needs_confirmation` for what speaks against going."""
        leg, facts = self.row, self.read(DecisionInput)
        return self.show(transport.decide_leg(leg=leg, **facts, by=self.user, at=self.at))

    @extend_schema(request=DepartureInput, responses=LegShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def depart(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record the departure."""
        leg, facts = self.row, self.read(DepartureInput)
        return self.show(transport.depart(leg=leg, **facts, by=self.user, at=self.at))

    @extend_schema(request=ArrivalInput, responses=LegShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def arrive(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record the arrival."""
        leg, facts = self.row, self.read(ArrivalInput)
        return self.show(transport.arrive(leg=leg, **facts, by=self.user, at=self.at))

    @extend_schema(request=StandDownInput, responses=LegShape)
    @action(detail=True, methods=["post"], url_path="stand-down")
    @idempotent
    def stand_down(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Close the journey after a full check."""
        leg, facts = self.row, self.read(StandDownInput)
        return self.show(transport.stand_down(leg=leg, **facts, by=self.user, at=self.at))

    @extend_schema(request=ReasonInput, responses=LegShape)
    @action(detail=True, methods=["post"], url_path="call-off")
    @idempotent
    def call_off(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that a planned journey does not take place."""
        leg, facts = self.row, self.read(ReasonInput)
        return self.show(transport.call_off(leg=leg, **facts, by=self.user, at=self.at))


class BedMoveShape(EnteredShape):
    """One move to another bed."""

    from_bed = serializers.CharField()
    to_bed = serializers.CharField()
    moved_at = Instant()


class BedMoveInput(Input):
    """A move to another bed."""

    to_bed = serializers.CharField(max_length=20)
    moved_at = Instant()


class BedMoveEndpoint(OfRun, Listed):
    """Where the patient lay, newest first."""

    queryset = BedMove.objects.none()
    serializer_class = BedMoveShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.CHECK_RECORD}

    def visible_rows(self) -> QuerySet[BedMove]:
        """Of the run."""
        return cast("QuerySet[BedMove]", self.parent.bed_moves.select_related("entered_by"))

    @extend_schema(request=BedMoveInput, responses={201: BedMoveShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a move; one charted late does not change where the patient lies now."""
        run, facts = self.parent, self.read(BedMoveInput)
        return self.created(record_bed_move(run=run, **facts, by=self.user, at=self.at))


class AnswerShape(Shape):
    """One answer to one item of a checklist."""

    kind = serializers.CharField(source="checklist.document.kind")
    version = serializers.IntegerField(source="checklist.document.version")
    subject = serializers.CharField(source="checklist.subject")
    item = serializers.CharField()
    answer = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField()
    tapped_at = Instant()
    by = PersonShape()


class AnswerInput(Input):
    """An answer; the first one of a list begins it."""

    kind = serializers.SlugField(max_length=60, help_text=", ".join(sorted(KINDS)))
    subject = serializers.UUIDField(help_text="a journey of the run, or the run itself")
    item = serializers.CharField(max_length=80)
    answer = serializers.ChoiceField(choices=["done", "not_possible"])
    value = Text(max_length=80)


class AnswerEndpoint(OfRun, Listed):
    """The answers of a run's checklists, in the order in which they were given."""

    queryset = ChecklistTap.objects.none()
    serializer_class = AnswerShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.CHECK_RECORD}

    def visible_rows(self) -> QuerySet[ChecklistTap]:
        """Of the run and of its journeys."""
        legs = self.parent.transport_legs.values_list("public_id", flat=True)
        subjects = [str(self.parent.public_id), *map(str, legs)]
        rows = ChecklistTap.objects.filter(
            checklist__subject__in=subjects, checklist__document__kind__in=KINDS
        )
        return rows.select_related("checklist__document", "by").order_by("tapped_at", "pk")

    @extend_schema(request=AnswerInput, responses={201: AnswerShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Answer an item."""
        run, facts = self.parent, self.read(AnswerInput)
        facts["subject"] = str(facts["subject"])
        return self.created(answer_item(run=run, **facts, by=self.user, at=self.at))
