"""The bedside circuit check."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from patients.models import Run, WeaningKind


class CheckKind(models.TextChoices):
    HOURLY = "hourly", "Hourly"
    Q4H = "q4h", "Four-hourly"
    SHIFT = "shift", "Shift"
    DAILY = "daily", "Daily"
    EVENT = "event", "Event"
    HANDOVER = "handover", "Handover"
    TRANSPORT = "transport", "Transport"
    SHORT = "short", "Short"


class CheckQuerySet(models.QuerySet["Check"]):
    def current(self) -> "CheckQuerySet":
        """The newest version of each check that stands."""
        return self.newest().filter(is_withdrawn=False)

    def newest(self) -> "CheckQuerySet":
        """The newest version of each check, also of those that were entered in error."""
        return self.filter(superseded_by=None)

    def visible_to(self, user: User, at: datetime) -> "CheckQuerySet":
        """Checks of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(run__unit__in=units.values("pk"))


def read_value(measure: str, digits: int, places: int) -> "models.GeneratedField":
    """Return a column that the database reads out of the document, for alarms and queries."""
    field = models.DecimalField(max_digits=digits, decimal_places=places)
    return models.GeneratedField(
        expression=Cast(KT(f"document__values__{measure}__value"), field),
        output_field=field,
        db_persist=True,
        null=True,
    )


@tracked
class Check(models.Model):
    """One version of one bedside check: an immutable document.

    `document` = {"values": {measure: {"value": "4.10", "method": "typed|same|device",
    "as_entered": ..., "confirmed": rule}}, "not_done": {measure: reason},
    "findings": {item: answer}, "derived": {measure: value}, "context": {mode, weight_kg, ...}}.
    Decimals are strings. It comes in through one door, `circuits.document`.
    """

    public_id = models.UUIDField("one per version", default=uuid4, unique=True)
    root_id = models.UUIDField("the check, whatever the version", default=uuid4, db_index=True)
    version = models.PositiveSmallIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    run = models.ForeignKey(Run, models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=10, choices=CheckKind, default=CheckKind.HOURLY)
    trial = models.CharField(max_length=20, choices=WeaningKind, blank=True)
    checked_at = models.DateTimeField("read at the bedside")
    entered_at = models.DateTimeField("became known")
    performed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    transmitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    device_at = models.DateTimeField("clock of the device", null=True, blank=True)
    reason = models.CharField("why amended", max_length=300, blank=True)
    is_withdrawn = models.BooleanField("entered in error", default=False)
    note = models.TextField(blank=True)
    document = models.JSONField()
    blood_flow = read_value("blood_flow", 8, 3)
    pump_speed = read_value("pump_speed", 8, 1)
    sweep_gas_flow = read_value("sweep_gas_flow", 8, 3)
    fdo2 = read_value("fdo2", 5, 3)
    p_drainage = read_value("p_drainage", 8, 1)

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_at", "-entered_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None)
                | Q(version__gt=1, supersedes__isnull=False) & ~Q(reason=""),
                name="circuits_check_amended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(version__gt=1),
                name="circuits_check_withdrawn_by_a_later_version",
            ),
            models.UniqueConstraint(
                fields=["root_id", "version"], name="circuits_check_version_unique"
            ),
        ]
        indexes = [models.Index(fields=["run", "-checked_at"], name="circuits_check_run_time")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"check of {self.checked_at:%Y-%m-%d %H:%M}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit
