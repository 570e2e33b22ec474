"""People and when they work."""

from datetime import datetime
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import tracked
from web.ranges import TsTzRange


@tracked
class Person(models.Model):
    """Somebody who works in the programme; linked to a user if they sign in."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="person")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="people")
    name = models.CharField(max_length=200)
    job = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Duty(models.TextChoices):
    BEDSIDE = "bedside", "Bedside specialist"
    PERFUSION = "perfusion", "Perfusionist on call"
    PHYSICIAN = "physician", "ECMO physician on call"
    COORDINATOR = "coordinator", "Coordinator on call"


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, user: User, at: datetime) -> "ShiftQuerySet":
        """Shifts of units whose roster `user` may see."""
        units = Unit.objects.with_permission(user, Permission.ROSTER_VIEW, at)
        return self.filter(unit__in=units.values("pk"))

    def published(self) -> "ShiftQuerySet":
        """Shifts that hold; drafts are nobody's duty."""
        return self.filter(published_at__isnull=False, cancelled_at=None)

    def covering(self, at: datetime) -> "ShiftQuerySet":
        """Shifts that have begun and not ended at `at`."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)


@tracked
class Shift(models.Model):
    """One person on one duty in one unit, from start up to end."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shifts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="shifts")
    duty = models.CharField(max_length=20, choices=Duty)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "duty", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="staffing_shift_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="staffing_shift_published_at_and_by_together",
            ),
            ExclusionConstraint(
                name="staffing_shift_nobody_in_two_places",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_duty_display()}"
