"""Emergencies: the clock, what was said and given, and what was learned at once."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.incident import HarmDone
from patients.models import Run


class EmergencyQuerySet(models.QuerySet["Emergency"]):
    def running(self) -> "EmergencyQuerySet":
        """Emergencies that nobody has ended."""
        return self.filter(ended_at=None)

    def locked(self, pk: int) -> "Emergency":
        """Return the emergency as it is now, locked until the transaction ends."""
        rows = self.select_for_update(of=("self",), no_key=True)
        return rows.select_related("unit__centre", "run__patient").get(pk=pk)

    def visible_to(self, user: User, at: datetime) -> "EmergencyQuerySet":
        """Emergencies of one's units; those of a patient only where one may see patients."""
        kit = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        patients = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(
            Q(run=None, unit__in=kit.values("pk")) | Q(unit__in=patients.values("pk"))
        )


@tracked
class Emergency(models.Model):
    """One emergency, perhaps of a patient who is named later. Its cards are checklist runs."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="emergencies")
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="emergencies")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    harm = models.CharField(max_length=12, choices=HarmDone, default=HarmDone.NOT_KNOWN)
    effect = models.CharField("what it did to the patient", max_length=300, blank=True)
    entered_at = models.DateTimeField()

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        ordering = [F("ended_at").desc(nulls_first=True), "-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("started_at"), ended_by__isnull=False),
                name="circuits_emergency_ended_after_start_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(started_at__lte=F("entered_at")),
                name="circuits_emergency_started_before_entered",
            ),
        ]

    def __str__(self) -> str:
        return f"Emergency in {self.unit}, {self.started_at:%Y-%m-%d %H:%M}"


class EntryKind(models.TextChoices):
    NOTE = "note", "Note"
    DRUG = "drug", "Drug or blood product given"
    READING = "reading", "Reading"
    CALL = "call", "Call"


@tracked
class EmergencyEntry(models.Model):
    """One line said, given, read or called in an emergency. Written once."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    emergency = models.ForeignKey(Emergency, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=7, choices=EntryKind)
    text = models.CharField("in words, each number with its unit", max_length=300)
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["occurred_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="circuits_emergencyentry_says_something"
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("entered_at")),
                name="circuits_emergencyentry_occurred_before_entered",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


@tracked
class Debrief(models.Model):
    """What those who were there said soon after. Protected: read with a right of its own."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    emergency = models.ForeignKey(Emergency, models.PROTECT, related_name="debriefs")
    led_by = models.CharField(max_length=150)
    held_at = models.DateTimeField()
    went_well = models.TextField(blank=True)
    to_fix = models.TextField("to be mended", blank=True)
    equipment_faults = models.TextField("faults of equipment", blank=True)
    staff_ok = models.BooleanField("everybody who was there is all right", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["held_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(went_well="", to_fix="", equipment_faults=""),
                name="circuits_debrief_says_something",
            ),
            models.CheckConstraint(
                condition=Q(held_at__lte=F("entered_at")),
                name="circuits_debrief_held_before_entered",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Debrief led by {self.led_by}, {self.held_at:%Y-%m-%d %H:%M}"
