"""The limits that hold for one run: by measure, over time."""

from decimal import Decimal
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import append_only, tracked
from patients.models.run import Run
from web.ranges import TsTzRange


def bound(label: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """Return a nullable bound; none means that there is no limit on that side."""
    return models.DecimalField(label, max_digits=14, decimal_places=4, null=True, blank=True)


@tracked
class RunLimit(models.Model):
    """Hard, soft, warning and critical bounds of one measure in one run, for some time.

    A value on a bound is inside. `hard`: outside is impossible and refused. `soft`: asked back.
    `warning` and `critical`: alert. A limit that was wrong is superseded, one that changes ends.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="limits")
    measure = models.CharField(max_length=40)
    unit = models.CharField("unit (UCUM)", max_length=30)
    hard_low = bound("impossible below")
    hard_high = bound("impossible above")
    soft_low = bound("asked back below")
    soft_high = bound("asked back above")
    warning_low = bound("warning below")
    warning_high = bound("warning above")
    critical_low = bound("critical below")
    critical_high = bound("critical above")
    valid_from = models.DateTimeField("from (blank: always)", null=True, blank=True)
    valid_to = models.DateTimeField("until (blank: still)", null=True, blank=True)
    source = models.CharField("where it comes from", max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["measure", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="patients_runlimit_valid_to_after_from",
            ),
            ExclusionConstraint(
                name="patients_runlimit_one_at_a_time",
                expressions=[
                    ("run", RangeOperators.EQUAL),
                    ("measure", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.measure


@tracked
class LimitConfirmation(models.Model):
    """Somebody looked at limits and targets after the support was reconfigured: they fit."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="limit_confirmations")
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["confirmed_at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"limits confirmed {self.confirmed_at:%Y-%m-%d %H:%M}"
