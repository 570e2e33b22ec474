from celery import shared_task
from django.utils import timezone

from episodes.actions.waiting import sweep


@shared_task(name="episodes.sweep")
def sweep_referrals() -> None:
    sweep(timezone.now())
