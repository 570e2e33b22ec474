from celery import shared_task
from django.utils import timezone

from circuits.actions.sweep import sweep


@shared_task(name="circuits.sweep")
def sweep_runs() -> None:
    sweep(timezone.now())
