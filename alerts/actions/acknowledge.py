"""Say that somebody has seen an alert. It stays open; only the state of things closes it."""

from datetime import datetime

from accounts.models import User
from alerts.models import Acknowledgement, Alert
from alerts.queries import has_seen
from audit.context import action
from patients.models import Run
from web.problems import RuleBroken


class AlertIsClosed(RuleBroken):
    code = "alert_is_closed"


@action("acknowledged an alert")
def acknowledge(*, alert: Alert, by: User, at: datetime, note: str = "") -> Acknowledgement:
    """Note that `by` has seen `alert` at its present severity; a second tap changes nothing."""
    if alert.run_id is not None:
        Run.objects.locked(alert.run_id)
    alert = Alert.objects.get(pk=alert.pk)
    if alert.closed_at is not None:
        raise AlertIsClosed("This alert is closed already; there is nothing left to acknowledge.")
    seen = has_seen(alert, by)
    if seen is not None and not note:
        return seen
    return Acknowledgement.objects.create(
        alert=alert, severity=alert.severity, by=by, at=at, note=note
    )
