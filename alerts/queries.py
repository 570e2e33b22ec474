"""What needs someone now, what fell due, and how an alert went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Unit, User
from alerts.models import Acknowledgement, Alert, AlertChange, Category, Change, Due
from clinical.findings import Severity
from patients.models import Run

TOLD = (Change.OPENED, Change.ESCALATED)


def open_for(unit: Unit) -> QuerySet[Alert]:
    """Open alerts of a unit, the most urgent first, with patient and who has seen them.

    Two statements, whatever the number.
    """
    return with_seen(Alert.objects.open().filter(unit=unit))


def with_seen(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Fetch with the alerts their patients and who has seen them."""
    seen = Acknowledgement.objects.select_related("by")
    return alerts.select_related("unit__centre", "run__patient").prefetch_related(
        Prefetch("acknowledgements", queryset=seen)
    )


@dataclass(frozen=True, slots=True)
class Unseen:
    """An alert that nobody has seen since `told_at`: when it opened or last got worse."""

    alert: Alert
    told_at: datetime


def unseen(at: datetime) -> list[Unseen]:
    """Open physiology from a warning upwards that nobody has seen as it is. One statement."""
    told = (
        AlertChange.objects.filter(alert=OuterRef("pk"), change__in=TOLD, at__lte=at)
        .order_by("-at")
        .values("at")[:1]
    )
    seen = Acknowledgement.objects.filter(
        alert=OuterRef("pk"), severity__gte=OuterRef("severity"), at__gte=OuterRef("told_at")
    )
    alerts: Iterable[Any] = (  # Any: `told_at` is annotated
        Alert.objects.open()
        .filter(category=Category.PHYSIOLOGY, severity__gte=Severity.WARNING)
        .annotate(told_at=Subquery(told))
        .filter(~Exists(seen), told_at__isnull=False)
        .select_related("unit__centre", "run__patient")
    )
    return [Unseen(alert, alert.told_at) for alert in alerts]


def has_seen(alert: Alert, user: User) -> Acknowledgement | None:
    """The acknowledgement by `user` of the alert as it is now, if there is one."""
    told = alert.changes.filter(change__in=TOLD).aggregate(newest=Max("at"))["newest"]
    seen = alert.acknowledgements.filter(by=user, severity__gte=alert.severity)
    return seen.filter(at__gte=told).last() if told else seen.last()


def history(run: Run) -> QuerySet[AlertChange]:
    """Each opening, escalation, easing and closing of the run's alerts, oldest first."""
    return AlertChange.objects.filter(alert__run=run).select_related("alert")


def dues(run: Run) -> QuerySet[Due]:
    """What a run owes, the soonest first. One statement."""
    return run.dues.open()


def overdue(unit: Unit, at: datetime) -> QuerySet[Due]:
    """What counts as late in a unit at `at`; what awaits only its answer does not."""
    late = Due.objects.open().filter(unit=unit, overdue_at__lt=at, is_pending=False)
    return late.select_related("run__patient")
