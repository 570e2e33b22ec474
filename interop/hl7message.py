"""What an ORU^R01 or an ADT^A40 says, as frozen values. Read by `interop.hl7v2`, judged by `interop.filing`."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from interop.hl7wire import Delimiters


class Code(NamedTuple):
    """One coding of a test: LOINC has the system LN, a local list L or 99xxx."""

    code: str
    text: str
    system: str


class Identifier(NamedTuple):
    """One of the patient's numbers (PID-3) with who gave it out and of which type it is (MR ...)."""

    number: str
    authority: str
    kind: str


@dataclass(frozen=True, slots=True)
class Header:
    """Who sent the message, and how its acknowledgement must be addressed."""

    sender: str
    sender_facility: str
    receiver: str
    receiver_facility: str
    sent_at: datetime | None
    type: str
    control_id: str
    processing_id: str
    version: str
    delimiters: Delimiters = field(repr=False)


@dataclass(frozen=True, slots=True)
class PatientIdentity:
    """Whom the sender means. `sex` is the HL7 letter; `born_on` the calendar date as it was sent."""

    mrn: str
    authority: str
    family: str
    given: str
    born_on: date | None
    sex: str
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One OBX. `number` is set if the value is one number, with its `comparator` if it is censored;
    any other value stands in `text`. `value` and `unit` are as they were sent.
    """

    set_id: str
    value_type: str
    codes: tuple[Code, ...]
    sub_id: str
    value: str
    comparator: str
    number: Decimal | None
    text: str
    unit: str
    status: str
    collected_at: datetime | None
    status_at: datetime | None
    filler_order: str
    sample_site: str
    notes: tuple[str, ...] = ()

    @property
    def reported(self) -> str:
        """Value and unit as the laboratory wrote them."""
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Group:
    """One order with its results (OBR and what follows it). `status` is OBR-25."""

    placer_order: str
    filler_order: str
    codes: tuple[Code, ...]
    status: str
    specimen: str
    notes: tuple[str, ...]
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """An ADT^A40: the record of `patient` stays, that of `retired` (MRG-1) goes into it."""

    header: Header
    patient: PatientIdentity
    retired: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Message:
    header: Header
    patient: PatientIdentity
    groups: tuple[Group, ...]

    @property
    def observations(self) -> tuple[Observation, ...]:
        return tuple(each for group in self.groups for each in group.observations)
