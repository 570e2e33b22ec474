"""Exchanges: what was changed at one time, how urgently, for how long support was off."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.circuit import Circuit
from circuits.models.component import ComponentUse, RemovalReason
from patients.models import Run
from web.models import Attachment


class Urgency(models.TextChoices):
    """How soon it had to be (bedside reference 3.7)."""

    EMERGENT = "emergent", "Emergent: within minutes"
    URGENT = "urgent", "Urgent: within hours"
    PLANNED = "planned", "Planned: in daytime, with the team"
    ELECTIVE = "elective", "Elective: after a review"
    NOT_TOLD = "", "Not told"


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    def visible_to(self, user: User, at: datetime) -> "ExchangeQuerySet":
        """Exchanges of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(run__unit__in=units.values("pk"))


@tracked
class Exchange(models.Model):
    """One exchange: of a part, of several, or (`new_circuit`) of the whole circuit."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="exchanges")
    circuit = models.ForeignKey(Circuit, models.PROTECT, related_name="exchanges")
    new_circuit = models.ForeignKey(
        Circuit, models.PROTECT, null=True, blank=True, related_name="begun_by"
    )
    exchanged_at = models.DateTimeField()
    urgency = models.CharField(max_length=10, choices=Urgency, blank=True)
    reason = models.CharField(max_length=30, choices=RemovalReason)
    off_support_s = models.PositiveIntegerField("off support (s)", null=True, blank=True)
    no_complication_by = models.CharField(
        "who said that it was no complication", max_length=120, blank=True
    )
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        ordering = ["-exchanged_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(off_support_s=None) | Q(off_support_s__lte=86_400),
                name="circuits_exchange_off_support_within_a_day",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="circuits_exchange_has_reason"),
        ]

    def __str__(self) -> str:
        what = "whole circuit" if self.new_circuit_id else "parts"
        return f"exchange of {what}, {self.get_reason_display().lower()}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit


class PartPhotoQuerySet(models.QuerySet["PartPhoto"]):
    def visible_to(self, user: User, at: datetime) -> "PartPhotoQuerySet":
        """Photos of parts of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(use__circuit__run__unit__in=units.values("pk"))


@tracked
class PartPhoto(models.Model):
    """One photo of a part: its label, its clots."""

    class Kind(models.TextChoices):
        LABEL = "label", "Label"
        CLOT = "clot", "Clot"
        DAMAGE = "damage", "Damage"
        OTHER = "other", "Other"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    use = models.ForeignKey(ComponentUse, models.PROTECT, related_name="photos")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = PartPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["entered_at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} of {self.use}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.use.unit
