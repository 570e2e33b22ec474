"""A checklist being worked through: priming, transport, emergencies."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from clinical.checklist import Standing
from clinical.emergency import is_emergency
from web.models.site_document import SiteDocument


class ChecklistRunQuerySet(models.QuerySet["ChecklistRun"]):
    def visible_to(self, user: User, at: datetime) -> "ChecklistRunQuerySet":
        """Checklists of one's units; those about a patient only where one may see patients."""
        kit = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        patients = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(
            Q(patient_key="", unit__in=kit.values("pk")) | Q(unit__in=patients.values("pk"))
        )


@tracked
class ChecklistRun(models.Model):
    """One use of a list, perhaps for a patient. `body` is the list as it stood when it began."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="checklist_runs")
    kind = models.SlugField(max_length=60, default="")
    body = models.JSONField(default=dict)
    document = models.ForeignKey(
        SiteDocument, models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(
        "public id of what it is about", max_length=80, blank=True, db_index=True
    )
    patient_key = models.CharField("public id of the patient", max_length=36, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChecklistRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="web_checklistrun_ended_at_and_by_together",
            )
        ]

    def __str__(self) -> str:
        return str(self.body.get("title", self.kind))

    @property
    def is_emergency(self) -> bool:
        """Whether it is an emergency card: nothing there holds anybody up."""
        return is_emergency(self.kind)

    @property
    def source(self) -> str:
        """Which list this is: the site's version, or where the default comes from."""
        return str(self.document) if self.document else str(self.body.get("source", ""))


class Answer(models.TextChoices):
    """What can be said of an item; nothing said is no answer."""

    DONE = "done", "Done"
    MEASURED = "measured", "Measured"
    NOT_POSSIBLE = "not_possible", "Not possible"
    TAKEN_BACK = "taken_back", "Taken back"


class ChecklistTap(models.Model):
    """One answer to one item: done, not possible, or a measured value. Written once."""

    checklist = models.ForeignKey(ChecklistRun, models.PROTECT, related_name="taps")
    item = models.CharField(max_length=80)
    answer = models.CharField(max_length=40, choices=Answer)
    value = models.CharField(max_length=80, blank=True)
    unit = models.CharField("unit of the value", max_length=30, blank=True)
    standing = models.CharField(
        "outside a line", max_length=10, choices=[(s.value, s.name) for s in Standing], blank=True
    )
    note = models.TextField("reason or note", blank=True)
    tapped_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["tapped_at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(standing="") | ~Q(value=""),
                name="web_checklisttap_only_a_value_stands_outside_a_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.answer}"
