"""What a person does with messages and values that wait."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from interop.actions.file import file_for
from interop.hl7v2 import parse
from interop.models import Message, MessageOutcome, MessageState, QuarantinedObservation
from patients.models import Patient
from web.problems import RuleBroken

UNMATCHED = frozenset({MessageOutcome.UNMATCHED, MessageOutcome.IDENTITY_MISMATCH})


class NotWaiting(RuleBroken):
    code = "not_waiting"


class OtherCentre(RuleBroken):
    code = "other_centre"


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    status = 400


@action("matched a laboratory message by hand")
def match_by_hand(
    *, message: Message, patient: Patient, by: User, at: datetime, reason: str
) -> Message:
    """File a message under the patient that a person chose, by the same rules for each value."""
    message = _locked(message, reason)
    if message.state != MessageState.HELD or message.outcome not in UNMATCHED:
        raise NotWaiting("This message waits for no patient any more. Reload the list.")
    if patient.centre_id != message.centre_id:
        raise OtherCentre("This patient belongs to another centre. Choose one of this centre.")
    parsed = parse(message.raw, zone=message.centre.tz)
    return file_for(message=message, parsed=parsed, patient=patient, by=by, at=at)


@action("set a laboratory message aside")
def set_aside(*, message: Message, by: User, at: datetime, reason: str) -> Message:
    """Take a message that waits for a patient, or could not be read, from the work list.

    The text stays on record, the reason in its history and on the message.
    """
    message = _locked(message, reason)
    is_waiting = message.state == MessageState.FAILED or (
        message.state == MessageState.HELD and message.outcome in {*UNMATCHED, ""}
    )
    if not is_waiting:
        raise NotWaiting("This message does not wait for a person. Reload the list.")
    message.state, message.processed_at, message.error = MessageState.DONE, at, reason
    message.save(update_fields=["state", "processed_at", "error"])
    return message


@action("resolved a quarantined result")
def resolve_quarantined(
    *, row: QuarantinedObservation, by: User, at: datetime, reason: str
) -> QuarantinedObservation:
    """Note what became of a value that was not filed. Its message leaves the list with its last."""
    message = _locked(row.message, reason)
    row = QuarantinedObservation.objects.select_for_update().get(pk=row.pk)
    if row.resolved_at:
        raise NotWaiting("Somebody resolved this already. Reload the list.")
    row.resolved_at, row.resolved_by, row.resolution = at, by, reason[:200]
    row.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    if not message.quarantined.filter(resolved_at=None).exists():
        message.state = MessageState.DONE
        message.save(update_fields=["state"])
    return row


def _locked(message: Message, reason: str) -> Message:
    if not reason.strip():
        raise ReasonMissing("Say why: the reason stays on record.")
    waiting = Message.objects.select_for_update(of=("self",)).select_related("centre")
    return waiting.get(pk=message.pk)
