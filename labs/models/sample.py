"""What was drawn, from where, when."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.tracking import tracked
from patients.models import Patient


@tracked
class Sample(models.Model):
    """One sample of one patient: its collection time and site. Results hang on it.

    From a laboratory it is known by sender and filler order; charted by hand it has neither.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="samples")
    collected_at = models.DateTimeField()
    site = models.CharField("sample site", max_length=60, blank=True)
    sender = models.CharField(max_length=60, blank=True)
    filler_order = models.CharField(max_length=80, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-collected_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "sender", "filler_order", "collected_at"],
                condition=~Q(filler_order=""),
                name="labs_sample_one_per_order_and_time",
            )
        ]
        indexes = [models.Index(fields=["patient", "-collected_at"], name="labs_sample_patient")]

    def __str__(self) -> str:
        return f"sample of {self.collected_at:%Y-%m-%d %H:%M}"
