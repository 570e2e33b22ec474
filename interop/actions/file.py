"""Decide and store what a laboratory message holds."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from audit.context import action
from interop.actions.merge import file_merge
from interop.filing import decide, identify, keys_named, outcome
from interop.hl7message import Message as Parsed
from interop.hl7v2 import is_merge, parse
from interop.labcodes import Catalogue
from interop.models import (
    Message,
    MessageOutcome,
    MessageState,
    QuarantinedObservation,
)
from interop.verdicts import (
    Decision,
    File,
    KnownPatient,
    Leave,
    Outcome,
    Quarantine,
    Reason,
    ResultKey,
    Standing,
    Status,
)
from labs.actions.filing import Reported, file_results
from labs.actions.reassess import lock_labs
from labs.models import ResultStatus
from labs.queries.catalogue import catalogue_rows
from labs.queries.results import standings
from patients.models import Patient, Run

CLOCK_AHEAD = timedelta(minutes=15)
"""How far a laboratory's clock may run before ours: a product default, not a clinical number."""
LARGEST = Decimal(10) ** 12
SMALL_INTEGER = 32_767
LONGEST_ORDER = 80
LONGEST_SUB_ID = 20
UNBORN = date.min


@action("filed a laboratory message")
def file_message(*, message: Message, by: User | None, at: datetime) -> Message:
    """Match the patient and file each value on its own; what does not fit waits for a person."""
    if is_merge(message.raw):
        return settled(file_merge(message=message, by=by, at=at), at)
    message.error = ""
    parsed = parse(message.raw, zone=message.centre.tz)
    found = _patient(message, parsed)
    if isinstance(found, Outcome):
        message.outcome, message.state = MessageOutcome(found.value), MessageState.HELD
        return settled(message, at)
    return file_for(message=message, parsed=parsed, patient=found, by=by, at=at)


def file_for(
    *, message: Message, parsed: Parsed, patient: Patient, by: User | None, at: datetime
) -> Message:
    """File a message under a patient, inside the caller's action."""
    run = lock_labs(patient.pk)
    catalogue = Catalogue.of(catalogue_rows(message.centre, at))
    stored = _standings(patient, parsed, catalogue)
    decisions = [_possible(one, at) for one in decide(parsed, catalogue, stored)]
    _file(message, patient, run, decisions, by, at)
    held = [one for one in decisions if isinstance(one, Quarantine)]
    QuarantinedObservation.objects.bulk_create(
        _quarantined(message, one, place) for place, one in enumerate(held, start=1)
    )
    message.patient, message.error = patient, ""
    message.outcome = _outcome(decisions, run)
    message.state = MessageState.HELD if held else MessageState.DONE
    return settled(message, at)


def _patient(message: Message, parsed: Parsed) -> Patient | Outcome:
    sent = parsed.patient
    numbers = {each.number for each in sent.identifiers} | {sent.mrn}
    patients = Patient.objects.filter(centre=message.centre_id, mrn__in=numbers).select_related(
        "unit", "merged_into__unit"
    )
    found = identify(sent, [_known(one, message) for one in patients])
    if isinstance(found, Outcome):
        return found
    return next(one for one in patients if one.pk == found.key).as_kept


def _known(patient: Patient, message: Message) -> KnownPatient:
    born_at = patient.born_at
    return KnownPatient(
        key=patient.pk,
        mrn=patient.mrn,
        authority=patient.assigning_authority,
        family=patient.family_name,
        given=patient.given_name,
        born_on=born_at.astimezone(message.centre.tz).date() if born_at else UNBORN,
    )


def _standings(patient: Patient, parsed: Parsed, catalogue: Catalogue) -> dict[ResultKey, Standing]:
    keys = keys_named(parsed, catalogue)
    on_file = standings(patient, parsed.header.sender, {key.filler_order for key in keys})
    found = {}
    for key in keys:
        collected_at = key.collected_at.astimezone(UTC)
        row = on_file.get((key.filler_order, key.analyte, key.sub_id, collected_at))
        if row is not None:
            found[key] = Standing(row.status_at, Status(row.status).rank)
    return found


def _possible(decision: Decision, at: datetime) -> Decision:
    """Put before a person what could be filed by the rules but cannot be, or cannot be stored."""
    if not isinstance(decision, File):
        return decision
    key = decision.key
    if key.collected_at > at + CLOCK_AHEAD:
        return Quarantine(decision.obx, key.analyte, Reason.IN_THE_FUTURE, decision.reported)
    is_too_long = len(key.filler_order) > LONGEST_ORDER or len(key.sub_id) > LONGEST_SUB_ID
    if is_too_long or (decision.value is not None and abs(decision.value) >= LARGEST):
        return Quarantine(decision.obx, key.analyte, Reason.CANNOT_BE_STORED, decision.reported)
    return decision


def _file(
    message: Message,
    patient: Patient,
    run: Run | None,
    decisions: Sequence[Decision],
    by: User | None,
    at: datetime,
) -> None:
    words = [
        _reported(word, is_history=isinstance(one, Leave))
        for one in decisions
        if (word := _word(one)) is not None
    ]
    if words:
        file_results(
            patient=patient,
            run=run,
            sender=message.sender,
            control_id=message.control_id,
            results=words,
            by=by,
            at=at,
        )


def _word(decision: Decision) -> File | None:
    """What is stored of a decision: also a version older than the one on file, as history."""
    if isinstance(decision, File):
        return decision
    if isinstance(decision, Leave) and decision.because is Outcome.OLDER_THAN_STORED:
        return decision.word
    return None


def _reported(word: File, *, is_history: bool) -> Reported:
    return Reported(
        filler_order=word.key.filler_order,
        collected_at=word.key.collected_at.astimezone(UTC),
        site=word.sample_site[:60],
        analyte=word.analyte,
        status=ResultStatus(word.status.value),
        status_at=word.status_at,
        sub_id=word.key.sub_id,
        value=word.value,
        comparator=word.comparator or "",
        value_text=word.value_text or "",
        unit=word.unit or "",
        reported=word.reported[:200],
        flags=word.flags,
        is_history=is_history,
    )


def _quarantined(message: Message, one: Quarantine, place: int) -> QuarantinedObservation:
    number = int(one.obx) if one.obx.isascii() and one.obx.isdigit() else place
    converted = one.converted
    if converted is not None and abs(converted) >= LARGEST:
        converted = None
    return QuarantinedObservation(
        message=message,
        obx=min(number, SMALL_INTEGER),
        code=one.code[:80],
        reason=str(one.reason),
        reported=one.reported[:200],
        converted=converted,
        unit=(one.unit or "")[:30],
    )


def _outcome(decisions: Sequence[Decision], run: Run | None) -> MessageOutcome:
    """A patient of ours who was never on ECMO here is another patient: filed under their name."""
    if run is None:
        return MessageOutcome.OTHER_PATIENT
    return MessageOutcome(outcome(decisions).value)


def settled(message: Message, at: datetime) -> Message:
    """Keep what became of a message."""
    message.processed_at = at
    message.save(update_fields=["outcome", "state", "patient", "processed_at", "error"])
    return message
