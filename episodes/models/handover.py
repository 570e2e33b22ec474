"""What one person told the next about a patient, signed by both."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from audit.tracking import tracked
from patients.models import Run
from patients.models.of_run import OfRunQuerySet


class HandoverQuerySet(OfRunQuerySet["Handover"]):
    def newest(self) -> "HandoverQuerySet":
        """The newest of each run; it replaces those before it."""
        return self.order_by("run_id", "-given_at", "-pk").distinct("run_id")


@tracked
class Handover(models.Model):
    """One handover of one run: the record as it stood, and what the giver adds in own words.

    `body` is the sheet as both read it (`episodes.handover`), never written again. It is given by
    one person and taken over by another; the newest of a run replaces those before it.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="handovers")
    body = models.JSONField("the sheet as it stood", default=list)
    plan = models.TextField(blank=True)
    watch_for = models.TextField(blank=True)
    given_at = models.DateTimeField("data as at")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    to = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField("taken over", null=True, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="episodes_handover_taken_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=~Q(taken_by=F("given_by")),
                name="episodes_handover_taken_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(taken_at__gte=F("given_at")),
                name="episodes_handover_taken_after_it_was_given",
            ),
        ]
        indexes = [models.Index(fields=["run", "-given_at"], name="episodes_handover_run")]

    def __str__(self) -> str:
        return f"handover of {self.given_at:%Y-%m-%d %H:%M}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit

    @property
    def is_taken(self) -> bool:
        """Whether somebody took over."""
        return self.taken_at is not None
