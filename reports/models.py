"""Reports and exports that were made."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Centre, User
from accounts.permissions import Permission
from accounts.queries import centres_of
from audit.tracking import tracked
from patients.models import Run
from web.models import Attachment


class ReportKind(models.TextChoices):
    REGISTRY = "registry", "Registry export"
    PROGRAMME = "programme", "Programme report"


class ReportState(models.TextChoices):
    QUEUED = "queued", "Waiting to be made"
    RUNNING = "running", "Being made"
    TO_REVIEW = "to_review", "To review"
    SIGNED = "signed", "Signed off"
    SUPERSEDED = "superseded", "Superseded"
    FAILED = "failed", "Failed"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User, at: datetime) -> "ReportQuerySet":
        """Reports of centres for the whole of which `user` may see reports."""
        return self.filter(centre__in=centres_of(user, Permission.REPORT_VIEW, at).values("pk"))


@tracked
class Report(models.Model):
    """One revision of one report about one month of one centre."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=ReportKind)
    month = models.DateField("first day of the month reported")
    revision = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ReportState, default=ReportState.QUEUED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    files = models.ManyToManyField(Attachment, related_name="reports", blank=True)
    summary = models.JSONField("counts shown in lists", default=dict, blank=True)
    error = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "kind", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "kind", "month", "revision"],
                name="reports_report_revision_unique_in_month",
            ),
            models.UniqueConstraint(
                fields=["centre", "kind", "month"],
                condition=Q(state__in=["queued", "running"]),
                name="reports_report_one_in_work_per_month",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="reports_report_signed_at_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month:%Y-%m}"


class Assessment(models.TextChoices):
    BEFORE = "before", "Before ECLS"
    DAY = "day", "At 24 h of ECLS"


class RowGroup(models.TextChoices):
    GAS = "gas", "Blood gas"
    VENTILATOR = "ventilator", "Ventilator"
    HAEMODYNAMICS = "haemodynamics", "Haemodynamics"


@tracked
class AssessmentChoice(models.Model):
    """Which row of an assessment the registry is told, where a person and not the rule chose.

    The row is named by its source and its time. A blank source: somebody went back to the rule.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="assessment_choices")
    assessment = models.CharField(max_length=8, choices=Assessment)
    group = models.CharField(max_length=16, choices=RowGroup)
    row_source = models.CharField("source of the row", max_length=120, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["run", "assessment", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "assessment", "group"],
                name="reports_assessmentchoice_one_of_a_group",
            ),
            models.CheckConstraint(
                condition=Q(row_source="", taken_at=None)
                | (~Q(row_source="") & Q(taken_at__isnull=False)),
                name="reports_assessmentchoice_row_by_source_and_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_assessment_display()}: {self.get_group_display()}"
