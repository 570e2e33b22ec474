"""Forget what creates answered: the answers hold patient data and are only for a retry."""

from datetime import datetime, timedelta

from web.models import IdempotencyRecord

KEPT_FOR = timedelta(days=2)
"""Longer than a shift's outage; a key sent later than this is a new request."""


def forget_answers(*, at: datetime) -> int:
    """Delete keys and answers that are too old for any retry; return how many. One statement."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=at - KEPT_FOR).delete()
    return deleted
