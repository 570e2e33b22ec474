"""Positive cultures."""

from uuid import uuid4

from django.db import models

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run


class CultureSite(models.TextChoices):
    BLOOD = "blood", "Blood"
    RESPIRATORY = "respiratory", "Airways"
    URINE = "urine", "Urine"
    CSF = "csf", "Cerebrospinal fluid"
    WOUND = "wound", "Wound"
    CATHETER = "catheter", "Catheter tip"
    OTHER = "other", "Other"


@tracked
class Infection(models.Model):
    """One positive culture: which organism, from where, when it was taken."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="infections")
    organism = models.CharField(max_length=120)
    site = models.CharField(max_length=20, choices=CultureSite)
    collected_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-collected_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.organism}, {self.get_site_display().lower()}"
