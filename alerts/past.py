"""What was open at a time that has passed, with the evidence as it then stood.

Read from the history that the database keeps of every alert: an alert is renewed by each newer
value, so that the row itself only tells what holds now.
"""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from alerts.models import Alert

COPIED = (
    "category",
    "severity",
    "message",
    "parameter",
    "side",
    "value",
    "comparator",
    "value_unit",
    "limit",
    "measured_at",
    "since",
    "source",
    "closed_at",
)


def open_at(alerts: QuerySet[Alert], when: datetime) -> list[Alert]:
    """Return those of `alerts` that were open at `when`, as they stood, the most urgent first.

    The rows are not for saving. Two statements. What was known when is told by the `at` of the
    action that wrote it; only what no action wrote is told by the database's clock.
    """
    still = Q(closed_at=None) | Q(closed_at__gt=when)
    found = {alert.pk: alert for alert in alerts.filter(still, opened_at__lte=when)}
    known = Coalesce(
        Cast(KT("pgh_context__at"), DateTimeField()), "pgh_created_at", output_field=DateTimeField()
    )
    versions = _events().filter(pgh_obj__in=found).annotate(known=known).filter(known__lte=when)
    for version in versions.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id"):
        alert = found[version.pgh_obj_id]
        for name in COPIED:
            setattr(alert, name, getattr(version, name))
    return sorted(found.values(), key=lambda alert: (-alert.severity, alert.opened_at, alert.code))


def _events() -> Any:
    """Return the history of alerts; pghistory makes its model, so no type checker knows it."""
    return Alert.pgh_event_model.objects  # type: ignore[attr-defined]
