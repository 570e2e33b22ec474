"""Trials whether the patient can do without the support, and their steps."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from audit.tracking import append_only, tracked
from clinical import weaning
from patients.models.of_run import OfRunQuerySet
from patients.models.run import Run


class WeaningKind(models.TextChoices):
    SWEEP_OFF = weaning.TrialKind.VV_SWEEP_OFF, "V-V sweep-off trial"
    TURN_DOWN = weaning.TrialKind.VA_TURN_DOWN, "V-A turn-down trial"
    PCRTO = weaning.TrialKind.PCRTO, "Retrograde trial off (PCRTO)"
    CLAMP = weaning.TrialKind.CLAMP, "Clamp trial"


class WeaningVerdict(models.TextChoices):
    PASSED = weaning.Verdict.PASSED, "Passed"
    PARTIAL = weaning.Verdict.PARTIAL, "Partly"
    FAILED = weaning.Verdict.FAILED, "Failed"


@tracked
class WeaningTrial(models.Model):
    """One trial from its start to the restored settings, or to flow off. At most one goes on.

    `settings_before` = {measure: {"value": "4.0", "at": ISO time}}: what a restore goes back to.
    `confirmed` names the rule that asked, where the trial did not fit the support.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="weaning_trials")
    kind = models.CharField(max_length=20, choices=WeaningKind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    was_planned = models.BooleanField("begun as a plan, not recorded afterwards", default=True)
    confirmed = models.CharField("rule that asked", max_length=40, blank=True)
    settings_before = models.JSONField(default=dict)
    restored_at = models.DateTimeField("settings restored", null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=WeaningVerdict, blank=True)
    stop_reason = models.CharField("why it ended so", max_length=300, blank=True)
    next_plan = models.CharField(max_length=300, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfRunQuerySet["WeaningTrial"].as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(ended_at=None),
                name="patients_weaningtrial_one_goes_on_in_a_run",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="patients_weaningtrial_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", judged_at=None, judged_by=None)
                | (~Q(verdict="") & Q(judged_at__isnull=False, judged_by__isnull=False)),
                name="patients_weaningtrial_verdict_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(ended_at__isnull=False),
                name="patients_weaningtrial_verdict_only_when_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit

    @property
    def is_running(self) -> bool:
        """The trial goes on."""
        return self.ended_at is None


@tracked
class TrialStep(models.Model):
    """One step of a trial: what was set and read, in L/min and as a fraction. Written once."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    trial = models.ForeignKey(WeaningTrial, models.PROTECT, related_name="steps")
    stepped_at = models.DateTimeField()
    blood_flow = models.DecimalField(
        "blood flow (L/min)", max_digits=8, decimal_places=3, null=True, blank=True
    )
    sweep_gas_flow = models.DecimalField(
        "sweep gas flow (L/min)", max_digits=8, decimal_places=3, null=True, blank=True
    )
    fdo2 = models.DecimalField("FdO2", max_digits=5, decimal_places=3, null=True, blank=True)
    check_id = models.UUIDField("check that holds the values", null=True, blank=True)
    gas = models.CharField("public id of the gas sample", max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stepped_at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"step at {self.stepped_at:%Y-%m-%d %H:%M}"
