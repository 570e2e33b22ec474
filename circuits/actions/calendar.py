"""The address under which a person's own calendar reads the planned changes of their units."""

import hashlib
import secrets
from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.models import CalendarFeed

SECRET_BYTES = 32


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@action("opened a calendar address")
def open_feed(*, by: User, at: datetime) -> str:
    """Give the person a new secret address; the one before stops working. Returns the secret.

    It is shown now and never again: only its digest is kept.
    """
    User.objects.select_for_update().get(pk=by.pk)
    _revoke(by, at)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarFeed.objects.create(user=by, digest=digest_of(secret), opened_at=at)
    return secret


@action("closed a calendar address")
def close_feed(*, by: User, at: datetime) -> bool:
    """Let the person's address stop working at once; False if there was none."""
    return _revoke(by, at)


def _revoke(user: User, at: datetime) -> bool:
    feed = CalendarFeed.objects.filter(user=user, revoked_at=None).first()
    if feed is None:
        return False
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])
    return True
