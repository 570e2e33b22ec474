"""Anticoagulant infusions and what was done to them, through the API."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from labs.actions.infusions import (
    Change,
    Dosing,
    change_infusion,
    start_infusion,
    withdraw_change,
)
from labs.api.base import Confirmable, OfRun, Verifier
from labs.models import Agent, ChangeKind, Infusion, InfusionChange
from labs.queries.infusions import InfusionNow, infusion_now
from patients.models import WeightBasis
from web.endpoints import Endpoint, Listed, Shown
from web.idempotency import idempotent
from web.shapes import (
    EnteredShape,
    Instant,
    Number,
    PersonShape,
    ReasonInput,
    Shape,
    Text,
    fixed,
)

P = Permission


HOLD_EXAMPLE = OpenApiExample(
    "A hold, to be looked at again in two hours",
    {
        "kind": "hold",
        "changed_at": "2026-03-02T11:40:00+01:00",
        "review_at": "2026-03-02T13:40:00+01:00",
        "reason": "bleeding from the drain",
    },
    request_only=True,
)


class ChangeShape(EnteredShape):
    """One thing done to an infusion; `rate` is the one that goes on."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    changed_at = Instant()
    rate = Number(allow_null=True)
    rate_unit = serializers.CharField(source="infusion.rate_unit", help_text="UCUM")
    bolus = Number(allow_null=True)
    bolus_unit = serializers.CharField()
    review_at = Instant(allow_null=True, help_text="of a hold: restart or review by")
    reason = serializers.CharField()
    verified_by = PersonShape(allow_null=True)
    withdrawn_at = Instant(source="withdrawal.at", default=None)
    withdrawn_reason = serializers.CharField(source="withdrawal.reason", default="")


class InfusionShape(Shape):
    """One agent running in one run, as it stands now."""

    public_id = serializers.UUIDField(source="infusion.public_id")
    agent = serializers.ChoiceField(source="infusion.agent", choices=Agent.choices)
    rate_unit = serializers.CharField(source="infusion.rate_unit", help_text="UCUM")
    rate = Number(allow_null=True, help_text="now; null if it was never started")
    is_on_hold = serializers.BooleanField()
    weight_kg = Number(source="infusion.weight_kg", allow_null=True, help_text="dosing weight, kg")
    weight_unit = fixed("kg")
    weight_basis = serializers.CharField(source="infusion.weight_basis")
    concentration = Number(source="infusion.concentration", allow_null=True)
    concentration_unit = serializers.CharField(source="infusion.concentration_unit")
    entered_at = Instant(source="infusion.entered_at")
    entered_by = PersonShape(source="infusion.entered_by")
    changes = ChangeShape(source="infusion.changes.all", many=True)


class Doses(Confirmable):
    """What every change may say. `public_id` may be made by the client."""

    reason = Text(max_length=200)
    verified_by = Verifier()
    public_id = serializers.UUIDField(required=False)


class InfusionInput(Doses):
    """An agent that was started."""

    agent = serializers.ChoiceField(choices=Agent.choices)
    rate_unit = serializers.CharField(max_length=30, help_text="UCUM, for example [IU]/kg/h")
    rate = Number(12, 4)
    started_at = Instant()
    weight_kg = Number(7, 3, allow_null=True, default=None, help_text="dosing weight, kg")
    weight_basis = serializers.ChoiceField(
        choices=WeightBasis.choices, allow_blank=True, default=""
    )
    concentration = Number(10, 3, allow_null=True, default=None)
    concentration_unit = Text(max_length=30)


class ChangeInput(Doses):
    """What was done to an infusion; rates in the infusion's own unit."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    changed_at = Instant()
    rate = Number(12, 4, allow_null=True, default=None)
    bolus = Number(12, 4, allow_null=True, default=None)
    bolus_unit = Text(max_length=30)
    review_at = Instant(allow_null=True, default=None)


class InfusionEndpoint(OfRun, Listed, Shown):
    """The infusions of a run, each with all that was done to it."""

    queryset = Infusion.objects.none()
    serializer_class = InfusionShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.INFUSION_CHANGE,
    }

    def visible_rows(self) -> QuerySet[Infusion]:
        """Of the run."""
        rows: QuerySet[Infusion] = self.parent.infusions.all()
        return with_changes(rows)

    def presented(self, rows: Sequence[Infusion]) -> Sequence[InfusionNow]:
        """Return infusions as they stand now."""
        return [_now(infusion, self) for infusion in rows]

    @extend_schema(request=InfusionInput, responses={201: InfusionShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Start an agent, or start it again; 409 `needs_confirmation` for what looks like a slip."""
        run, facts = self.parent, self.read(InfusionInput)
        change = start_infusion(
            run=run,
            agent=facts["agent"],
            dosing=Dosing(
                rate_unit=facts["rate_unit"],
                weight_kg=facts["weight_kg"],
                weight_basis=facts["weight_basis"],
                concentration=facts["concentration"],
                concentration_unit=facts["concentration_unit"],
            ),
            change=Change(
                kind=ChangeKind.START,
                changed_at=facts["started_at"],
                rate=facts["rate"],
                reason=facts["reason"],
                verified_by=facts["verified_by"],
                public_id=facts.get("public_id"),
            ),
            by=self.user,
            at=self.at,
            confirmed=facts["confirmed"],
        )
        infusion = with_changes(Infusion.objects.filter(pk=change.infusion_id)).get()
        return self.created(infusion)


class ChangeEndpoint(OfRun, Listed):
    """What was done to an infusion, oldest first; what was withdrawn says so."""

    queryset = InfusionChange.objects.none()
    serializer_class = ChangeShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.INFUSION_CHANGE}

    def visible_rows(self) -> QuerySet[InfusionChange]:
        """Of the infusion that the path names."""
        return shown_changes(self.infusion().changes.all())

    def infusion(self) -> Infusion:
        """Return the infusion of the run that the path names."""
        rows: QuerySet[Infusion] = self.parent.infusions.filter(
            public_id=self.kwargs["infusion_id"]
        )
        found = rows.first()
        if found is None:
            raise Http404("This run has no such infusion.")
        return found

    @extend_schema(request=ChangeInput, responses={201: ChangeShape}, examples=[HOLD_EXAMPLE])
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a new rate, bolus, hold, resumption or stop. A fact is at most asked back."""
        infusion, facts = self.infusion(), self.read(ChangeInput)
        confirmed = facts.pop("confirmed")
        change = change_infusion(
            infusion=infusion,
            change=Change(**facts),
            by=self.user,
            at=self.at,
            confirmed=confirmed,
        )
        return self.created(change)


class WithdrawalEndpoint(OfRun, Endpoint):
    """Changes that were entered in error."""

    queryset = InfusionChange.objects.none()
    serializer_class = ChangeShape
    permissions: ClassVar = {"withdraw": P.INFUSION_CHANGE}

    def visible_rows(self) -> QuerySet[InfusionChange]:
        """Changes of the run's infusions."""
        return shown_changes(InfusionChange.objects.filter(infusion__run=self.parent))

    @extend_schema(request=ReasonInput, responses=ChangeShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that a change was entered in error; it stays readable and counts no more."""
        change, facts = self.row, self.read(ReasonInput)
        withdraw_change(change=change, **facts, by=self.user, at=self.at)
        return self.show(self.get_queryset().get(pk=change.pk))


def shown_changes(rows: QuerySet[InfusionChange]) -> QuerySet[InfusionChange]:
    """Fetch what the shape of a change shows."""
    related = rows.select_related("infusion", "entered_by", "verified_by", "withdrawal")
    return related.order_by("changed_at", "pk")


def with_changes(rows: QuerySet[Infusion]) -> QuerySet[Infusion]:
    """Fetch with infusions all that was done to them."""
    changes = shown_changes(InfusionChange.objects.all())
    return rows.select_related("entered_by").prefetch_related(Prefetch("changes", changes))


def _now(infusion: Infusion, view: Endpoint) -> InfusionNow:
    valid = [row for row in infusion.changes.all() if not hasattr(row, "withdrawal")]
    infusion.valid_changes = valid  # type: ignore[attr-defined]  # as `infusions_of` sets it
    return infusion_now(infusion, view.at)
