"""One circuit of a run."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import tracked
from patients.models import Run


@tracked
class Circuit(models.Model):
    """What carries the blood: a set of component positions, for part or all of a run."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="circuits")
    label = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="circuits_circuit_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["run", "label"], name="circuits_circuit_label_unique_in_run"
            ),
        ]

    def __str__(self) -> str:
        return self.label
