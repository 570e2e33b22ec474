"""The doorbell of the laboratory interface."""

from celery import shared_task
from django.utils import timezone

from interop.actions import process


@shared_task(name="interop.sweep")
def sweep() -> None:
    """File what waits: messages whose first try failed or was cut off."""
    process.sweep(at=timezone.now())
