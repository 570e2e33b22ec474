"""ADT^A40: the hospital says that two records are one patient; here a person confirms it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.context import action
from episodes.actions.merging import merge_patients
from interop.hl7message import Identifier
from interop.hl7v2 import Merge, parse_merge
from interop.models import Message, MessageOutcome, MessageState
from patients.models import Patient
from web.problems import NeedsConfirmation, RuleBroken

NOT_HERE = (
    "The record that stays ({number}) is not here. Admit that patient, or correct the number on "
    "record, then merge from here; or set the message aside."
)


class NotAMerge(RuleBroken):
    code = "not_a_merge"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two records that a message names, as far as they are here."""

    stays: Patient | None
    goes: Patient | None
    parsed: Merge


def pair_of(message: Message) -> Pair:
    """Return the records that an ADT^A40 means: by number and who gave it out (two statements)."""
    parsed = parse_merge(message.raw, zone=message.centre.tz)
    return Pair(
        stays=_found(message, parsed.patient.identifiers),
        goes=_found(message, parsed.retired),
        parsed=parsed,
    )


def file_merge(*, message: Message, by: User | None, at: datetime) -> Message:
    """Merge what may be merged unasked; all else waits for a person, with the sentence that says why.

    A record that is not here concerns no patient of ours. The caller stores the message.
    """
    pair = pair_of(message)
    message.error = ""
    if pair.goes is None:
        message.outcome, message.state = MessageOutcome.OTHER_PATIENT, MessageState.DONE
        return message
    message.patient = pair.stays or pair.goes
    if pair.stays is not None and pair.goes.merged_into_id == pair.stays.pk:
        message.outcome, message.state = MessageOutcome.NO_CHANGE, MessageState.DONE
        return message
    try:
        with transaction.atomic():  # what a rule refuses must not undo the rest
            _merge(message, pair, by, at, ())
    except RuleBroken as asked:
        message.state, message.error = MessageState.HELD, _words(asked)
    return message


@action("merged two records as the hospital said")
def confirm_merge(
    *,
    message: Message,
    by: User,
    at: datetime,
    reason: str,
    confirmed: Collection[str] = (),
) -> Message:
    """Merge the two records of a message that waits. Raises NotAMerge and what merging raises."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("centre")
    message = rows.get(pk=message.pk)
    if not waits_for_merge(message):
        raise NotAMerge("This message waits for no merge any more. Reload the list.")
    pair = pair_of(message)
    _merge(message, pair, by, at, confirmed, reason)
    message.processed_at = at
    message.save(update_fields=["outcome", "state", "patient", "error", "processed_at"])
    return message


def waits_for_merge(message: Message) -> bool:
    """Whether a person is to say if its two records are one: of all that waits it alone has no outcome."""
    return message.state == MessageState.HELD and not message.outcome


def _merge(
    message: Message,
    pair: Pair,
    by: User | None,
    at: datetime,
    confirmed: Collection[str],
    reason: str = "",
) -> None:
    if pair.stays is None or pair.goes is None:
        raise RuleBroken(NOT_HERE.format(number=pair.parsed.patient.mrn))
    if by is None:
        raise NeedsConfirmation("Nobody is named who sends this: a person confirms it.", errors=[])
    said = f"{message.sender}, ADT^A40 {message.control_id}. {reason}".strip()
    merge_patients(
        retired=pair.goes, survivor=pair.stays, reason=said, by=by, at=at, confirmed=confirmed
    )
    message.outcome, message.state, message.error = MessageOutcome.FILED, MessageState.DONE, ""
    message.patient = pair.stays


def _found(message: Message, numbers: Collection[Identifier]) -> Patient | None:
    named = {(each.number, each.authority) for each in numbers if each.number}
    rows = Patient.objects.filter(
        centre=message.centre_id, mrn__in=[number for number, _ in named]
    ).select_related("unit__centre", "centre", "merged_into")
    found = [row for row in rows if (row.mrn, row.assigning_authority) in named]
    return found[0] if len(found) == 1 else None


def _words(refused: RuleBroken) -> str:
    asked = [error["message"] for error in refused.errors or ()]
    return " ".join([refused.message, *(one for one in asked if one not in refused.message)])
