"""Planned changes through the API: the schedule of all units, plans of a run, and their steps."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Permission
from circuits.actions.changes import (
    cancel_change,
    hand_over_change,
    note_kit,
    plan_change,
    replan_change,
)
from circuits.api.base import OfRun
from circuits.changes import possible_owners, shown
from circuits.models import ChangeState, PlannedChange
from circuits.models.change import URGENCIES
from circuits.queries import uses_of
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import Input, Instant, PersonShape, PlainJson, Shape, Text

P = Permission


class PlannedPartShape(Shape):
    """One component that a change is to exchange."""

    component = serializers.UUIDField(source="use.public_id")
    kind = serializers.CharField(source="use.kind")
    removed_at = Instant(source="use.removed_at", allow_null=True)


class PlannedChangeShape(Shape):
    """One change as it stands."""

    public_id = serializers.UUIDField()
    run = serializers.UUIDField(source="run.public_id")
    state = serializers.ChoiceField(choices=ChangeState.choices)
    urgency = serializers.ChoiceField(choices=URGENCIES)
    starts_at = Instant()
    ends_at = Instant()
    owner = PersonShape()
    why = serializers.CharField()
    evidence = PlainJson(help_text="rules and readings when it was planned")
    is_kit_ready = serializers.BooleanField()
    kit_note = serializers.CharField()
    parts = PlannedPartShape(source="parts.all", many=True)
    planned_at = Instant()
    planned_by = PersonShape()
    closed_at = Instant(allow_null=True)


class PlannedChangeInput(Input):
    """A change to be made."""

    components = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=20, help_text="of this run"
    )
    urgency = serializers.ChoiceField(choices=URGENCIES)
    starts_at = Instant()
    ends_at = Instant()
    owner = serializers.UUIDField(help_text="from users/; may exchange components there")
    why = serializers.CharField(max_length=300)
    is_kit_ready = serializers.BooleanField(default=False)
    kit_note = Text(max_length=200)


class ReplanInput(Input):
    """Another slot."""

    starts_at = Instant()
    ends_at = Instant()
    urgency = serializers.ChoiceField(choices=URGENCIES, required=False)
    reason = serializers.CharField(max_length=300)


class HandOverInput(Input):
    """Another owner."""

    owner = serializers.UUIDField()
    reason = serializers.CharField(max_length=300)


class KitInput(Input):
    """Whether the kit is ready."""

    is_ready = serializers.BooleanField()
    note = Text(max_length=150)


class ChangeCancelInput(Input):
    """Why it is not made."""

    reason = serializers.CharField(max_length=300)


class ChangeFilter(Filters):
    """Which changes."""

    state = django_filters.ChoiceFilter(choices=ChangeState.choices)
    unit = django_filters.UUIDFilter(field_name="run__unit__public_id")


def owner_of(public_id: Any, among: QuerySet[User]) -> User:
    """Return the user that a body names; raises ValidationError."""
    owner = among.filter(public_id=public_id).first()
    if owner is None:
        raise ValidationError({"owner": "Nobody of that id may exchange components there."})
    return owner


class RunPlannedChangeEndpoint(OfRun, Listed):
    """The planned changes of a run."""

    queryset = PlannedChange.objects.none()
    serializer_class = PlannedChangeShape
    filterset_class = ChangeFilter
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.COMPONENT_EXCHANGE}

    def visible_rows(self) -> QuerySet[PlannedChange]:
        """Of the run."""
        return shown(self.parent.planned_changes.all())

    @extend_schema(request=PlannedChangeInput, responses={201: PlannedChangeShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Plan a change. Refused with 409: `already_planned`, `slot_is_past`, `run_is_over`."""
        run, facts = self.parent, self.read(PlannedChangeInput)
        wanted = facts.pop("components")
        uses = list(uses_of(run).filter(public_id__in=wanted))
        if len(uses) != len(set(wanted)):
            raise ValidationError({"components": "This run has not all of these components."})
        facts["owner"] = owner_of(facts["owner"], possible_owners(run.unit, self.at))
        change = plan_change(run=run, uses=uses, **facts, by=self.user, at=self.at)
        return self.created(change)


class PlannedChangeEndpoint(Listed, Shown, Endpoint):
    """The schedule of changes of the units that one may see, and the steps of each."""

    queryset = PlannedChange.objects.none()
    rows = shown(PlannedChange.objects.all())
    serializer_class = PlannedChangeShape
    filterset_class = ChangeFilter
    ordering_fields = ("starts_at", "planned_at")
    whose = "run.patient.public_id"
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "replan": P.COMPONENT_EXCHANGE,
        "hand_over": P.COMPONENT_EXCHANGE,
        "kit": P.COMPONENT_EXCHANGE,
        "cancel": P.COMPONENT_EXCHANGE,
    }

    @extend_schema(request=ReplanInput, responses=PlannedChangeShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def replan(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Move it to another slot."""
        change, facts = self.row, self.read(ReplanInput)
        return self._show(replan_change(change=change, **facts, by=self.user, at=self.at))

    @extend_schema(request=HandOverInput, responses=PlannedChangeShape)
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent
    def hand_over(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Let somebody else see to it."""
        change, facts = self.row, self.read(HandOverInput)
        facts["owner"] = owner_of(facts["owner"], possible_owners(change.unit, self.at))
        return self._show(hand_over_change(change=change, **facts, by=self.user, at=self.at))

    @extend_schema(request=KitInput, responses=PlannedChangeShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def kit(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say whether the kit is ready."""
        change, facts = self.row, self.read(KitInput)
        return self._show(note_kit(change=change, **facts, by=self.user, at=self.at))

    @extend_schema(request=ChangeCancelInput, responses=PlannedChangeShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Drop it."""
        change, facts = self.row, self.read(ChangeCancelInput)
        return self._show(cancel_change(change=change, **facts, by=self.user, at=self.at))

    def _show(self, change: PlannedChange) -> Response:
        fresh = shown(PlannedChange.objects.filter(pk=change.pk)).get()
        return self.show(fresh)
