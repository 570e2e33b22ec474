"""The doorbell of escalation: safe twice, late or missed."""

from celery import shared_task
from django.utils import timezone

from alerts import actions


@shared_task(name="alerts.escalate")
def escalate() -> None:
    """Tell the next person of what nobody has seen, and report messages that did not get out."""
    at = timezone.now()
    actions.escalate_unacknowledged(at)
    actions.report_undelivered(at)
