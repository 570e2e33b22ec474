"""Anticoagulant infusions and every change of them."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.tracking import append_only, tracked
from labs.models.plan import Agent
from patients.models import Run, WeightBasis


@tracked
class Infusion(models.Model):
    """One agent running in one run. Its rate is what its newest change says."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="infusions")
    agent = models.CharField(max_length=20, choices=Agent)
    rate_unit = models.CharField("unit of the rate (UCUM)", max_length=30)
    weight_kg = models.DecimalField(
        "dosing weight (kg)", max_digits=7, decimal_places=3, null=True, blank=True
    )
    weight_basis = models.CharField(max_length=12, choices=WeightBasis, blank=True)
    concentration = models.DecimalField(
        "concentration", max_digits=10, decimal_places=3, null=True, blank=True
    )
    concentration_unit = models.CharField(max_length=30, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "agent", "rate_unit"], name="labs_infusion_one_per_agent_and_unit"
            )
        ]

    def __str__(self) -> str:
        return self.get_agent_display()


class ChangeKind(models.TextChoices):
    START = "start", "Started"
    CHANGE = "change", "Rate changed"
    BOLUS = "bolus", "Bolus given"
    HOLD = "hold", "Held"
    RESUME = "resume", "Resumed"
    STOP = "stop", "Stopped"


class InfusionChangeQuerySet(models.QuerySet["InfusionChange"]):
    def current(self) -> "InfusionChangeQuerySet":
        """Changes that were not withdrawn as entered in error."""
        return self.filter(withdrawal=None)


@tracked
class InfusionChange(models.Model):
    """One thing done to an infusion. `rate` is the one that goes on from `changed_at`."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=ChangeKind)
    rate = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    bolus = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    bolus_unit = models.CharField(max_length=30, blank=True)
    review_at = models.DateTimeField("hold: restart or review by", null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InfusionChangeQuerySet.as_manager()

    class Meta:
        ordering = ["changed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gte=0), name="labs_infusionchange_rate_from_0"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["start", "change", "resume"]) | Q(rate__isnull=False),
                name="labs_infusionchange_has_the_rate_that_goes_on",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        rate = "" if self.rate is None else f" {self.rate.normalize():f}"
        return f"{self.get_kind_display()}{rate}"


class InfusionChangeWithdrawal(models.Model):
    """An infusion change that was entered in error: who said so, when and why."""

    change = models.OneToOneField(InfusionChange, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.change} withdrawn"
