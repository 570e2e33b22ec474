"""What is owed, to whom, and what did not get through."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from notifications.models import Channel, ContactPoint, Notification, State

CLAIM_LAPSES_AFTER = timedelta(minutes=5)


def owed(at: datetime) -> QuerySet[Notification]:
    """Messages to send at `at`, oldest first."""
    return Notification.objects.deliverable(at, at - CLAIM_LAPSES_AFTER).order_by("not_before")


def of_user(user: User) -> QuerySet[Notification]:
    """Messages to `user`, newest first."""
    return Notification.objects.filter(to=user)


def address_of(user: User, channel: Channel) -> str:
    """Where `user` gets messages of `channel`; empty if nowhere. One statement."""
    chosen = ContactPoint.objects.filter(user=user, channel=channel).first()
    return chosen.address if chosen else user.email


def failed(at: datetime) -> QuerySet[Notification]:
    """Messages given up in the last day, unless a later one reached the same person."""
    reached = Notification.objects.filter(
        to=OuterRef("to"), state=State.SENT, sent_at__gt=OuterRef("claimed_at")
    )
    recent = Notification.objects.filter(
        state=State.FAILED, claimed_at__gt=at - timedelta(days=1), claimed_at__lte=at
    )
    return recent.exclude(Exists(reached)).select_related("to")
