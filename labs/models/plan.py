"""What anticoagulation is aimed at, and by which test."""

from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import tracked
from patients.models import Run
from web.ranges import TsTzRange


class Agent(models.TextChoices):
    UFH = "ufh", "Unfractionated heparin"
    BIVALIRUDIN = "bivalirudin", "Bivalirudin"
    ARGATROBAN = "argatroban", "Argatroban"
    NONE = "none", "None (heparin-free)"


@tracked
class AnticoagulationPlan(models.Model):
    """Agent, driver test, target range and protocol for some time of a run."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="plans")
    agent = models.CharField(max_length=20, choices=Agent)
    driver = models.CharField("test that drives the plan", max_length=40, blank=True)
    target_low = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    target_high = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    unit = models.CharField("unit of the target (UCUM)", max_length=30, blank=True)
    protocol = models.CharField("protocol id in the site's document", max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="labs_anticoagulationplan_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(target_low=None)
                | Q(target_high=None)
                | Q(target_high__gte=F("target_low")),
                name="labs_anticoagulationplan_target_in_order",
            ),
            ExclusionConstraint(
                name="labs_anticoagulationplan_one_at_a_time",
                expressions=[
                    ("run", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_agent_display()} by {self.driver}"
