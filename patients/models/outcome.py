"""How a run and the stay ended."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run


@tracked
class Outcome(models.Model):
    """What became of the patient after the run. Unknown stays null, never "no"."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="outcome")
    discharged_alive = models.BooleanField(null=True, blank=True)
    discharged_at = models.DateTimeField("left the hospital", null=True, blank=True)
    discharge_location = models.CharField(max_length=60, blank=True)
    died_at = models.DateTimeField(null=True, blank=True)
    follow_up_at = models.DateTimeField("follow-up", null=True, blank=True)
    follow_up_result = models.CharField("what follow-up found", max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(discharged_alive=True, died_at__isnull=False)
                | Q(died_at__isnull=True)
                | Q(discharged_at__isnull=False),
                name="patients_outcome_alive_at_discharge_if_both",
            )
        ]

    def __str__(self) -> str:
        return f"Outcome of {self.run}"
