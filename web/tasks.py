"""Doorbells of what every app shares: each calls one action, safe twice, late or missed."""

from celery import shared_task
from django.utils import timezone

from web.actions.answers import forget_answers
from web.actions.drafts import forget_drafts


@shared_task(name="web.forget_answers")
def forget() -> None:
    """Forget the answers of creates that nobody will send again, and drafts left behind."""
    forget_answers(at=timezone.now())
    forget_drafts(at=timezone.now())
