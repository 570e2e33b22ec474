"""Planned changes of components: what is to be exchanged, when, by whom, and why."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.component import ComponentUse
from clinical.signals import Urgency
from patients.models import Run
from web.models import ChecklistRun

URGENCIES = [(one.value, one.value.capitalize()) for one in Urgency]


class ChangeState(models.TextChoices):
    PLANNED = "planned", "Planned"
    UNSETTLED = "unsettled", "To be planned again"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


OPEN = (ChangeState.PLANNED, ChangeState.UNSETTLED)


class PlannedChangeQuerySet(models.QuerySet["PlannedChange"]):
    def open(self) -> "PlannedChangeQuerySet":
        """What is still to be done."""
        return self.filter(closed_at=None)

    def visible_to(self, user: User, at: datetime) -> "PlannedChangeQuerySet":
        """Changes planned in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(run__unit__in=units.values("pk"))


@tracked
class PlannedChange(models.Model):
    """One change as it stands now; how it came to that stands in its decisions."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="planned_changes")
    urgency = models.CharField(max_length=10, choices=URGENCIES)
    starts_at = models.DateTimeField("slot from")
    ends_at = models.DateTimeField("slot until")
    owner = models.ForeignKey(User, models.PROTECT, related_name="planned_changes")
    why = models.CharField(max_length=300)
    evidence = models.JSONField("rules and readings when it was planned", default=list)
    is_kit_ready = models.BooleanField(default=False)
    kit_note = models.CharField("which kit, where", max_length=200, blank=True)
    checklist = models.OneToOneField(
        ChecklistRun, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PlannedChangeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="circuits_plannedchange_slot_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, state__in=OPEN)
                | Q(closed_at__isnull=False) & ~Q(state__in=OPEN),
                name="circuits_plannedchange_closed_when_done_or_cancelled",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="circuits_plannedchange_says_why"),
        ]
        indexes = [
            models.Index(
                fields=["run", "starts_at"],
                condition=Q(closed_at=None),
                name="circuits_plannedchange_open",
            )
        ]

    def __str__(self) -> str:
        return f"change planned for {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.closed_at is None


@tracked
class PlannedPart(models.Model):
    """One component that a change is to exchange; closed once it is out or the plan is dropped."""

    change = models.ForeignKey(PlannedChange, models.PROTECT, related_name="parts")
    use = models.ForeignKey(ComponentUse, models.PROTECT, related_name="planned")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["use"],
                condition=Q(closed_at=None),
                name="circuits_plannedpart_one_open_plan_a_component",
            ),
            models.UniqueConstraint(
                fields=["change", "use"], name="circuits_plannedpart_once_in_a_change"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} in {self.change}"


class DecisionKind(models.TextChoices):
    PLANNED = "planned", "Planned"
    REPLANNED = "replanned", "Planned again"
    HANDED_OVER = "handed_over", "Handed over"
    KIT = "kit", "Kit"
    UNSETTLED = "unsettled", "To be planned again"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


@tracked
class ChangeDecision(models.Model):
    """One step in the life of a planned change, with its reason. Written once."""

    change = models.ForeignKey(PlannedChange, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=DecisionKind)
    reason = models.CharField(max_length=300)
    starts_at = models.DateTimeField("slot from, as decided")
    ends_at = models.DateTimeField("slot until, as decided")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="circuits_changedecision_has_reason"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


@tracked
class CalendarFeed(models.Model):
    """The secret address under which one person's calendar reads the changes of their units.

    Only the digest of the secret is kept: it is shown once, and can be revoked.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="calendar_feeds")
    digest = models.CharField("SHA-256 of the secret", max_length=64, unique=True)
    opened_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at=None),
                name="circuits_calendarfeed_one_open_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user}"
