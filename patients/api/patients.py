"""Patients through the API: search, admit, look at, correct."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require_in_unit
from accounts.permissions import Permission
from patients.actions.patient import admit_patient, correct_patient
from patients.models import Patient, Run, Sex
from patients.models.patient import PatientQuerySet
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import (
    Input,
    Instant,
    Shape,
    UnitField,
    UnitShape,
    optional_text,
)

P = Permission


EXAMPLE = OpenApiExample(
    "A patient of an invented hospital",
    {
        "unit": "3f2b7c9a-0a52-4f5e-8f77-0d2f6f1f9b11",
        "mrn": "MRN0001",
        "assigning_authority": "HOSP",
        "family_name": "Samplewell",
        "given_name": "Vega",
        "born_at": "1964-09-30T00:00:00+01:00",
        "sex": "female",
        "bed": "7",
    },
    request_only=True,
)


class RunNameShape(Shape):
    """A run, by number and times."""

    public_id = serializers.UUIDField()
    run_no = serializers.IntegerField()
    started_at = Instant(help_text="flow on")
    ended_at = Instant(allow_null=True, help_text="flow off; null while flow is on")


class PatientShape(Shape):
    """One person, known by the MRN that one authority gave in one centre."""

    public_id = serializers.UUIDField()
    unit = UnitShape()
    mrn = serializers.CharField()
    assigning_authority = serializers.CharField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    born_at = Instant(allow_null=True)
    is_birth_time_known = serializers.BooleanField()
    sex = serializers.ChoiceField(choices=Sex.choices)
    race = serializers.CharField(help_text="as the registry asks it")
    bed = serializers.CharField()
    registry_id = serializers.CharField()
    merged_into = serializers.UUIDField(
        source="merged_into.public_id", allow_null=True, default=None, help_text="the record kept"
    )
    entered_at = Instant(help_text="when it became known here")
    runs = RunNameShape(many=True)


class PatientFacts(Input):
    """Who a patient is said to be."""

    mrn = serializers.CharField(max_length=40)
    family_name = serializers.CharField(max_length=200)
    given_name = optional_text(200)
    assigning_authority = optional_text(40)
    born_at = Instant(required=False, allow_null=True)
    is_birth_time_known = serializers.BooleanField(required=False)
    sex = serializers.ChoiceField(choices=Sex.choices, required=False)
    race = optional_text(60)
    bed = optional_text(20)
    registry_id = optional_text(40)


class PatientInput(PatientFacts):
    """A patient to admit. `public_id` may be made by the client."""

    unit = UnitField()
    public_id = serializers.UUIDField(required=False)


class PatientCorrection(PatientFacts):
    """What is corrected about a patient, and why."""

    reason = serializers.CharField(max_length=200)


class PatientFilter(Filters):
    """Which patients."""

    search = django_filters.CharFilter(method="named", label="words of the name, or the MRN")
    mrn = django_filters.CharFilter(lookup_expr="iexact")
    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    is_running = django_filters.BooleanFilter(method="on_ecmo", label="flow is on")

    def named(self, rows: PatientQuerySet, _name: str, text: str) -> PatientQuerySet:
        """Rows whose name or MRN contains every word."""
        return rows.named(text)

    def on_ecmo(self, rows: PatientQuerySet, _name: str, value: bool) -> PatientQuerySet:  # noqa: FBT001 - django-filter's call
        """Rows with a run that has not ended, or without one."""
        running = Run.objects.running().values("patient")
        return rows.filter(pk__in=running) if value else rows.exclude(pk__in=running)


class PatientEndpoint(Listed, Shown):
    """Patients: search, admit, look at, correct."""

    queryset = Patient.objects.none()
    rows = Patient.objects
    serializer_class = PatientShape
    filterset_class = PatientFilter
    ordering_fields = ("sort_key", "entered_at")
    whose = "public_id"
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.PATIENT_EDIT,
        "partial_update": P.PATIENT_EDIT,
    }

    def visible_rows(self) -> QuerySet[Patient]:
        """Patients with those of their runs that the user may see."""
        return with_runs(Patient.objects.visible_to(self.user, self.at), self)

    @extend_schema(request=PatientInput, responses={201: PatientShape}, examples=[EXAMPLE])
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Admit a patient to a unit; 409 `mrn_taken` if the centre knows the MRN already."""
        facts = self.read(PatientInput)
        require_in_unit(self.user, self.permission, facts["unit"], self.at)
        return self.created(admit_patient(**facts, by=self.user, at=self.at))

    @extend_schema(request=PatientCorrection, responses=PatientShape)
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Correct who a patient is said to be; the history keeps what was said before."""
        patient: Patient = self.row
        facts = self.read(PatientCorrection, partial=True)
        if not facts.get("reason"):
            raise serializers.ValidationError({"reason": "Say why: it stays in the history."})
        return self.show(correct_patient(patient=patient, **facts, by=self.user, at=self.at))


def with_runs(rows: QuerySet[Patient], view: Endpoint) -> QuerySet[Patient]:
    """Fetch what the shape of a patient shows: the unit, and the runs that the user may see."""
    runs = Run.objects.visible_to(view.user, view.at).order_by("run_no")
    return rows.select_related("unit", "centre", "merged_into").prefetch_related(
        Prefetch("runs", runs)
    )
