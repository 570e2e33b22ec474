"""Times without flow that belong to one run."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import append_only, tracked
from patients.models.run import Run


@tracked
class Interruption(models.Model):
    """One time off support within a run: flow off and on again within the site's gap."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="interruptions")
    stopped_at = models.DateTimeField("flow off")
    resumed_at = models.DateTimeField("flow on again")
    end_reason_told = models.CharField(
        "why it was thought to have ended", max_length=40, blank=True
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stopped_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resumed_at__gt=F("stopped_at")),
                name="patients_interruption_ends_after_start",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"off support from {self.stopped_at:%Y-%m-%d %H:%M}"
