"""Doorbells of delivery: each calls one action, safe twice, late or missed."""

from celery import shared_task
from django.utils import timezone

from notifications import actions


@shared_task(name="notifications.deliver")
def deliver(pk: int) -> None:
    """Send one message."""
    actions.deliver_notification(pk, timezone.now())


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Send what is owed, expire what is of no use any more."""
    actions.sweep(timezone.now())


@shared_task(name="notifications.heartbeat")
def heartbeat() -> None:
    """Show that what the clock sends reaches a worker (the clock notes its own pulse)."""
    actions.record_heartbeat(names=["worker"], at=timezone.now())
