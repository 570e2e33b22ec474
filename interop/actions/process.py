"""File a stored message: by the rules, once, and again later if it fails."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from alerts.actions import reconcile_alerts
from alerts.models import Category
from audit.context import action
from clinical.findings import Assessment, Finding, Severity
from interop.actions.file import file_message
from interop.models import Message, MessageState

log = logging.getLogger(__name__)

CLAIM_LAPSES = timedelta(minutes=5)
TRIES_BEFORE_ALERT = 3
LATER = timedelta(hours=1)
SWEPT = 100
STUCK = "interop.message_stuck"


def process_message(*, pk: int, at: datetime) -> Message:
    """Claim a message and file it. Whatever goes wrong is noted on it and tried again.

    Safe twice and at once: only one claim can win, and a claim older than five minutes lapses.
    """
    waiting = Q(state=MessageState.RECEIVED) | Q(
        state=MessageState.PROCESSING, claimed_at__lte=at - CLAIM_LAPSES
    )
    is_claimed = Message.objects.filter(waiting, pk=pk).update(
        state=MessageState.PROCESSING, claimed_at=at, attempts=F("attempts") + 1
    )
    message = Message.objects.select_related("centre", "received_from", "patient__unit").get(pk=pk)
    if not is_claimed:
        return message
    try:
        file_message(message=message, by=message.received_from, at=at)
    except Exception as error:  # noqa: BLE001 - an edge: the failure is stored on the row
        log.warning("message %s was not filed: %s", message.public_id, type(error).__name__)
        return put_back(message=message, error=f"{type(error).__name__}: {error}", at=at)
    if message.attempts > 1:
        _tell(message, (), at)
    return message


@action("could not file a laboratory message")
def put_back(*, message: Message, error: str, at: datetime) -> Message:
    """Let the sweep try again; what failed three times is brought to a person."""
    message.refresh_from_db()
    message.state, message.error = MessageState.RECEIVED, error[:2000]
    message.save(update_fields=["state", "error"])
    if message.attempts >= TRIES_BEFORE_ALERT:
        text = f"A laboratory message could not be filed after {message.attempts} tries"
        _tell(message, (Finding(STUCK, Severity.WARNING, text),), at)
    return message


def sweep(*, at: datetime) -> int:
    """Try again what waits, oldest first; what keeps failing only once an hour."""
    waiting = Message.objects.filter(
        Q(state=MessageState.RECEIVED, attempts__lt=TRIES_BEFORE_ALERT)
        | Q(state=MessageState.RECEIVED, claimed_at__lte=at - LATER)
        | Q(state=MessageState.PROCESSING, claimed_at__lte=at - CLAIM_LAPSES)
    )
    keys = list(waiting.order_by("received_at", "pk").values_list("pk", flat=True)[:SWEPT])
    for pk in keys:
        process_message(pk=pk, at=at)
    return len(keys)


def _tell(message: Message, findings: tuple[Finding, ...], at: datetime) -> None:
    unit = message.patient.unit if message.patient else message.centre.units.order_by("pk").first()
    if unit is None:
        return
    reconcile_alerts(
        unit=unit,
        run=None,
        assessment=Assessment(frozenset({STUCK}), findings),
        at=at,
        category=Category.SAFETY,
        subject=f"message:{message.public_id}",
    )
