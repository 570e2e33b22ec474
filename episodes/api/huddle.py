"""What the huddle agrees, through the API: planned procedures of a run, actions of units."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require_in_unit
from accounts.models import Unit, User
from accounts.permissions import Permission
from episodes.actions.huddle import add_action, close_action, close_procedure, plan_procedure
from episodes.models import HuddleAction, PlannedProcedure
from episodes.models.huddle import Closing
from episodes.queries import who_may
from patients.api.base import OfRun
from patients.models import Run
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, PersonShape, Text, UnitShape

P = Permission


class ClosedShape(EnteredShape):
    """How it ended, if it did."""

    closing = serializers.CharField(help_text="blank while open; done or cancelled")
    closed_at = Instant(allow_null=True)
    closed_by = PersonShape(allow_null=True)
    closing_note = serializers.CharField()


class PlannedProcedureShape(ClosedShape):
    """A procedure with what was agreed on anticoagulation; it changes no infusion."""

    public_id = serializers.UUIDField()
    what = serializers.CharField()
    planned_for = Instant()
    anticoagulation_off_at = Instant(allow_null=True)
    anticoagulation_on_at = Instant(allow_null=True)
    note = serializers.CharField()
    owner = PersonShape()


class HuddleActionShape(ClosedShape):
    """Who does what until when; `run` null: for the unit."""

    public_id = serializers.UUIDField()
    unit = UnitShape()
    run = serializers.UUIDField(source="run.public_id", default=None, allow_null=True)
    text = serializers.CharField()
    owner = PersonShape()
    due_at = Instant()


class PlannedProcedureInput(Input):
    """What is planned, and who sees to it."""

    what = serializers.CharField(max_length=120)
    planned_for = Instant()
    anticoagulation_off_at = Instant(default=None, allow_null=True)
    anticoagulation_on_at = Instant(default=None, allow_null=True)
    note = Text()
    owner = serializers.UUIDField(help_text="somebody of the unit who may record checks")


class HuddleActionInput(Input):
    """What is to be done, by whom, until when."""

    unit = serializers.UUIDField()
    run = serializers.UUIDField(default=None, allow_null=True)
    text = serializers.CharField(max_length=300)
    owner = serializers.UUIDField(help_text="somebody of the unit who may record checks")
    due_at = Instant()


class HuddleClosingInput(Input):
    """How it ended."""

    closing = serializers.ChoiceField(choices=[(c.value, c.label) for c in Closing if c])
    note = Text()


class PlannedProcedureEndpoint(OfRun, Listed, Shown):
    """Procedures planned for a run, the soonest first."""

    queryset = PlannedProcedure.objects.none()
    serializer_class = PlannedProcedureShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "close": P.RUN_EDIT,
    }

    def visible_rows(self) -> QuerySet[PlannedProcedure]:
        """Of the run."""
        rows: QuerySet[PlannedProcedure] = self.parent.planned_procedures.all()
        return rows.select_related("owner", "entered_by", "closed_by")

    @extend_schema(request=PlannedProcedureInput, responses={201: PlannedProcedureShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Plan one. 409 `in_the_past`, `on_before_off`, `run_has_ended`."""
        run, facts = self.parent, self.read(PlannedProcedureInput)
        facts["owner"] = _owner(self, run.unit, facts["owner"])
        return self.created(plan_procedure(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=HuddleClosingInput, responses=PlannedProcedureShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that it was done or called off. 409 `closed_already`."""
        row, facts = self.row, self.read(HuddleClosingInput)
        return self.show(close_procedure(procedure=row, **facts, by=self.user, at=self.at))


class HuddleActionEndpoint(Listed, Shown):
    """Actions that people of one's units took on, the oldest first."""

    queryset = HuddleAction.objects.none()
    rows = HuddleAction.objects.select_related(
        "unit__centre", "run", "owner", "entered_by", "closed_by"
    )
    serializer_class = HuddleActionShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "close": P.CHECK_RECORD,
    }

    @extend_schema(request=HuddleActionInput, responses={201: HuddleActionShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Take one on. 409 `in_the_past`, `another_unit`."""
        facts = self.read(HuddleActionInput)
        units = Unit.objects.with_permission(self.user, P.PATIENT_VIEW, self.at)
        unit = units.select_related("centre").filter(public_id=facts["unit"]).first()
        if unit is None:
            raise ValidationError({"unit": "No unit of yours has this id."})
        require_in_unit(self.user, self.permission, unit, self.at)
        facts |= {"unit": unit, "owner": _owner(self, unit, facts["owner"])}
        if facts["run"] is not None:
            facts["run"] = self.find(Run.objects.select_related("unit__centre"), facts["run"])
        return self.created(add_action(**facts, by=self.user, at=self.at))

    @extend_schema(request=HuddleClosingInput, responses=HuddleActionShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that it was done or dropped. 409 `closed_already`."""
        row, facts = self.row, self.read(HuddleClosingInput)
        return self.show(close_action(row=row, **facts, by=self.user, at=self.at))


def _owner(endpoint: Any, unit: Unit, public_id: Any) -> User:
    people = who_may(P.CHECK_RECORD, unit, endpoint.at)
    if (found := people.filter(public_id=public_id).first()) is None:
        raise ValidationError({"owner": "Nobody of this id records checks in this unit."})
    return found
