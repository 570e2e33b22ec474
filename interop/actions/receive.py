"""Take a laboratory message: store it first, then answer, then file it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Centre, User
from audit.context import action
from interop.actions.process import process_message
from interop.hl7v2 import (
    Header,
    HL7Error,
    acknowledgement,
    decoded,
    header_of,
    is_merge,
    parse,
    parse_merge,
)
from interop.models import Message, MessageOutcome, MessageState, Receipt

MAX_BYTES = 2 * 1024 * 1024
TAKEN, FAULT, NEVER = "AA", "AE", "AR"
LONGEST = {"sender": 60, "control_id": 80}
TOO_LARGE = f"message: larger than {MAX_BYTES} bytes; send documents another way"


@dataclass(frozen=True, slots=True)
class Received:
    """What a sender is told about one arrival."""

    message: Message
    receipt: Receipt
    ack_text: str


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A body as far as it could be read: its text, its header, and what is wrong with it."""

    text: str
    header: Header | None
    ack: str
    fault: str


def receive_message(*, raw: bytes | str, by: User, centre: Centre, at: datetime) -> Received:
    """Store a message and answer it; file it at once if it can be read.

    The answer says that the message is kept, not that it was filed: what cannot be filed waits
    for a person, what fails is tried again by the sweep. Nothing that arrives is dropped.
    """
    arrival = _read(raw, centre)
    receipt = store_message(arrival=arrival, centre=centre, by=by, at=at)
    message = receipt.message
    if not receipt.is_duplicate and message.state == MessageState.RECEIVED:
        message = process_message(pk=message.pk, at=at)
    return Received(message, receipt, _answer(receipt, arrival, centre, at))


@action("received a laboratory message")
def store_message(*, arrival: _Arrival, centre: Centre, by: User, at: datetime) -> Receipt:
    """Keep the text and note the arrival. One that was stored before gets the same answer again."""
    message, is_new = _find_or_store(arrival, centre, by, at)
    first = None if is_new else message.receipts.first()
    return Receipt.objects.create(
        message=message,
        received_at=at,
        ack=first.ack if first else arrival.ack,
        is_duplicate=not is_new,
    )


def refusal(text: str, *, centre: Centre, at: datetime) -> str:
    """Return the answer to a body that is not even stored (too large): never to be sent again."""
    return acknowledgement(None, NEVER, text, at.astimezone(centre.tz), "0")


def failure(*, centre: Centre, at: datetime) -> str:
    """Return the answer when the message could not be stored: the sender must send it again."""
    text = "could not be stored, send it again later"
    return acknowledgement(None, FAULT, text, at.astimezone(centre.tz), "0")


def _read(raw: bytes | str, centre: Centre) -> _Arrival:
    text, header = "", None
    try:
        text = decoded(raw) if isinstance(raw, bytes) else raw
        header = header_of(text, centre.tz)
        (parse_merge if is_merge(text) else parse)(text, zone=centre.tz)
        _check_lengths(header)
    except HL7Error as error:
        text = text or (raw.decode("latin-1") if isinstance(raw, bytes) else raw)
        return _Arrival(_storable(text), header, error.answer, str(error))
    return _Arrival(text, header, TAKEN, "")


def _check_lengths(header: Header) -> None:
    for name, where in (("sender", "MSH-3"), ("control_id", "MSH-10")):
        if len(getattr(header, name)) > LONGEST[name]:
            raise HL7Error(f"longer than {LONGEST[name]} characters", where=where, answer=NEVER)


def _storable(text: str) -> str:
    """Text that PostgreSQL takes: no NUL, no half characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _find_or_store(
    arrival: _Arrival, centre: Centre, by: User, at: datetime
) -> tuple[Message, bool]:
    found = _stored_before(arrival, centre)
    if found:
        return found, False
    try:
        with transaction.atomic():
            return _store(arrival, centre, by, at), True
    except IntegrityError:
        found = _stored_before(arrival, centre)  # the same message came at the same moment
        if found is None:
            raise
        return found, False


def _stored_before(arrival: _Arrival, centre: Centre) -> Message | None:
    """The same sender and control id, or the same unreadable text.

    A message that could not be read does not hold its control id: mended, it may come again.
    """
    if arrival.fault or arrival.header is None:
        failed = Message.objects.filter(centre=centre, state=MessageState.FAILED)
        return failed.filter(raw=arrival.text).first()
    return Message.objects.filter(
        centre=centre, sender=arrival.header.sender, control_id=arrival.header.control_id
    ).first()


def _store(arrival: _Arrival, centre: Centre, by: User, at: datetime) -> Message:
    is_readable = not arrival.fault
    header = arrival.header
    return Message.objects.create(
        centre=centre,
        sender=header.sender[: LONGEST["sender"]] if header else "",
        control_id=header.control_id if header and is_readable else "",
        raw=arrival.text,
        received_at=at,
        received_from=by,
        state=MessageState.RECEIVED if is_readable else MessageState.FAILED,
        outcome="" if is_readable else MessageOutcome.UNREADABLE,
        error=arrival.fault,
    )


def _answer(receipt: Receipt, arrival: _Arrival, centre: Centre, at: datetime) -> str:
    text = arrival.fault or ("stored before" if receipt.is_duplicate else "stored")
    return acknowledgement(
        arrival.header, receipt.ack, text, at.astimezone(centre.tz), f"ECMO{receipt.pk}"
    )
