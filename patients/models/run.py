"""One stretch of ECMO support."""

from datetime import datetime
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import tracked
from patients.models.patient import Patient
from web.ranges import TsTzRange


class SupportType(models.TextChoices):
    PULMONARY = "pulmonary", "Pulmonary"
    CARDIAC = "cardiac", "Cardiac"
    ECPR = "ecpr", "ECPR"


class EndReason(models.TextChoices):
    """Why a run ended; the registry's own codes are mapped in reports.elso."""

    EXPECTED_RECOVERY = "expected_recovery", "Expected recovery"
    DEATH_OR_POOR_PROGNOSIS = "death_or_poor_prognosis", "Death or poor prognosis"
    COMPLICATION = "complication", "Complication"
    RESOURCE_LIMITATION = "resource_limitation", "Resource limitation"
    TRANSPLANT = "transplant", "Transplant"
    VAD = "vad", "Durable VAD"
    TRANSFERRED_ON_ECLS = "transferred_on_ecls", "Transferred on ECLS"


class RunQuerySet(models.QuerySet["Run"]):
    def running(self) -> "RunQuerySet":
        """Runs with flow on."""
        return self.filter(ended_at=None)

    def visible_to(self, user: User, at: datetime) -> "RunQuerySet":
        """Runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(unit__in=units.values("pk"))

    def locked(self, pk: int) -> "Run":
        """Take the run's lock: every write under a run takes it first, and no other."""
        return (
            self.select_for_update(of=("self",))
            .select_related("unit__centre", "patient")
            .get(pk=pk)
        )


@tracked
class Run(models.Model):
    """One stretch of ECMO support: from first flow to flow off.

    It starts with flow on and a time; all else (mode, weight, cannulas, UDI) is owed afterwards.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="runs")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="runs")
    run_no = models.PositiveSmallIntegerField("run number")
    support_type = models.CharField(max_length=20, choices=SupportType, blank=True)
    started_at = models.DateTimeField("flow on")
    started_here_at = models.DateTimeField(
        "arrived here on ECLS (transferred in)", null=True, blank=True
    )
    ended_at = models.DateTimeField("flow off", null=True, blank=True)
    end_reason = models.CharField(max_length=40, choices=EndReason, blank=True)
    height_cm = models.DecimalField(
        "height (cm)", max_digits=4, decimal_places=1, null=True, blank=True
    )
    registry_facts = models.JSONField(
        "what the registry asks once a run and no other row holds", default=dict, blank=True
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "run_no"], name="patients_run_number_unique_in_patient"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="patients_run_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | Q(ended_at__isnull=False),
                name="patients_run_reason_only_when_ended",
            ),
            ExclusionConstraint(
                name="patients_run_no_overlap_of_a_patient",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    (
                        TsTzRange("started_at", "ended_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["unit"], condition=Q(ended_at=None), name="patients_run_running")
        ]

    def __str__(self) -> str:
        return f"Run {self.run_no} of {self.patient}"

    def get_absolute_url(self) -> str:
        """Return the run's page."""
        return reverse("circuits:run-overview", args=[self.public_id])

    @property
    def is_running(self) -> bool:
        """Flow is on."""
        return self.ended_at is None

    def locked(self) -> "Run":
        """Take the run's lock; return the row as it is now, with unit and patient as fetched."""
        fresh = Run.objects.select_for_update().get(pk=self.pk)
        fresh.unit, fresh.patient = self.unit, self.patient
        return fresh
