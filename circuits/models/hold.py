"""Circuits that must not be discarded."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import tracked
from patients.models import Run


@tracked
class CircuitHold(models.Model):
    """Nothing of a run's circuits, in use or taken out, may be thrown away, for as long as it holds."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=200)
    held_at = models.DateTimeField()
    held_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    release_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-held_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(released_at=None),
                name="circuits_circuithold_one_at_a_time_for_a_run",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, release_reason="")
                | (
                    Q(released_at__gte=F("held_at"), released_by__isnull=False)
                    & ~Q(release_reason="")
                ),
                name="circuits_circuithold_released_at_by_and_reason_together",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
