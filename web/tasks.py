"""Doorbells of what every app shares: each calls one action, safe twice, late or missed."""

from celery import shared_task
from django.utils import timezone

from web.actions.answers import forget_answers


@shared_task(name="web.forget_answers")
def forget() -> None:
    """Forget the answers of creates that nobody will send again."""
    forget_answers(at=timezone.now())
