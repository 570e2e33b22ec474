"""What can be said of a laboratory message and of each value in it: the words of `interop.filing`."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """OBX-11 as we keep it, in the order in which a later word of the laboratory outranks."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"

    @property
    def rank(self) -> int:
        return list(Status).index(self)


class Outcome(StrEnum):
    """What became of a message as a whole."""

    FILED = "filed"
    PARTLY_QUARANTINED = "partly_quarantined"
    QUARANTINED = "quarantined"
    OLDER_THAN_STORED = "older_than_stored"
    NO_CHANGE = "no_change"
    UNMATCHED = "unmatched"
    IDENTITY_MISMATCH = "identity_mismatch"


class Reason(StrEnum):
    """Why a value waits for a person."""

    CODE_UNKNOWN = "code_unknown"
    CODES_DISAGREE = "codes_disagree"
    UNIT_UNKNOWN = "unit_unknown"
    OUT_OF_HARD_RANGE = "out_of_hard_range"
    STATUS_UNKNOWN = "status_unknown"
    VALUE_MISSING = "value_missing"
    TIME_MISSING = "time_missing"
    ORDER_MISSING = "order_missing"
    IN_THE_FUTURE = "in_the_future"
    CANNOT_BE_STORED = "cannot_be_stored"


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient of ours, as far as a message can name one. `key` is the caller's own."""

    key: object
    mrn: str
    authority: str
    family: str
    given: str
    born_on: date


class ResultKey(NamedTuple):
    """What makes two messages speak of one result (rule "one result")."""

    sender: str
    filler_order: str
    analyte: str
    sub_id: str
    collected_at: datetime


class Standing(NamedTuple):
    """How new a word about a result is; compared in this order (rule 4)."""

    status_at: datetime
    rank: int


@dataclass(frozen=True, slots=True)
class File:
    """Store this as the newest state of the result. Numbers are in the catalogue's unit."""

    obx: str
    key: ResultKey
    value: Decimal | None
    comparator: str | None
    value_text: str | None
    unit: str | None
    status: Status
    status_at: datetime
    sample_site: str
    reported: str
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def analyte(self) -> str:
        return self.key.analyte

    @property
    def standing(self) -> Standing:
        return Standing(self.status_at, self.status.rank)


@dataclass(frozen=True, slots=True)
class Leave:
    """Change nothing: older than what is stored, or the same. `word` is what was sent."""

    obx: str
    because: Outcome
    word: File


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Put it before a person. `converted` is in the catalogue's `unit`, if it could be converted."""

    obx: str
    code: str
    reason: Reason
    reported: str
    converted: Decimal | None = None
    unit: str | None = None


Decision = File | Leave | Quarantine
