"""What needs someone, until it no longer does; and what falls due."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from clinical.findings import Severity
from patients.models import Run


class Category(models.TextChoices):
    """Paperwork is not physiology: it never ranks, looks or pages like a value out of limits."""

    PHYSIOLOGY = "physiology", "Patient and circuit"
    PAPERWORK = "paperwork", "Records and reviews"
    SAFETY = "safety", "Safety event"


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> "AlertQuerySet":
        """Alerts whose finding still holds."""
        return self.filter(closed_at=None)

    def attention(self) -> "AlertQuerySet":
        """Alerts about patient, circuit or safety; overdue paperwork has its own quiet place."""
        return self.exclude(category=Category.PAPERWORK)

    def visible_to(self, user: User, at: datetime) -> "AlertQuerySet":
        """Alerts of units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(unit__in=units.values("pk"))


@tracked
class Alert(models.Model):
    """A finding that someone must act on, from when it was known until it is gone.

    It belongs to a unit, perhaps to a run. The side is in the code (`p_drainage.low`).
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="alerts")
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="alerts")
    subject = models.CharField("key of what it is about, within unit or run", max_length=80)
    code = models.CharField(max_length=60)
    category = models.CharField(max_length=12, choices=Category, default=Category.PHYSIOLOGY)
    severity = models.PositiveSmallIntegerField(
        choices=[(s.value, s.name.title()) for s in Severity]
    )
    message = models.TextField()
    parameter = models.CharField(max_length=40, blank=True)
    side = models.CharField(max_length=4, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    comparator = models.CharField(max_length=2, blank=True)
    value_unit = models.CharField("unit of the value (UCUM)", max_length=30, blank=True)
    limit = models.DecimalField(
        "limit as valid at that time", max_digits=16, decimal_places=6, null=True, blank=True
    )
    measured_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField("outside since", null=True, blank=True)
    source = models.CharField("key of the check or result", max_length=120, blank=True)
    opened_at = models.DateTimeField("became known")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-severity", "opened_at", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "code", "subject"],
                condition=Q(closed_at=None, run__isnull=False),
                name="alerts_alert_one_open_per_run_and_code",
            ),
            models.UniqueConstraint(
                fields=["unit", "code", "subject"],
                condition=Q(closed_at=None, run=None),
                name="alerts_alert_one_open_per_unit_and_code",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "run"], condition=Q(closed_at=None), name="alerts_alert_open"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Change(models.TextChoices):
    OPENED = "opened"
    ESCALATED = "escalated"
    EASED = "eased"
    CLOSED = "closed"


class AlertChange(models.Model):
    """What was known when: each opening, escalation, easing and closing of an alert."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    change = models.CharField(max_length=10, choices=Change)
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    run_ended = models.BooleanField("closed because the run ended", default=False)
    why = models.CharField("why it closed, if not by itself", max_length=80, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.alert} {self.change}"


class Acknowledgement(models.Model):
    """Somebody has seen an alert at a severity; it stays open."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="acknowledgements")
    severity = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.alert} seen by {self.by}"


class DueQuerySet(models.QuerySet["Due"]):
    def open(self) -> "DueQuerySet":
        """What is still owed."""
        return self.filter(settled_at=None)

    def visible_to(self, user: User, at: datetime) -> "DueQuerySet":
        """Due rows of units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(unit__in=units.values("pk"))


@tracked
class Due(models.Model):
    """What is due: one open row per subject and kind, a projection rewritten by `reassess_*`."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="dues")
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="dues")
    subject = models.CharField(max_length=80)
    kind = models.SlugField(max_length=40)
    label = models.CharField("what is to be done", max_length=200)
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField("counts as late after")
    owner = models.CharField("role that owes it", max_length=40, blank=True)
    rule = models.CharField("rule and version", max_length=80)
    anchor = models.DateTimeField("counted from", null=True, blank=True)
    inputs = models.JSONField("why it is due then", default=dict)
    is_pending = models.BooleanField("done, answer awaited", default=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "subject", "kind"],
                condition=Q(settled_at=None),
                name="alerts_due_one_open_per_subject_and_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["run", "due_at"], condition=Q(settled_at=None), name="alerts_due_open"
            )
        ]

    def __str__(self) -> str:
        return self.label
