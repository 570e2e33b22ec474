"""Circuits and components through the API; the device catalogue."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.exchange import (
    install_component,
    open_circuit,
    record_fate,
    remove_component,
)
from circuits.actions.reviews import defer_review
from circuits.api.base import OfRun, new_part
from circuits.api.part_shapes import (
    CircuitInput,
    CircuitShape,
    ComponentInput,
    ComponentRemoval,
    ComponentShape,
    FateInput,
    ReviewDeferralInput,
)
from circuits.lives import Life, lives
from circuits.models import Circuit, ComponentKind, ComponentUse
from circuits.queries import uses_of
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission


class CircuitEndpoint(OfRun, Listed):
    """The circuits of a run."""

    queryset = Circuit.objects.none()
    serializer_class = CircuitShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.COMPONENT_EXCHANGE}

    def visible_rows(self) -> QuerySet[Circuit]:
        """Of the run."""
        rows = self.parent.circuits.select_related("entered_by")
        return cast("QuerySet[Circuit]", rows)

    @extend_schema(request=CircuitInput, responses={201: CircuitShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Open a circuit; a label that the run has already names the same circuit."""
        run, facts = self.parent, self.read(CircuitInput)
        return self.created(open_circuit(run=run, **facts, by=self.user, at=self.at))


class ComponentFilter(Filters):
    """Which components."""

    kind = django_filters.ChoiceFilter(choices=ComponentKind.choices)
    installed = django_filters.BooleanFilter(
        field_name="removed_at", lookup_expr="isnull", label="still in the circuit"
    )


class PartsOfRun(OfRun):
    """What endpoints of parts share: how a body names one."""

    def use_of(self, public_id: UUID) -> ComponentUse:
        """Return a component of this run that the body names."""
        use = uses_of(self.parent).filter(public_id=public_id).first()
        if use is None:
            raise ValidationError({"component": "This run has no such component."})
        return use


class ComponentEndpoint(PartsOfRun, Listed, Shown):
    """The components of a run: hours, review clock and signals of each."""

    queryset = ComponentUse.objects.none()
    serializer_class = ComponentShape
    filterset_class = ComponentFilter
    ordering_fields = ("installed_at", "kind")
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.COMPONENT_EXCHANGE,
        "remove": P.COMPONENT_EXCHANGE,
        "defer": P.COMPONENT_EXCHANGE,
        "fate": P.COMPONENT_EXCHANGE,
    }

    def presented(self, rows: Sequence[ComponentUse]) -> Sequence[Life]:
        """Return uses with their lives."""
        wanted = {row.pk: index for index, row in enumerate(rows)}
        found = [life for life in lives(self.parent, self.at) if life.use.pk in wanted]
        return sorted(found, key=lambda life: wanted[life.use.pk])

    def visible_rows(self) -> QuerySet[ComponentUse]:
        """Of the run."""
        return uses_of(self.parent)

    @extend_schema(request=ComponentInput, responses={201: ComponentShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Install a part. What is in already is never refused, also when it has expired.

        409 `needs_confirmation` when by the count nothing of its lot was left; sent again with
        `last_of_lot` in `confirmed` it is accepted.
        """
        run, facts = self.parent, self.read(ComponentInput)
        installed_at, confirmed = facts.pop("installed_at"), facts.pop("confirmed")
        circuit = self._circuit(run, facts, installed_at)
        use = install_component(
            circuit=circuit,
            part=new_part(facts, self.user, self.at),
            installed_at=installed_at,
            by=self.user,
            at=self.at,
            confirmed=confirmed,
        )
        return self.created(use)

    @extend_schema(request=ComponentRemoval, responses=ComponentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def remove(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take a part out without another in its place."""
        use, facts = self.row, self.read(ComponentRemoval)
        return self.show(remove_component(use=use, **facts, by=self.user, at=self.at))

    @extend_schema(request=ReviewDeferralInput, responses=ComponentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def defer(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put its review off. 409 `more_than_24_h` or `not_after`: a plan may be refused."""
        use, facts = self.row, self.read(ReviewDeferralInput)
        return self.show(defer_review(use=use, **facts, by=self.user, at=self.at).use)

    @extend_schema(request=FateInput, responses=ComponentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def fate(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say where a part went that came out; 409 `not_in_circuit` while it is in."""
        use, facts = self.row, self.read(FateInput)
        return self.show(record_fate(use=use, **facts, by=self.user, at=self.at))

    def _circuit(self, run: Run, facts: dict[str, Any], installed_at: Any) -> Circuit:
        label, public_id = facts.pop("circuit_label", None), facts.pop("circuit", None)
        if label is not None:
            return open_circuit(
                run=run, label=label, started_at=installed_at, by=self.user, at=self.at
            )
        circuit = run.circuits.filter(public_id=public_id).first()
        if circuit is None:
            raise ValidationError({"circuit": "This run has no such circuit."})
        return circuit
