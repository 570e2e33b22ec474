"""A reminder that was not sent: somebody must learn of it by another way."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from accounts.models import Membership, Unit, User
from alerts.actions.reconcile import reconcile_alerts
from alerts.models import Alert, Category
from clinical.findings import Assessment, Finding, Severity
from notifications.models import Notification
from notifications.queries import failed

CODE = "message.not_sent"


@transaction.atomic
def report_undelivered(at: datetime) -> list[Alert]:
    """Open an alert in the unit of each person whom messages do not reach; close it when they do."""
    missed: dict[User, list[Notification]] = defaultdict(list)
    for notification in failed(at):
        missed[notification.to].append(notification)
    places = _units(missed, at)
    findings = {
        (places[user.pk].pk, str(user.public_id)): (places[user.pk], _finding(user, messages))
        for user, messages in missed.items()
        if user.pk in places
    }
    still_open = Alert.objects.open().filter(code=CODE).select_related("unit")
    gone = {(alert.unit_id, alert.subject): (alert.unit, None) for alert in still_open}
    changed: list[Alert] = []
    for (_, subject), (unit, finding) in {**gone, **findings}.items():
        assessment = Assessment(frozenset({CODE}), (finding,) if finding else ())
        changed += reconcile_alerts(
            unit=unit,
            run=None,
            assessment=assessment,
            at=at,
            category=Category.SAFETY,
            subject=subject,
        )
    return changed


def _finding(user: User, messages: list[Notification]) -> Finding:
    reason = messages[0].error
    return Finding(
        code=CODE,
        severity=Severity.WARNING,
        message=f"{len(messages)} message(s) to {user} were not sent. {reason} Tell them yourself.",
    )


def _units(people: dict[User, list[Notification]], at: datetime) -> dict[int, Unit]:
    """Where each person works: the unit of a membership, or the first of its centre."""
    held = Membership.objects.current(at).filter(user__in=people).select_related("unit")
    found: dict[int, Unit] = {}
    for membership in held.prefetch_related("centre__units").order_by("pk"):
        unit = membership.unit or membership.centre.units.first()
        if unit is not None:
            found.setdefault(membership.user_id, unit)
    return found
