"""What is aimed at today, and what is done if it goes wrong: each with author and review."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from audit.tracking import append_only, tracked
from clinical.goals import GOALS
from patients.models.of_run import OfRunQuerySet
from patients.models.run import Run


@tracked
class DailyTarget(models.Model):
    """One target from `set_at`, to be looked at by `review_by`. The newest of a key holds.

    It is carried forward only by hand: a new row that names the one before. A row with
    `is_withdrawn` says that the key has no target from then on.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="targets")
    key = models.SlugField(max_length=40)
    low = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    measure_unit = models.CharField("unit (UCUM)", max_length=30, blank=True)
    words = models.CharField("target in words", max_length=300, blank=True)
    set_at = models.DateTimeField()
    review_by = models.DateTimeField()
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_withdrawn = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfRunQuerySet["DailyTarget"].as_manager()

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_by__gt=F("set_at")),
                name="patients_dailytarget_review_after_set",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")),
                name="patients_dailytarget_low_not_above_high",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.label

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit

    @property
    def label(self) -> str:
        """What the target is for."""
        return GOALS[self.key].label


class Ceiling(models.TextChoices):
    FULL = "full", "Full escalation"
    LIMITED = "limited", "Limited: as written"
    NO_CPR = "no_cpr", "No CPR; else as written"
    COMFORT = "comfort", "Comfort care"


@tracked
class EmergencyPlan(models.Model):
    """What a physician decided for an emergency, and how far treatment goes. The newest holds.

    Reviewing it unchanged writes a new row as well: who looked, and when.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="emergency_plans")
    ceiling = models.CharField("ceiling of care", max_length=10, choices=Ceiling)
    words = models.TextField("what to do")
    physician = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    review_by = models.DateTimeField("is old after")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-reviewed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=""), name="patients_emergencyplan_says_what_to_do"
            ),
            models.CheckConstraint(
                condition=Q(review_by__gt=F("reviewed_at")),
                name="patients_emergencyplan_is_old_after_review",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_ceiling_display()
