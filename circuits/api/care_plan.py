"""Targets of the day, emergency plan and ceiling of care through the API."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Permission
from circuits.actions.care_plan import (
    carry_targets_forward,
    set_emergency_plan,
    set_target,
    withdraw_target,
)
from circuits.api.base import OfRun
from clinical.goals import GOALS
from patients.care import targets_now
from patients.models import Ceiling, DailyTarget, EmergencyPlan
from web.endpoints import Listed
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Number, PersonShape, RowField, Text

P = Permission


class TargetShape(EnteredShape):
    """One target of the day."""

    key = serializers.CharField()
    low = Number(allow_null=True)
    high = Number(allow_null=True)
    unit = serializers.CharField(source="measure_unit", help_text="UCUM; blank for words")
    words = serializers.CharField()
    set_at = Instant()
    review_by = Instant()
    carried_from = serializers.UUIDField(
        source="carried_from.public_id", allow_null=True, default=None
    )
    is_withdrawn = serializers.BooleanField()
    is_stale = serializers.SerializerMethodField()

    def get_is_stale(self, row: DailyTarget) -> bool:
        """Whether its review time has passed."""
        return bool(row.review_by < self.context["view"].at)


class TargetInput(Input):
    """A target: a range in the unit of the measure, or words."""

    key = serializers.ChoiceField(choices=[(code, goal.label) for code, goal in GOALS.items()])
    low = Number(12, 4, allow_null=True, default=None)
    high = Number(12, 4, allow_null=True, default=None)
    words = Text(max_length=300)
    review_by = Instant(allow_null=True, default=None, help_text="null: as the site says")


class CarryInput(Input):
    """Which targets still hold, each named."""

    keys = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=len(GOALS)
    )
    review_by = Instant(allow_null=True, default=None)


class TargetEndpoint(OfRun, Listed):
    """The targets of a run: every one that was set, newest first."""

    queryset = DailyTarget.objects.none()
    serializer_class = TargetShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "now": P.PATIENT_VIEW,
        "create": P.CARE_PLAN_SET,
        "carry": P.CARE_PLAN_SET,
        "withdraw": P.CARE_PLAN_SET,
    }

    def visible_rows(self) -> QuerySet[DailyTarget]:
        """Of the run."""
        rows = self.parent.targets.select_related("entered_by", "carried_from")
        return cast("QuerySet[DailyTarget]", rows)

    @extend_schema(responses=TargetShape(many=True))
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[])
    def now(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return the targets that hold, also those whose review time has passed."""
        rows = [one.row for one in targets_now(self.parent, self.at)]
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=TargetInput, responses={201: TargetShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Set a target; the one before of its key ends."""
        run, facts = self.parent, self.read(TargetInput)
        return self.created(set_target(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=CarryInput, responses=TargetShape(many=True))
    @action(detail=False, methods=["post"])
    @idempotent
    def carry(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Carry the named targets forward; the others keep their review time."""
        run, facts = self.parent, self.read(CarryInput)
        rows = carry_targets_forward(run=run, **facts, by=self.user, at=self.at)
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=None, responses=TargetShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that the key of a target has none any more."""
        row = self.row
        return self.show(withdraw_target(run=self.parent, key=row.key, by=self.user, at=self.at))


class EmergencyPlanShape(EnteredShape):
    """Emergency plan and ceiling of care, as reviewed once."""

    ceiling = serializers.CharField()
    words = serializers.CharField()
    physician = PersonShape()
    reviewed_at = Instant()
    review_by = Instant(help_text="is old after")
    is_stale = serializers.SerializerMethodField()

    def get_is_stale(self, row: EmergencyPlan) -> bool:
        """Whether a physician is to look at it again."""
        return bool(row.review_by < self.context["view"].at)


class EmergencyPlanInput(Input):
    """What a physician decided or reviewed."""

    ceiling = serializers.ChoiceField(choices=Ceiling.choices)
    words = serializers.CharField(max_length=2000)
    physician = RowField(queryset=User.objects.filter(is_active=True))
    reviewed_at = Instant()


class EmergencyPlanEndpoint(OfRun, Listed):
    """The emergency plans of a run, the one that holds first."""

    queryset = EmergencyPlan.objects.none()
    serializer_class = EmergencyPlanShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.CARE_PLAN_SET}

    def visible_rows(self) -> QuerySet[EmergencyPlan]:
        """Of the run."""
        rows = self.parent.emergency_plans.select_related("physician", "entered_by")
        return cast("QuerySet[EmergencyPlan]", rows)

    @extend_schema(request=EmergencyPlanInput, responses={201: EmergencyPlanShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Write or review the plan; 409 `not_a_physician` for anybody else's decision."""
        run, facts = self.parent, self.read(EmergencyPlanInput)
        return self.created(set_emergency_plan(run=run, **facts, by=self.user, at=self.at))
