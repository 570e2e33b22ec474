"""Adjunct devices of a run through the API."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.adjuncts import do_task, end_adjunct, start_adjunct
from circuits.api.base import OfRun
from circuits.models import Adjunct, AdjunctKind, Connection
from web.endpoints import Endpoint, Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Shape, Text

P = Permission


class AdjunctShape(EnteredShape):
    """One stretch of one adjunct device; a new filter is a new row."""

    kind = serializers.ChoiceField(choices=AdjunctKind.choices)
    model_name = serializers.CharField()
    connection = serializers.ChoiceField(choices=Connection.choices)
    settings = serializers.CharField()
    started_at = Instant()
    ended_at = Instant(allow_null=True)
    end_reason = serializers.CharField()
    minutes = serializers.SerializerMethodField(help_text="min it has run")

    def get_minutes(self, adjunct: Adjunct) -> int:
        """Minutes from start to end, or to now."""
        until = adjunct.ended_at or self.context["view"].at
        return int((until - adjunct.started_at).total_seconds() // 60)


class AdjunctInput(Input):
    """An adjunct device that was started."""

    kind = serializers.ChoiceField(choices=AdjunctKind.choices)
    started_at = Instant()
    model_name = Text(max_length=100)
    connection = serializers.ChoiceField(choices=Connection.choices, default="", allow_blank=True)
    settings = Text(max_length=300)


class AdjunctEndInput(Input):
    """When it stopped, and why."""

    ended_at = Instant()
    reason = Text(max_length=200)


class AdjunctEndpoint(OfRun, Listed, Shown):
    """The adjunct devices of a run with their clocks."""

    queryset = Adjunct.objects.none()
    serializer_class = AdjunctShape
    ordering_fields = ("started_at", "kind")
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "end": P.RUN_EDIT,
    }

    def visible_rows(self) -> QuerySet[Adjunct]:
        """Of the run."""
        rows: QuerySet[Adjunct] = self.parent.adjuncts.select_related("entered_by")
        return rows

    @extend_schema(request=AdjunctInput, responses={201: AdjunctShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Start the clock of a device. 409 `runs_already` while one of its kind runs."""
        run, facts = self.parent, self.read(AdjunctInput)
        return self.created(start_adjunct(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=AdjunctEndInput, responses=AdjunctShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Stop the clock of a device."""
        adjunct, facts = self.row, self.read(AdjunctEndInput)
        return self.show(end_adjunct(adjunct=adjunct, **facts, by=self.user, at=self.at))


class TaskInput(Input):
    """A task of the circuit that was done."""

    task = serializers.SlugField(max_length=30, help_text="its id in the site's table")
    done_at = Instant()


class TaskDoneShape(Shape):
    """The task, and when it was done."""

    task = serializers.CharField()
    done_at = Instant()


class TaskEndpoint(OfRun, Endpoint):
    """Tasks that the configuration of a run asks for; what is owed stands under `dues`."""

    queryset = Adjunct.objects.none()
    serializer_class = TaskDoneShape
    permissions: ClassVar = {"create": P.CHECK_RECORD}

    @extend_schema(request=TaskInput, responses={201: TaskDoneShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that a task was done: the next is due from then."""
        run, facts = self.parent, self.read(TaskInput)
        do_task(run=run, **facts, by=self.user, at=self.at)
        return self.created(facts)
