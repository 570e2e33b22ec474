"""Procedures, cultures, lines about the family and blood drawn, through the API."""

from decimal import Decimal
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from patients.actions import entries
from patients.api.base import OfRun, Withdrawn
from patients.blood import blood_of
from patients.models import (
    BloodDraw,
    CultureSite,
    FamilyEntry,
    FamilyEntryKind,
    Infection,
    Procedure,
    ProcedureKind,
    Run,
)
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Number, Shape, Text, fixed

P = Permission
WRITE: dict[str, Permission] = {
    "list": P.PATIENT_VIEW,
    "create": P.RUN_EDIT,
    "withdraw": P.RUN_EDIT,
}


class ProcedureShape(EnteredShape):
    """One procedure."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    code = serializers.CharField(help_text="the registry's number (CPT); its text is not shipped")
    performed_at = Instant()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class ProcedureInput(Input):
    """A procedure to record."""

    kind = serializers.ChoiceField(choices=ProcedureKind.choices)
    label = Text(max_length=200)  # type: ignore[assignment]  # a field, not the serializer's
    code = serializers.RegexField(r"^[0-9]{0,10}$", required=False, allow_blank=True, default="")
    performed_at = Instant()


class ProcedureEndpoint(Withdrawn):
    """Procedures of a run."""

    queryset = Procedure.objects.none()
    serializer_class = ProcedureShape
    ordering_fields = ("performed_at",)
    permissions: ClassVar = WRITE

    def visible_rows(self) -> QuerySet[Procedure]:
        """Of the run."""
        rows = self.parent.procedures.select_related("entered_by")
        return cast("QuerySet[Procedure]", rows)

    @extend_schema(request=ProcedureInput, responses={201: ProcedureShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a procedure."""
        run, facts = self.parent, self.read(ProcedureInput)
        return self.created(entries.record_procedure(run=run, **facts, by=self.user, at=self.at))


class InfectionShape(EnteredShape):
    """One positive culture."""

    organism = serializers.CharField()
    site = serializers.CharField()
    collected_at = Instant()
    note = serializers.CharField()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class InfectionInput(Input):
    """A positive culture to record; colonisation is none."""

    organism = serializers.CharField(max_length=120)
    site = serializers.ChoiceField(choices=CultureSite.choices)
    collected_at = Instant()
    note = Text(max_length=200)


class InfectionEndpoint(Withdrawn):
    """Positive cultures of a run."""

    queryset = Infection.objects.none()
    serializer_class = InfectionShape
    ordering_fields = ("collected_at",)
    permissions: ClassVar = WRITE

    def visible_rows(self) -> QuerySet[Infection]:
        """Of the run."""
        rows = self.parent.infections.select_related("entered_by")
        return cast("QuerySet[Infection]", rows)

    @extend_schema(request=InfectionInput, responses={201: InfectionShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a positive culture."""
        run, facts = self.parent, self.read(InfectionInput)
        return self.created(entries.record_infection(run=run, **facts, by=self.user, at=self.at))


class FamilyEntryShape(EnteredShape):
    """One line about the family or about consent."""

    kind = serializers.CharField()
    text = serializers.CharField()
    occurred_at = Instant()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class FamilyEntryInput(Input):
    """One line to record."""

    kind = serializers.ChoiceField(choices=FamilyEntryKind.choices)
    text = serializers.CharField(max_length=200)
    occurred_at = Instant()


class FamilyEntryEndpoint(Withdrawn):
    """Lines about the family and about consent, of a run."""

    queryset = FamilyEntry.objects.none()
    serializer_class = FamilyEntryShape
    ordering_fields = ("occurred_at",)
    permissions: ClassVar = WRITE

    def visible_rows(self) -> QuerySet[FamilyEntry]:
        """Of the run."""
        rows = self.parent.family_entries.select_related("entered_by")
        return cast("QuerySet[FamilyEntry]", rows)

    @extend_schema(request=FamilyEntryInput, responses={201: FamilyEntryShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a line."""
        run, facts = self.parent, self.read(FamilyEntryInput)
        return self.created(entries.record_family_entry(run=run, **facts, by=self.user, at=self.at))


class BloodDrawShape(EnteredShape):
    """Blood drawn once."""

    volume_ml = Number()
    unit = fixed("mL")
    drawn_at = Instant()
    note = serializers.CharField()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class BloodDrawInput(Input):
    """Blood drawn, discard included."""

    volume_ml = Number(6, 2, min_value=Decimal("0.05"), max_value=1000, help_text="mL")
    drawn_at = Instant()
    note = Text(max_length=120)


class BloodDrawEndpoint(Withdrawn):
    """Blood drawn for tests in a run."""

    queryset = BloodDraw.objects.none()
    serializer_class = BloodDrawShape
    ordering_fields = ("drawn_at",)
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "withdraw": P.CHECK_RECORD,
    }

    def visible_rows(self) -> QuerySet[BloodDraw]:
        """Of the run."""
        rows = self.parent.blood_draws.select_related("entered_by")
        return cast("QuerySet[BloodDraw]", rows)

    @extend_schema(request=BloodDrawInput, responses={201: BloodDrawShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record blood drawn, in mL."""
        run, facts = self.parent, self.read(BloodDrawInput)
        return self.created(entries.record_draw(run=run, **facts, by=self.user, at=self.at))


class BloodDayShape(Shape):
    """One ECLS day: day 1 is the first 24 h after flow on."""

    ecls_day = serializers.IntegerField()
    products_ml = serializers.DictField(child=Number())
    ml_per_kg = Number(allow_null=True, help_text="mL/kg; null without a weight")
    sampling_ml = Number(help_text="mL")
    sampling_ml_per_kg = Number(allow_null=True)


class BloodShape(Shape):
    """What was given and drawn in a run; the prime and what lay outside the run stand apart."""

    weight_kg = Number(source="weight.weight_kg", default=None, allow_null=True)
    days = BloodDayShape(many=True, source="balance.days")
    total_ml = serializers.DictField(child=Number(), source="balance.total_ml")
    total_ml_per_kg = Number(allow_null=True, source="balance.total_ml_per_kg")
    sampling_ml = Number(source="balance.sampling_ml")
    sampling_ml_per_kg = Number(allow_null=True, source="balance.sampling_ml_per_kg")
    circuit_prime_ml = serializers.DictField(child=Number(), source="balance.circuit_prime_ml")
    outside_run_ml = serializers.DictField(child=Number(), source="balance.outside_run_ml")


ONE_BALANCE: Any = forced_singular_serializer(BloodShape)  # type: ignore[no-untyped-call]  # its untyped


class BloodEndpoint(OfRun):
    """Blood given and drawn in a run, by ECLS day and kilogram."""

    queryset = Run.objects.none()
    serializer_class = BloodShape
    filter_backends: list[Any] = []
    pagination_class = None
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    @extend_schema(operation_id="runs_blood", responses=ONE_BALANCE)
    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return the balance."""
        return Response(BloodShape(blood_of(self.parent)).data)
