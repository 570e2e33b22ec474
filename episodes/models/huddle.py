"""What the huddle agrees: procedures with anticoagulation off and on, and who does what until when."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import tracked
from patients.models import Run
from patients.models.of_run import OfRunQuerySet


class Closing(models.TextChoices):
    OPEN = "", "Open"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class PlannedProcedureQuerySet(OfRunQuerySet["PlannedProcedure"]):
    def open(self) -> "PlannedProcedureQuerySet":
        """What is still to be done."""
        return self.filter(closing=Closing.OPEN)


@tracked
class PlannedProcedure(models.Model):
    """A procedure that is planned for a patient on ECMO, with the plan for anticoagulation.

    Off and on are what was agreed, for people to read: they change no infusion.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="planned_procedures")
    what = models.CharField(max_length=120)
    planned_for = models.DateTimeField()
    anticoagulation_off_at = models.DateTimeField(null=True, blank=True)
    anticoagulation_on_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    closing = models.CharField(max_length=10, choices=Closing, default=Closing.OPEN, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = PlannedProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["planned_for", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what=""), name="episodes_plannedprocedure_says_what"
            ),
            models.CheckConstraint(
                condition=Q(anticoagulation_on_at__gt=F("anticoagulation_off_at"))
                | Q(anticoagulation_on_at=None)
                | Q(anticoagulation_off_at=None),
                name="episodes_plannedprocedure_anticoagulation_on_after_off",
            ),
            models.CheckConstraint(
                condition=Q(closing=Closing.OPEN, closed_at=None, closed_by=None)
                | ~Q(closing=Closing.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False),
                name="episodes_plannedprocedure_closed_at_and_by_together",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run", "planned_for"],
                condition=Q(closing=""),
                name="episodes_procedure_open",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit


class HuddleActionQuerySet(models.QuerySet["HuddleAction"]):
    def visible_to(self, user: User, at: datetime) -> "HuddleActionQuerySet":
        """Actions of units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(unit__in=units.values("pk"))

    def open(self) -> "HuddleActionQuerySet":
        """What is still to be done, the oldest first."""
        return self.filter(closing=Closing.OPEN)


@tracked
class HuddleAction(models.Model):
    """One thing that somebody of a unit took on, perhaps for one patient."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="huddle_actions")
    run = models.ForeignKey(
        Run, models.PROTECT, null=True, blank=True, related_name="huddle_actions"
    )
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    closing = models.CharField(max_length=10, choices=Closing, default=Closing.OPEN, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = HuddleActionQuerySet.as_manager()

    class Meta:
        ordering = ["entered_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="episodes_huddleaction_says_what"),
            models.CheckConstraint(
                condition=Q(closing=Closing.OPEN, closed_at=None, closed_by=None)
                | ~Q(closing=Closing.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False),
                name="episodes_huddleaction_closed_at_and_by_together",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "entered_at"], condition=Q(closing=""), name="episodes_action_open"
            )
        ]

    def __str__(self) -> str:
        return self.text
