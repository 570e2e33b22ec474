"""Which parts a recall is about, and how urgently each needs somebody.

Source: bedside reference 3.3. A notice names products (by GTIN or model) and of these all, or some
lots, ranges of lots and serials. It asks for removal or for a correction; a correction may let a
part stay in use, so "recall" cannot simply mean "block". What a record does not hold cannot be
ruled out: such a part is to be looked at, never taken for unaffected.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from clinical.findings import Severity

GTIN_DIGITS = 14
GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_NOT_LOT = re.compile(r"[\s\-_./]+")
_PIECES = re.compile(r"[0-9]+|[^0-9]+")

Answer = bool | None
"""Yes, no, or None: the record does not say."""


class Verdict(StrEnum):
    """What a recall says of one part."""

    AFFECTED = "affected"
    CANNOT_TELL = "cannot_tell"
    NOT_AFFECTED = "not_affected"


class RecallAction(StrEnum):
    """What the notice asks for."""

    CORRECTION = "correction"
    REMOVAL = "removal"


@dataclass(frozen=True, slots=True)
class LotRange:
    """Lots from the first to the last, both included."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Affected:
    """What a notice names. Products by model or GTIN; without lots, ranges and serials all of them.

    A blank `kind` narrows nothing.
    """

    kind: str = ""
    models: frozenset[str] = frozenset()
    gtins: frozenset[str] = frozenset()
    lots: frozenset[str] = frozenset()
    ranges: tuple[LotRange, ...] = ()
    serials: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Label:
    """What the record holds of one part; blank is not known."""

    kind: str
    model: str
    gtin: str = ""
    lot: str = ""
    serial: str = ""


def verdict(affected: Affected, label: Label) -> Verdict:
    """Say whether a part is one of those recalled, or that the record cannot tell."""
    is_of_kind = not affected.kind or label.kind == affected.kind
    answer = _all(is_of_kind, _is_product(affected, label), _is_named(affected, label))
    if answer is None:
        return Verdict.CANNOT_TELL
    return Verdict.AFFECTED if answer else Verdict.NOT_AFFECTED


def normal_gtin(text: str) -> str:
    """Return a GTIN as 14 digits, blank if it is none: shorter ones are filled with zeros."""
    digits = re.sub(r"[\s\-]", "", text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in GTIN_LENGTHS:
        return ""
    return digits.zfill(GTIN_DIGITS)


def normal_lot(text: str) -> str:
    """Return a lot or serial as it is compared: capitals, without spaces, hyphens, dots, slashes."""
    return _NOT_LOT.sub("", text).upper()


def is_orderly(span: LotRange) -> bool:
    """Say whether a range can be read: both ends built alike, and the first not after the last."""
    first, last = _key(span.first), _key(span.last)
    return bool(first) and _shape(first) == _shape(last) and first <= last


def is_within(lot: str, span: LotRange) -> Answer:
    """Say whether a lot lies in a range; None if it is built otherwise than the range's ends.

    Letters compare as letters, digits as numbers, piece by piece: L9 lies before L10.
    """
    key, first = _key(lot), _key(span.first)
    if not key or _shape(key) != _shape(first):
        return None
    return first <= key <= _key(span.last)


def severity(action: RecallAction, recall_class: str, found: Verdict, *, stays: bool) -> Severity:
    """Return how urgent an affected part in a circuit is.

    A removal warns, a removal of class I (serious harm is likely) is critical; a correction is
    information, and so is a part that nobody can rule out, or whose staying was decided. These
    levels are product defaults; the reference gives none.
    """
    if action is RecallAction.CORRECTION or found is not Verdict.AFFECTED or stays:
        return Severity.ADVISORY
    return Severity.CRITICAL if recall_class == "I" else Severity.WARNING


def _is_product(affected: Affected, label: Label) -> Answer:
    if label.model in affected.models:
        return True
    gtin = normal_gtin(label.gtin)
    if not affected.gtins:
        return False
    if not gtin:
        return None
    return gtin in {normal_gtin(one) for one in affected.gtins}


def _is_named(affected: Affected, label: Label) -> Answer:
    """Whether lot or serial is named; True if the notice is about the whole product."""
    answers: list[Answer] = []
    if affected.lots or affected.ranges:
        answers.append(_is_lot(affected, label.lot))
    if affected.serials:
        named = {normal_lot(one) for one in affected.serials}
        answers.append(normal_lot(label.serial) in named if label.serial else None)
    return _any(*answers) if answers else True


def _is_lot(affected: Affected, lot: str) -> Answer:
    if not normal_lot(lot):
        return None
    listed = normal_lot(lot) in {normal_lot(one) for one in affected.lots}
    return _any(listed, *(is_within(lot, span) for span in affected.ranges))


def _key(lot: str) -> tuple[tuple[bool, int, str], ...]:
    pieces = _PIECES.findall(normal_lot(lot))
    return tuple(
        (True, int(piece), "") if piece.isdecimal() else (False, 0, piece) for piece in pieces
    )


def _shape(key: tuple[tuple[bool, int, str], ...]) -> tuple[bool, ...]:
    return tuple(is_number for is_number, _, _ in key)


def _all(*answers: Answer) -> Answer:
    if False in answers:
        return False
    return None if None in answers else True


def _any(*answers: Answer) -> Answer:
    if True in answers:
        return True
    return None if None in answers else False
