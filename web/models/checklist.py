"""A checklist being worked through: priming, transport, emergencies."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from accounts.models import Unit
from audit.tracking import append_only, tracked
from web.models.site_document import SiteDocument


@tracked
class ChecklistRun(models.Model):
    """One use of one version of a checklist, perhaps for a patient (named by key only)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="checklist_runs")
    document = models.ForeignKey(SiteDocument, models.PROTECT, related_name="+")
    subject = models.CharField("public id of what it is about", max_length=80, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.document.kind} {self.started_at:%Y-%m-%d %H:%M}"


class ChecklistTap(models.Model):
    """One answer to one item: done, not possible, or a measured value. Written once."""

    checklist = models.ForeignKey(ChecklistRun, models.PROTECT, related_name="taps")
    item = models.CharField(max_length=80)
    answer = models.CharField(max_length=40)
    value = models.CharField(max_length=80, blank=True)
    unit = models.CharField("unit of the value (UCUM)", max_length=30, blank=True)
    note = models.TextField(blank=True)
    tapped_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["tapped_at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.item}: {self.answer}"
