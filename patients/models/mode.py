"""The mode of support over time."""

from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run
from web.ranges import TsTzRange


class Mode(models.TextChoices):
    UNKNOWN = "unknown", "Not known yet"
    VV = "VV", "V-V"
    VVDL = "VVDL", "V-V, dual lumen"
    VA = "VA", "V-A"
    VVA = "VVA", "VV-A"
    VAV = "VAV", "V-AV"
    VP = "VP", "V-P"
    AV = "AV", "A-V (pumpless)"
    ECCO2R = "ECCO2R", "ECCO2R"
    OTHER = "other", "Other"


@tracked
class ModeSegment(models.Model):
    """One mode for one stretch of a run, without gap or overlap: old end = new start."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="modes")
    mode = models.CharField(max_length=10, choices=Mode)
    configuration = models.CharField("as told at the bedside", max_length=60, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="patients_modesegment_ends_after_start",
            ),
            ExclusionConstraint(
                name="patients_modesegment_no_overlap_in_run",
                expressions=[
                    ("run", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()
