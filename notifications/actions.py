"""Owe people messages, and deliver them: at least once, each time under the same Message-ID."""

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import F, Q

from accounts.models import User
from notifications.models import Channel, Heartbeat, Notification, State
from notifications.nudge import nudge
from notifications.queries import CLAIM_LAPSES_AFTER, address_of, owed
from notifications.transports import email
from notifications.transports.errors import (
    PermanentError,
    TemporaryError,
    TransportError,
    Unreachable,
)

LIFETIME = timedelta(hours=12)
MAX_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
SWEEP_AT_MOST = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell whom, once per `key`. No patient data: bed and unit code only."""

    to: User
    subject: str
    text: str
    key: str
    link: str = ""


def queue_notification(
    *,
    to: User,
    subject: str,
    text: str,
    key: str,
    at: datetime,
    link: str = "",
    expires_in: timedelta = LIFETIME,
    not_before: datetime | None = None,
) -> Notification:
    """Owe `to` a message, once per `key`; return it, whether new or known. Two statements.

    Subject and text hold no patient data: bed and unit code only; `link` leads to the detail.
    """
    message = Message(to=to, subject=subject, text=text, key=key, link=link)
    queue_notifications(messages=[message], at=at, expires_in=expires_in, not_before=not_before)
    return Notification.objects.get(key=key)


def queue_notifications(
    *,
    messages: Sequence[Message],
    at: datetime,
    expires_in: timedelta = LIFETIME,
    not_before: datetime | None = None,
) -> list[int]:
    """Owe many messages at once; return the keys of the new rows. At most two statements."""
    if not messages:
        return []
    first = not_before or at
    rows = [_row(message, at, first, first + expires_in) for message in messages]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    new = Notification.objects.filter(public_id__in=[row.public_id for row in rows])
    pks = list(new.order_by("pk").values_list("pk", flat=True))
    if first <= at and email.is_on():
        for pk in pks:
            nudge("notifications.deliver", pk)
    return pks


def deliver_notification(pk: int, at: datetime) -> State | None:
    """Claim one message and send it; return what became of it, or None if it was not ours to send.

    Not atomic on purpose: the claim is committed before the wire is touched, so that of two
    callers one sends. Killed in between, the claim lapses and the message goes out again under
    the same Message-ID.
    """
    try:
        return _deliver(pk, at)
    except Unreachable:
        return State.QUEUED


def sweep(at: datetime) -> int:
    """Expire what is of no use any more and send what is owed; return how many were sent.

    Stops when the mail server does not answer at all: the rest keeps for the next minute.
    """
    lapsed = Q(state=State.SENDING, claimed_at__lt=at - CLAIM_LAPSES_AFTER)
    unsent = Notification.objects.filter(Q(state=State.QUEUED) | lapsed, expires_at__lte=at)
    unsent.update(state=State.EXPIRED)
    sent = 0
    with suppress(Unreachable):
        for pk in list(owed(at).values_list("pk", flat=True)[:SWEEP_AT_MOST]):
            sent += _deliver(pk, at) == State.SENT
    return sent


def withdraw_notifications(*, prefixes: Collection[str]) -> int:
    """Let messages whose key begins with one of `prefixes` lapse, if they are not sent yet.

    Returns how many. One statement.
    """
    about = [Q(key__startswith=prefix) for prefix in prefixes]
    if not about:
        return 0
    queued = Notification.objects.filter(reduce(or_, about), state=State.QUEUED)
    return queued.update(state=State.EXPIRED)


def record_heartbeat(*, names: Sequence[str], at: datetime) -> None:
    """Note that these parts of the machinery work. One statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=at) for name in names],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def _row(message: Message, at: datetime, first: datetime, last: datetime) -> Notification:
    public_id = uuid4()
    return Notification(
        public_id=public_id,
        key=message.key,
        to=message.to,
        subject=" ".join(message.subject.split())[:150],
        text=message.text,
        link=message.link,
        queued_at=at,
        not_before=first,
        expires_at=last,
        message_id=f"<{public_id}@{urlsplit(settings.SITE_URL).hostname}>",
    )


def _deliver(pk: int, at: datetime) -> State | None:
    """Claim, send, note. Raises Unreachable, noted as well, so that a sweep can stop."""
    if not email.is_on():
        return None
    claimed = Notification.objects.deliverable(at, at - CLAIM_LAPSES_AFTER).filter(pk=pk)
    if not claimed.update(state=State.SENDING, claimed_at=at, attempts=F("attempts") + 1):
        return None
    notification = Notification.objects.select_related("to").get(pk=pk)
    try:
        _send(notification)
    except Unreachable as failure:
        _note_failure(notification, failure, at)
        raise
    except TransportError as failure:
        return _note_failure(notification, failure, at)
    except Exception as failure:  # kept on the row: one bad row stops no other
        log.exception("Message %s could not be sent.", notification.public_id)
        return _note_failure(notification, TemporaryError(type(failure).__name__), at)
    return _note(notification, State.SENT, sent_at=at, error="")


def _send(notification: Notification) -> None:
    if not notification.to.is_active:
        raise PermanentError("This person has no login any more.")
    address = address_of(notification.to, Channel.EMAIL)
    if not address:
        raise PermanentError("This person has no e-mail address.")
    link = f"\n\n{settings.SITE_URL}{notification.link}" if notification.link else ""
    email.send(
        to=address,
        subject=notification.subject,
        text=f"{notification.text}{link}\n",
        message_id=notification.message_id,
    )


def _note_failure(notification: Notification, failure: TransportError, at: datetime) -> State:
    error = str(failure)[:500]
    if isinstance(failure, PermanentError) or notification.attempts >= MAX_ATTEMPTS:
        return _note(notification, State.FAILED, error=error)
    wait = min(FIRST_WAIT * 2 ** (notification.attempts - 1), LONGEST_WAIT)
    return _note(notification, State.QUEUED, error=error, not_before=at + wait)


def _note(notification: Notification, state: State, **facts: object) -> State:
    """Write what became of our claim; a claim that lapsed and was taken over is not ours."""
    ours = Notification.objects.filter(
        pk=notification.pk, state=State.SENDING, claimed_at=notification.claimed_at
    )
    ours.update(state=state, **facts)
    return state
