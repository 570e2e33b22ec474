"""What changes alerts and what is due."""

from alerts.actions.acknowledge import AlertIsClosed, acknowledge
from alerts.actions.due import set_dues, settle_dues
from alerts.actions.escalate import escalate_unacknowledged
from alerts.actions.reconcile import close_for_end, reconcile_alerts
from alerts.actions.undelivered import report_undelivered

__all__ = [
    "AlertIsClosed",
    "acknowledge",
    "close_for_end",
    "escalate_unacknowledged",
    "reconcile_alerts",
    "report_undelivered",
    "set_dues",
    "settle_dues",
]
