"""Standby circuits and what must be at hand, through the API."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit, User
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.actions.activate import Replacing, activate_standby
from circuits.actions.kit import add_kit, look_at_kit, retire_kit
from circuits.actions.prime import prime_standby, record_prime_chemistry
from circuits.actions.standby import (
    assemble_standby,
    begin_standby_list,
    change_standby,
    end_look,
    standby_of,
)
from circuits.api.base import new_part
from circuits.api.standby_shapes import (
    ActivationInput,
    BegunShape,
    ChecklistKindInput,
    ChemistryInput,
    KitItemInput,
    KitShape,
    LookInput,
    PrimeInput,
    RetireInput,
    StandbyInput,
    StandbyShape,
    StandbyStatusInput,
)
from circuits.models import KitItem, StandbyCircuit
from circuits.readiness import KitRow, StandbyRow, kit_row, standby_row
from patients.models import Run
from web.checklist_api import ChecklistEndpoint
from web.endpoints import Endpoint, Listed, Shown
from web.idempotency import idempotent
from web.models import ChecklistRun

P = Permission


class OfUnit(Endpoint):
    """What endpoints of equipment share."""

    def unit_named(self, public_id: UUID | str) -> Unit:
        """Return a unit that the body names, in which the user may do this."""
        unit = units_of(self.user, self.permission, self.at).filter(public_id=public_id).first()
        if unit is None:
            raise serializers.ValidationError({"unit": "In this unit you may not do that."})
        return unit

    def person(self, name: str, public_id: UUID | None) -> User | None:
        """Return a person that the body names, if it names one."""
        if public_id is None:
            return None
        found = User.objects.filter(public_id=public_id, is_active=True).first()
        if found is None:
            raise serializers.ValidationError({name: "There is nobody of that name."})
        return found


class StandbyEndpoint(OfUnit, Listed, Shown):
    """Standby circuits of one's units."""

    queryset = StandbyCircuit.objects.none()
    serializer_class = StandbyShape
    rows = StandbyCircuit.objects.select_related("unit__centre", "entered_by")
    ordering_fields = ("label", "assembled_at")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "create": P.STANDBY_KEEP,
        "prime": P.STANDBY_KEEP,
        "chemistry": P.STANDBY_KEEP,
        "change_status": P.STANDBY_KEEP,
        "connect": P.COMPONENT_EXCHANGE,
        "begin_list": P.CHECKLIST_ANSWER,
    }

    def visible_rows(self) -> QuerySet[StandbyCircuit]:
        """Of one's units."""
        rows = super().visible_rows().select_related("unit__centre", "entered_by")
        return rows.order_by("location", "label", "pk")

    def presented(self, rows: Sequence[StandbyCircuit]) -> Sequence[StandbyRow]:
        """Return circuits with their clocks."""
        return [standby_row(row, self.at) for row in rows]

    @extend_schema(request=StandbyInput, responses={201: StandbyShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Put a circuit together. 409 `part_in_use` for a part that is used or reserved."""
        facts = self.read(StandbyInput)
        facts["unit"] = self.unit_named(facts["unit"])
        parts = [new_part(one, self.user, self.at) for one in facts.pop("parts")]
        return self.created(assemble_standby(**facts, parts=parts, by=self.user, at=self.at))

    @extend_schema(request=PrimeInput, responses=StandbyShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def prime(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Fill a circuit: its time counts from then."""
        standby, facts = self.row, self.read(PrimeInput)
        facts["primed_by"] = self.person("primed_by", facts.get("primed_by")) or self.user
        facts["verified_by"] = self.person("verified_by", facts.get("verified_by"))
        prime_standby(standby=standby, **facts, by=self.user, at=self.at)
        return self.show(standby)

    @extend_schema(request=ChemistryInput, responses=StandbyShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def chemistry(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Keep an analysis. 409 `needs_confirmation` for a value outside a line."""
        standby, facts = self.row, self.read(ChemistryInput)
        prime = standby.primes.last()
        if prime is None:
            raise serializers.ValidationError("This circuit is dry: there is nothing to analyse.")
        facts["overridden_by"] = self.person("overridden_by", facts.get("overridden_by"))
        record_prime_chemistry(prime=prime, **facts, by=self.user, at=self.at)
        return self.show(standby)

    @extend_schema(request=StandbyStatusInput, responses=StandbyShape)
    @action(detail=True, methods=["post"], url_path="status")
    @idempotent
    def change_status(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Set a circuit apart, discard it, or take it back."""
        standby, facts = self.row, self.read(StandbyStatusInput)
        return self.show(change_standby(standby=standby, **facts, by=self.user, at=self.at))

    @extend_schema(request=ActivationInput, responses=StandbyShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def connect(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record that a circuit carries a patient. 409 `needs_confirmation` past its time."""
        standby, facts = self.row, self.read(ActivationInput)
        run = self.find(Run.objects.all(), facts.pop("run"))
        when, confirmed = facts.pop("activated_at"), facts.pop("confirmed")
        activate_standby(
            run=run,
            standby=standby,
            activated_at=when,
            replacing=Replacing(**facts),
            confirmed=confirmed,
            by=self.user,
            at=self.at,
        )
        standby.refresh_from_db()
        return self.show(standby)

    @extend_schema(request=ChecklistKindInput, responses={201: BegunShape})
    @action(detail=True, methods=["post"], url_path="checklists")
    @idempotent
    def begin_list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Begin a list of the circuit, or go on with the one that is open."""
        standby, facts = self.row, self.read(ChecklistKindInput)
        begun = begin_standby_list(standby=standby, **facts, by=self.user, at=self.at)
        return Response(BegunShape(begun).data, status=status.HTTP_201_CREATED)


class StandbyChecklistEndpoint(ChecklistEndpoint):
    """Checklists of one's units: a weekly check that is closed sets when the next is due."""

    def close(self, checklist: ChecklistRun) -> None:
        """End a list; that of a standby circuit moves its clock."""
        standby = standby_of(checklist)
        if standby is None:
            super().close(checklist)
        else:
            end_look(standby=standby, checklist=checklist, by=self.user, at=self.at)


class KitEndpoint(OfUnit, Listed, Shown):
    """What must be at hand in one's units: not looked at is not ready."""

    queryset = KitItem.objects.none()
    serializer_class = KitShape
    rows = KitItem.objects.select_related("unit__centre")
    ordering_fields = ("kind", "label")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "create": P.STANDBY_KEEP,
        "look": P.CHECKLIST_ANSWER,
        "retire": P.STANDBY_KEEP,
    }

    def visible_rows(self) -> QuerySet[KitItem]:
        """Of one's units, without what was taken off the board."""
        rows = super().visible_rows().filter(retired_at=None).select_related("unit__centre")
        return rows.order_by("kind", "label", "pk")

    def presented(self, rows: Sequence[KitItem]) -> Sequence[KitRow]:
        """Return things with their newest look."""
        return [kit_row(row, self.at) for row in rows]

    @extend_schema(request=KitItemInput, responses={201: KitShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """List a thing; it is not ready before somebody has looked at it."""
        facts = self.read(KitItemInput)
        facts["unit"] = self.unit_named(facts["unit"])
        return self.created(add_kit(**facts, by=self.user, at=self.at))

    @extend_schema(request=LookInput, responses=KitShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def look(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what a look found."""
        item, facts = self.row, self.read(LookInput)
        look_at_kit(item=item, **facts, by=self.user, at=self.at)
        return self.show(item)

    @extend_schema(request=RetireInput, responses=KitShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def retire(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take a thing off the board; its looks stay in the history."""
        item, facts = self.row, self.read(RetireInput)
        return self.show(retire_kit(item=item, **facts, by=self.user, at=self.at))
