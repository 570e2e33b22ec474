"""What becomes of each value in a laboratory message: filed, left alone or put before a person.

Pure: a parsed message, a catalogue and what is stored already in; decisions out. The rules are
"Labs" 2 to 6 of the reference cases; rule 1 (the same sender and control id again) belongs to
whoever stores messages. Nothing is corrected here: a value that does not fit waits for a person.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from interop.hl7message import Header, Message, Observation, PatientIdentity
from interop.labcodes import Analyte, Catalogue, UnknownCode
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

KPA_SUSPECTED_BELOW = Decimal(13)
"""mm[Hg]. A tension below it was probably sent in kPa under the wrong unit (rule 6)."""
TENSIONS = frozenset({"paco2", "pao2"})
SAMPLE_SITE = "sample_site"
MEDICAL_RECORD = frozenset({"MR", "PI", ""})
STATUS_OF = {
    "P": Status.PRELIMINARY,
    "F": Status.FINAL,
    "C": Status.CORRECTED,
    "X": Status.CANCELLED,
    "D": Status.ENTERED_IN_ERROR,
    "W": Status.ENTERED_IN_ERROR,
}
WITHDRAWN = frozenset({Status.CANCELLED, Status.ENTERED_IN_ERROR})


def identify(sent: PatientIdentity, known: Iterable[KnownPatient]) -> KnownPatient | Outcome:
    """The patient meant, or why it cannot be told (rule 2).

    `known` are the patients with one of the numbers sent; number and authority must be equal, and
    then family name, given name and birth date must agree (letter case and spacing apart).
    """
    numbers = {
        (each.number, each.authority)
        for each in sent.identifiers
        if each.number and each.kind in MEDICAL_RECORD
    } | {(sent.mrn, sent.authority)}
    found = [each for each in known if each.mrn and (each.mrn, each.authority) in numbers]
    if not found:
        return Outcome.UNMATCHED
    if len(found) > 1 or not _is_same_person(sent, found[0]):
        return Outcome.IDENTITY_MISMATCH
    return found[0]


def decide(
    message: Message, catalogue: Catalogue, stored: Mapping[ResultKey, Standing]
) -> list[Decision]:
    """One decision for each OBX, in order; the sample site is no result (rules 3 to 6).

    `stored` holds the standing of results on file; those that the message does not name are not
    looked at. A message that names one result twice is judged against itself too.
    """
    site = _sample_site(message, catalogue)
    standings = dict(stored)
    decisions: list[Decision] = []
    for place, observation in enumerate(message.observations, start=1):
        numbered = replace(observation, set_id=observation.set_id or str(place))
        found = catalogue.analyte(numbered.codes)
        if isinstance(found, Analyte) and found.name == SAMPLE_SITE:
            continue
        word = _judge(numbered, message.header, found, site)
        decision = _against_stored(word, standings) if isinstance(word, File) else word
        if isinstance(decision, File):
            standings[decision.key] = decision.standing
        decisions.append(decision)
    return decisions


def keys_named(message: Message, catalogue: Catalogue) -> set[ResultKey]:
    """The results that the message speaks of, so that a caller fetches just their standings."""
    return {
        key
        for each in message.observations
        if isinstance(found := catalogue.analyte(each.codes), Analyte)
        and (key := _key(each, message.header, found)) is not None
    }


def outcome(decisions: Iterable[Decision]) -> Outcome:
    """What became of the message as a whole. Quarantine is named first, then what was filed."""
    kinds = [each.because if isinstance(each, Leave) else type(each) for each in decisions]
    if Quarantine in kinds:
        whole = all(kind is Quarantine for kind in kinds)
        return Outcome.QUARANTINED if whole else Outcome.PARTLY_QUARANTINED
    if File in kinds:
        return Outcome.FILED
    if Outcome.OLDER_THAN_STORED in kinds:
        return Outcome.OLDER_THAN_STORED
    return Outcome.NO_CHANGE


def _is_same_person(sent: PatientIdentity, known: KnownPatient) -> bool:
    return (
        _plain(sent.family) == _plain(known.family)
        and _plain(sent.given) == _plain(known.given)
        and sent.born_on == known.born_on
    )


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _sample_site(message: Message, catalogue: Catalogue) -> str | None:
    """The text of the message's own SITE result; None if it has none."""
    for each in message.observations:
        found = catalogue.analyte(each.codes)
        if isinstance(found, Analyte) and found.name == SAMPLE_SITE:
            return each.text or each.value
    return None


def _judge(
    sent: Observation, header: Header, found: Analyte | UnknownCode, site: str | None
) -> File | Quarantine:
    if isinstance(found, UnknownCode):
        conflict = found is UnknownCode.CODES_DISAGREE
        return _quarantine(sent, Reason.CODES_DISAGREE if conflict else Reason.CODE_UNKNOWN)
    status = STATUS_OF.get(sent.status)
    if status is None:
        return _quarantine(sent, Reason.STATUS_UNKNOWN)
    key = _key(sent, header, found)
    if key is None or sent.status_at is None:
        is_order_missing = not sent.filler_order
        return _quarantine(sent, Reason.ORDER_MISSING if is_order_missing else Reason.TIME_MISSING)
    word = File(
        obx=sent.set_id,
        key=key,
        value=None,
        comparator=None,
        value_text=None,
        unit=None,
        status=status,
        status_at=sent.status_at,
        sample_site=sent.sample_site if site is None else site,
        reported=sent.reported,
        notes=sent.notes,
    )
    return _with_value(word, sent, found)


def _with_value(word: File, sent: Observation, analyte: Analyte) -> File | Quarantine:
    """Add the value. A withdrawal is never held back by what is wrong with its value."""
    if word.status is Status.CANCELLED:
        return word
    withdrawn = word.status in WITHDRAWN
    if sent.number is None:
        if not sent.text and not withdrawn:
            return _quarantine(sent, Reason.VALUE_MISSING)
        return replace(word, value_text=sent.text or None)
    converted = analyte.converted(sent.number, sent.unit)
    if converted is None:
        return word if withdrawn else _quarantine(sent, Reason.UNIT_UNKNOWN)
    if not analyte.allows(converted):
        refused = _quarantine(sent, Reason.OUT_OF_HARD_RANGE)
        return word if withdrawn else replace(refused, converted=converted, unit=analyte.unit)
    is_doubtful = analyte.name in TENSIONS and converted < KPA_SUSPECTED_BELOW
    return replace(
        word,
        value=converted,
        comparator=sent.comparator or None,
        unit=analyte.unit,
        flags=("kpa_suspected",) if is_doubtful else (),
    )


def _against_stored(word: File, standings: Mapping[ResultKey, Standing]) -> File | Leave:
    on_file = standings.get(word.key)
    if on_file is None or word.standing > on_file:
        return word
    same = word.standing == on_file
    return Leave(word.obx, Outcome.NO_CHANGE if same else Outcome.OLDER_THAN_STORED, word)


def _key(sent: Observation, header: Header, analyte: Analyte) -> ResultKey | None:
    if sent.collected_at is None or not sent.filler_order:
        return None
    return ResultKey(header.sender, sent.filler_order, analyte.name, sent.sub_id, sent.collected_at)


def _quarantine(sent: Observation, reason: Reason) -> Quarantine:
    code = sent.codes[0].code if sent.codes else ""
    return Quarantine(sent.set_id, code, reason, sent.reported)
