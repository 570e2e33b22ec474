"""What the family was told and agreed to, a line each."""

from uuid import uuid4

from django.db import models

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run


class FamilyEntryKind(models.TextChoices):
    TALK = "talk", "Family talk"
    CONSENT = "consent", "Consent"
    REFUSAL = "refusal", "Refusal"
    RESEARCH = "research", "Consent to research"


@tracked
class FamilyEntry(models.Model):
    """One line about the family or about consent; letters and forms stay in the EHR."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="family_entries")
    kind = models.CharField(max_length=20, choices=FamilyEntryKind)
    text = models.CharField("in one line", max_length=200)
    occurred_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name_plural = "family entries"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
