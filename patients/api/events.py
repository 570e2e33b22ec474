"""What happened to the patient on ECMO, through the API."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from patients.actions import events
from patients.api.base import OfRun, Withdrawn
from patients.models import BleedingEvent, BloodProduct, Complication, Diagnosis
from web.endpoints import Listed
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Number, Text, fixed

P = Permission


class ComplicationShape(EnteredShape):
    """One complication with its registry code."""

    code = serializers.CharField(help_text="registry code")
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    occurred_at = Instant(allow_null=True, help_text="null: not known")
    note = serializers.CharField()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class ComplicationInput(Input):
    """A complication to record."""

    code = serializers.CharField(max_length=10)
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a field, not the serializer's
    occurred_at = Instant(allow_null=True, help_text="null: not known yet")
    note = Text(max_length=2000)


class ComplicationEndpoint(Withdrawn):
    """Complications of a run."""

    queryset = Complication.objects.none()
    serializer_class = ComplicationShape
    ordering_fields = ("occurred_at",)
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "withdraw": P.RUN_EDIT,
    }

    def visible_rows(self) -> QuerySet[Complication]:
        """Of the run."""
        rows = self.parent.complications.select_related("entered_by")
        return cast("QuerySet[Complication]", rows)

    @extend_schema(request=ComplicationInput, responses={201: ComplicationShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a complication."""
        run, facts = self.parent, self.read(ComplicationInput)
        return self.created(events.record_complication(run=run, **facts, by=self.user, at=self.at))


class BleedingShape(EnteredShape):
    """One bleeding, open until it stops."""

    grade = serializers.IntegerField(help_text="1 to 4")
    site = serializers.CharField()
    starts_at = Instant()
    ends_at = Instant(allow_null=True)


class BleedingInput(Input):
    """A bleeding to record."""

    grade = serializers.IntegerField(min_value=1, max_value=4)
    site = serializers.CharField(max_length=120)
    starts_at = Instant()


class BleedingEnd(Input):
    """When a bleeding stopped."""

    ends_at = Instant()


class BleedingEndpoint(OfRun, Listed):
    """Bleedings of a run."""

    queryset = BleedingEvent.objects.none()
    serializer_class = BleedingShape
    ordering_fields = ("starts_at",)
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "end": P.CHECK_RECORD,
    }

    def visible_rows(self) -> QuerySet[BleedingEvent]:
        """Of the run."""
        rows = self.parent.bleedings.select_related("entered_by")
        return cast("QuerySet[BleedingEvent]", rows)

    @extend_schema(request=BleedingInput, responses={201: BleedingShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a bleeding of grade 1 to 4."""
        run, facts = self.parent, self.read(BleedingInput)
        return self.created(events.record_bleeding(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=BleedingEnd, responses=BleedingShape)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record that a bleeding stopped."""
        row, facts = self.row, self.read(BleedingEnd)
        return self.show(events.end_bleeding(bleeding=row, **facts, by=self.user, at=self.at))


class BloodProductShape(EnteredShape):
    """One product begun: to the patient or to the circuit's prime."""

    product = serializers.CharField()
    volume_ml = Number()
    unit = fixed("mL")
    given_to = serializers.CharField()
    donation_id = serializers.CharField()
    product_code = serializers.CharField()
    abo_rhd = serializers.CharField()
    expires_at = Instant(allow_null=True)
    indication = serializers.CharField()
    started_at = Instant()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class BloodProductInput(Input):
    """A product that was begun."""

    product = serializers.CharField(max_length=40, help_text="for example red_cells, plasma")
    volume_ml = Number(7, 1, min_value=1, help_text="mL")
    unit = serializers.ChoiceField(choices=["mL"], default="mL")
    given_to = serializers.ChoiceField(choices=["patient", "circuit"])
    started_at = Instant()
    donation_id = Text(max_length=40)
    product_code = Text(max_length=20)
    abo_rhd = Text(max_length=20)
    expires_at = Instant(required=False, allow_null=True)
    indication = Text(max_length=40)
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        help_text="`identity`: a bag of the prime has no more identity than this",
    )


class BloodProductEndpoint(Withdrawn):
    """Blood products of a run."""

    queryset = BloodProduct.objects.none()
    serializer_class = BloodProductShape
    ordering_fields = ("started_at",)
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "withdraw": P.CHECK_RECORD,
    }

    def visible_rows(self) -> QuerySet[BloodProduct]:
        """Of the run."""
        rows = self.parent.blood_products.select_related("entered_by")
        return cast("QuerySet[BloodProduct]", rows)

    @extend_schema(request=BloodProductInput, responses={201: BloodProductShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a product begun, in mL; 409 `needs_confirmation` for a prime without identity."""
        run, facts = self.parent, self.read(BloodProductInput)
        facts.pop("unit")
        return self.created(events.record_product(run=run, **facts, by=self.user, at=self.at))


class DiagnosisShape(EnteredShape):
    """One diagnosis."""

    icd10 = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer\'s
    is_primary = serializers.BooleanField()
    withdrawn_at = Instant(allow_null=True, help_text="entered in error")


class DiagnosisInput(Input):
    """A diagnosis to record; without a text it is the one of the centre's list."""

    icd10 = Text(max_length=10)
    label = Text(max_length=200)  # type: ignore[assignment]  # a field, not the serializer\'s
    is_primary = serializers.BooleanField(default=False)


class DiagnosisEndpoint(Withdrawn):
    """Diagnoses of a run."""

    queryset = Diagnosis.objects.none()
    serializer_class = DiagnosisShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "withdraw": P.RUN_EDIT,
    }

    def visible_rows(self) -> QuerySet[Diagnosis]:
        """Of the run."""
        rows = self.parent.diagnoses.select_related("entered_by")
        return cast("QuerySet[Diagnosis]", rows)

    @extend_schema(request=DiagnosisInput, responses={201: DiagnosisShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a diagnosis; several may be called primary until the findings are settled."""
        run, facts = self.parent, self.read(DiagnosisInput)
        return self.created(events.record_diagnosis(run=run, **facts, by=self.user, at=self.at))
