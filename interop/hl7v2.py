"""HL7 v2 messages: ORU^R01 and ADT^A40 text to values, and the acknowledgement back.

Pure: text in, frozen values out. It reads what stands there and judges nothing; which patient and
which analyte it means, and whether a value may be filed, is decided in `interop.filing`.
Field numbers follow HL7 v2.5.1 chapters 2 (MSH, MSA, NTE), 3 (PID), 4 (ORC, OBR) and 7 (OBX, SPM);
messages of any version 2.x are read.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple

from interop.hl7message import (
    Code,
    Group,
    Header,
    Identifier,
    Merge,
    Message,
    Observation,
    PatientIdentity,
)
from interop.hl7wire import Delimiters, HL7Error, Segment, day, decoded, segments_of

__all__ = [
    "Code",
    "Group",
    "HL7Error",
    "Header",
    "Identifier",
    "Merge",
    "Message",
    "Observation",
    "PatientIdentity",
    "acknowledgement",
    "decoded",
    "header_of",
    "is_merge",
    "parse",
    "parse_merge",
]

NUMBER = re.compile(
    r"(?P<sign><=|>=|<|>|=)?\s*(?P<number>[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15}))"
)
ANSWERS = frozenset({"AA", "AE", "AR"})
NOBODY = Header("", "", "", "", None, "", "", "", "", Delimiters())


def header_of(text: str, zone: tzinfo) -> Header:
    """The header alone, so that a message that cannot be read further is answered to its sender.

    Raises HL7Error if the text is not HL7 or has no message type or control id.
    """
    return _header(segments_of(text)[0], zone)


def is_merge(text: str) -> bool:
    """Whether this is a merge of two records (ADT^A40). Raises HL7Error as `segments_of` does."""
    msh = segments_of(text)[0]
    return (msh.component(9, 1), msh.component(9, 2)) == ("ADT", "A40")


def parse_merge(text: str, *, zone: tzinfo) -> Merge:
    """Read one ADT^A40 with one pair of records: PID stays, MRG goes.

    Raises HL7Error for a text that names no pair, or more than one.
    """
    segments = segments_of(text)
    header = _header(segments[0], zone)
    patients = [each for each in segments if each.name == "PID"]
    merges = [each for each in segments if each.name == "MRG"]
    if len(patients) != 1 or len(merges) != 1:
        raise HL7Error(
            f"{len(patients)} PID and {len(merges)} MRG; send one message for each pair of records",
            where="MRG",
            answer="AR",
        )
    retired = tuple(_identifier(merges[0], text) for text in merges[0].repetitions(1))
    if not any(each.number for each in retired):
        raise HL7Error("name the number of the record that goes", where="MRG-1", answer="AR")
    return Merge(header, _patient(patients[0]), retired)


def parse(text: str, *, zone: tzinfo) -> Message:
    """Read one ORU^R01. A time without an offset is a time of `zone`.

    Raises HL7Error, and nothing else, for a text that is not such a message.
    """
    segments = segments_of(text)
    header = _header(segments[0], zone)
    if header.type != "ORU^R01":
        raise HL7Error(
            f"{header.type[:20]!r} is not taken here; send ORU^R01 or ADT^A40",
            where="MSH-9",
            answer="AR",
        )
    patients = [each for each in segments if each.name == "PID"]
    if len(patients) != 1:
        raise HL7Error(
            f"{len(patients)} patients in one message; send one message for each", where="PID"
        )
    groups = tuple(_group(order, header, zone) for order in _orders(segments))
    return Message(header, _patient(patients[0]), groups)


def acknowledgement(
    message: Message | Merge | Header | None, code: str, text: str, at: datetime, control_id: str
) -> str:
    """The ACK to a message, of its own event: `code` is AA (taken), AE (fault) or AR (never taken).

    `message` is None if not even its header could be read; the answer then names no control id.
    """
    if code not in ANSWERS:
        raise ValueError(f"{code!r} is no acknowledgement code")
    header = message.header if isinstance(message, Message | Merge) else message or NOBODY
    marks = header.delimiters
    msh = [
        header.receiver,
        header.receiver_facility,
        header.sender,
        header.sender_facility,
        at.strftime("%Y%m%d%H%M%S%z"),
        "",
        ("ACK", header.type.partition("^")[2].partition("^")[0] or "R01", "ACK"),
        control_id,
        header.processing_id or "P",
        header.version or "2.5.1",
    ]
    fields = [
        marks.component.join(map(marks.escaped, (each,) if isinstance(each, str) else each))
        for each in msh
    ]
    lines = (
        ["MSH", marks.encoding, *fields],
        ["MSA", code, marks.escaped(header.control_id), marks.escaped(text[:200])],
    )
    return "".join(marks.field.join(line) + "\r" for line in lines)


def _header(msh: Segment, zone: tzinfo) -> Header:
    header = Header(
        sender=msh.component(3),
        sender_facility=msh.component(4),
        receiver=msh.component(5),
        receiver_facility=msh.component(6),
        sent_at=msh.moment(7, zone),
        type="^".join(filter(None, (msh.component(9, 1), msh.component(9, 2)))),
        control_id=msh.component(10),
        processing_id=msh.component(11),
        version=msh.component(12),
        delimiters=msh.delimiters,
    )
    for value, where, what in (
        (header.sender, "MSH-3", "name the sending application"),
        (header.type, "MSH-9", "name the type of the message"),
        (header.control_id, "MSH-10", "give the message a control id"),
    ):
        if not value:
            raise HL7Error(what, where=where, answer="AR")
    return header


def _patient(pid: Segment) -> PatientIdentity:
    identifiers = tuple(_identifier(pid, text) for text in pid.repetitions(3))
    record = next((each for each in identifiers if each.kind == "MR"), None)
    first = record or next(iter(identifiers), Identifier("", "", ""))
    return PatientIdentity(
        mrn=first.number,
        authority=first.authority,
        family=pid.component(5, 1),
        given=pid.component(5, 2),
        born_on=day(pid.component(7)),
        sex=pid.component(8),
        identifiers=identifiers,
    )


def _identifier(pid: Segment, text: str) -> Identifier:
    parts = [*pid.components(text), "", "", "", "", ""]
    return Identifier(number=parts[0], authority=parts[3], kind=parts[4])


def _orders(segments: list[Segment]) -> Iterator[list[Segment]]:
    """The segments of each order, beginning with its OBR; what stands outside an order is left."""
    order: list[Segment] = []
    for segment in segments:
        if segment.name == "ORC":
            yield from [order] if order else []
            order = []
        elif segment.name == "OBR":
            yield from [order] if order else []
            order = [segment]
        elif order:
            order.append(segment)
        elif segment.name == "OBX":
            raise HL7Error("a result without an order; send its OBR before it", where="OBX")
    yield from [order] if order else []


def _group(order: Sequence[Segment], header: Header, zone: tzinfo) -> Group:
    obr = order[0]
    specimen = next((each for each in order if each.name == "SPM"), None)
    common = Order(
        filler_order=obr.component(3),
        collected_at=obr.moment(7, zone),
        status_at=obr.moment(22, zone) or header.sent_at,
        sample_site=_site(obr, specimen),
    )
    return Group(
        placer_order=obr.component(2),
        filler_order=common.filler_order,
        codes=_codes(obr, 4),
        status=obr.component(25),
        specimen=specimen.component(4, 2) if specimen else "",
        notes=_notes(order, after=0),
        observations=tuple(
            _observation(each, common, zone, _notes(order, after=place))
            for place, each in enumerate(order)
            if each.name == "OBX"
        ),
    )


class Order(NamedTuple):
    """What the results of one order have in common."""

    filler_order: str
    collected_at: datetime | None
    status_at: datetime | None
    sample_site: str


def _observation(obx: Segment, order: Order, zone: tzinfo, notes: tuple[str, ...]) -> Observation:
    comparator, number = _number(obx)
    return Observation(
        set_id=obx.component(1),
        value_type=obx.component(2),
        codes=_codes(obx, 3),
        sub_id=obx.component(4),
        value=obx.raw(5),
        comparator=comparator,
        number=number,
        text="" if number is not None else _words(obx),
        unit=obx.component(6),
        status=obx.component(11),
        collected_at=obx.moment(14, zone) or order.collected_at,
        status_at=order.status_at,
        filler_order=order.filler_order,
        sample_site=order.sample_site,
        notes=notes,
    )


def _codes(segment: Segment, number: int) -> tuple[Code, ...]:
    """Both codings of a coded element: components 1 to 3 and 4 to 6."""
    parts = [segment.component(number, each) for each in range(1, 7)]
    return tuple(Code(*parts[start : start + 3]) for start in (0, 3) if parts[start])


def _number(obx: Segment) -> tuple[str, Decimal | None]:
    """Comparator and number of NM (`0.18`), SN (`<^0.10`) and ST or TX (`>20.00`).

    A ratio or a range (`1^:^128`), several repetitions or anything else are no number.
    """
    sent = obx.raw(5)
    if obx.component(2) == "SN":
        parts = [*obx.components(sent), "", ""]
        sent = "" if any(parts[2:]) else parts[0] + parts[1]
    found = NUMBER.fullmatch(sent)
    if found is None:
        return "", None
    return (found["sign"] or "").replace("=", "") if found["sign"] == "=" else found[
        "sign"
    ] or "", Decimal(found["number"])


def _words(obx: Segment) -> str:
    """A coded value by its name, other values by their text."""
    if obx.component(2) in {"CE", "CWE", "CNE", "CF"}:
        return obx.component(5, 2) or obx.component(5, 1)
    return obx.text(5).strip()


def _site(obr: Segment, specimen: Segment | None) -> str:
    """Where the sample was taken: SPM-8, else OBR-15.4; text before code."""
    if specimen and specimen.raw(8):
        return specimen.component(8, 2) or specimen.component(8, 1)
    return obr.component(15, 4)


def _notes(order: Sequence[Segment], *, after: int) -> tuple[str, ...]:
    """The NTE segments that stand directly after one segment of the order."""
    end = after + 1
    while end < len(order) and order[end].name == "NTE":
        end += 1
    return tuple(segment.text(3) for segment in order[after + 1 : end])
