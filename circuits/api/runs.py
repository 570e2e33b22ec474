"""Runs through the API: flow on, what is known of it, flow off."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError

from accounts.access import require_in_unit
from accounts.models import Unit
from accounts.permissions import Permission
from circuits.actions.run_gap import resume_support
from circuits.actions.support import confirm_limits, decannulate, start_support
from circuits.api.run_shapes import (
    ConfirmationInput,
    OutcomeInput,
    OutcomeShape,
    RunEnd,
    RunFacts,
    RunInput,
    RunResumed,
    RunRowShape,
    RunShape,
)
from patients.actions.run import record_outcome, record_run_facts
from patients.models import Outcome, Patient, Run
from patients.run_summary import run_row, run_summary
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission


FLOW_ON_EXAMPLE = OpenApiExample(
    "Flow on, the rest is owed",
    {
        "patient": "7d3f0a2e-2f64-4a43-8f0a-3a0f0d4b8c21",
        "started_at": "2026-03-02T03:12:00+01:00",
        "public_id": "b0a7b1e8-52ad-4a9b-9a44-8d9f8b5c2f3d",
    },
    request_only=True,
)


class RunFilter(Filters):
    """Which runs."""

    is_running = django_filters.BooleanFilter(
        field_name="ended_at", lookup_expr="isnull", label="flow is on"
    )
    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    patient = django_filters.UUIDFilter(field_name="patient__public_id")
    started_after = django_filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = django_filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")


class RunEndpoint(Listed, Shown):
    """Runs on ECMO, each from flow on to flow off."""

    queryset = Run.objects.none()
    rows = Run.objects
    serializer_class = RunShape
    filterset_class = RunFilter
    ordering_fields = ("started_at", "ended_at")
    whose = "patient.public_id"
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.RUN_START,
        "end": P.RUN_EDIT,
        "resume": P.RUN_EDIT,
        "outcome": P.PATIENT_VIEW,
        "set_outcome": P.RUN_EDIT,
        "facts": P.RUN_EDIT,
        "confirm_limits": P.LIMIT_SET,
    }

    def visible_rows(self) -> QuerySet[Run]:
        """Runs with patient, unit and modes."""
        rows = Run.objects.visible_to(self.user, self.at)
        return (
            rows.select_related("patient", "unit__centre", "entered_by")
            .prefetch_related("modes")
            .order_by("-started_at", "-pk")
        )

    def get_serializer_class(self) -> type[RunRowShape]:
        """Lists are shorter."""
        return RunRowShape if self.action == "list" else RunShape

    def presented(self, rows: Sequence[Run]) -> Sequence[Any]:
        """Return runs with what they amount to."""
        if self.action == "list":
            return [run_row(run) for run in rows]
        return [run_summary(run, self.at) for run in rows]

    @extend_schema(request=RunInput, responses={201: RunShape}, examples=[FLOW_ON_EXAMPLE])
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Flow on: a time is enough. 409 `second_running_run` if on ECMO already."""
        facts = self.read(RunInput)
        key = facts.pop("patient", None)
        patient: Patient | None = self.find(Patient.objects, key) if key else None
        unit = facts.pop("unit", patient.unit if patient else None)
        if unit is None:
            raise ValidationError({"unit": "Name the unit, or the patient if known."})
        require_in_unit(self.user, self.permission, unit, self.at)
        self.require_for_signing(unit, facts)
        if patient and unit.centre_id != patient.centre_id:
            raise ValidationError({"unit": "This unit belongs to another centre."})
        run = start_support(patient=patient, unit=unit, **facts, by=self.user, at=self.at)
        return self.created(run)

    @extend_schema(request=RunEnd, responses=RunShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Flow off: the run ends, its parts come out, its alerts close, its reminders stop."""
        run, facts = self.row, self.read(RunEnd)
        return self.show(decannulate(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=RunResumed, responses=RunShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def resume(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Flow on again within the site's gap: the same run; 409 `not_the_same_run` after it."""
        run, facts = self.row, self.read(RunResumed)
        return self.show(resume_support(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(responses=OutcomeShape)
    @action(detail=True, methods=["get"])
    def outcome(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return what became of the patient; 404 while nothing is known."""
        found = Outcome.objects.select_related("entered_by").filter(run=self.row).first()
        if found is None:
            raise Http404("No outcome has been entered yet.")
        return Response(OutcomeShape(found).data)

    @extend_schema(request=OutcomeInput, responses=OutcomeShape)
    @outcome.mapping.put
    def set_outcome(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what became of the patient."""
        run, facts = self.row, self.read(OutcomeInput)
        outcome = record_outcome(run=run, **facts, by=self.user, at=self.at)
        return Response(OutcomeShape(outcome).data)

    @extend_schema(request=RunFacts, responses=RunShape)
    @action(detail=True, methods=["patch"])
    def facts(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Set facts of a run; `registry_facts` are merged."""
        run, facts = self.row, self.read(RunFacts)
        self.require_for_signing(run.unit, facts)
        return self.show(record_run_facts(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=ConfirmationInput, responses=RunShape)
    @action(detail=True, methods=["post"], url_path="confirm-limits")
    @idempotent
    def confirm_limits(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that limits and targets were looked at after a conversion, and fit."""
        run, facts = self.row, self.read(ConfirmationInput)
        confirm_limits(run=run, **facts, by=self.user, at=self.at)
        return self.show(run)

    def require_for_signing(self, unit: Unit, facts: Mapping[str, Any]) -> None:
        """Let only those who export to the registry say who abstracted and approved a record."""
        if "signoff" in facts.get("registry_facts", {}):
            require_in_unit(self.user, P.REGISTRY_EXPORT, unit, self.at)
