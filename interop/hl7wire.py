"""What an HL7 v2 message is made of: delimiters, escapes, components and timestamps.

This layer knows characters, not laboratories. Grammar: HL7 v2.5.1 chapter 2.
"""

import re
import string
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo

MAX_CHARACTERS = 1_000_000
DELIMITERS = 5
EXPLICIT_NULL = '""'
SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
TIMESTAMP = re.compile(
    r"(?P<day>[0-9]{8})(?P<clock>[0-9]{4}|[0-9]{6})?(?:\.[0-9]{1,4})?(?P<offset>[+-][0-9]{4})?"
)
FURTHEST_OFFSET = timedelta(hours=14)
CREDIBLE_YEARS = range(1900, 2200)


class HL7Error(ValueError):
    """A message that cannot be read; the text says where and what the sender has to change.

    `answer` is the acknowledgement it deserves: AR for what will never be taken (not HL7, another
    kind of message), AE for a fault inside a message of the right kind.
    """

    def __init__(self, text: str, *, where: str, answer: str = "AE") -> None:
        super().__init__(f"{where}: {text}")
        self.where = where
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The five characters that a message declares for itself in MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @classmethod
    def of(cls, header: str) -> "Delimiters":
        """Read them from the text of an MSH segment."""
        field = header[3:4]
        encoding = header[4:].split(field, 1)[0] if field else ""
        declared = (field + encoding)[:DELIMITERS]
        if not _are_punctuation(declared) or len(set(declared)) < DELIMITERS:
            raise HL7Error(
                "declare five different delimiters, for instance |^~\\&", where="MSH-1", answer="AR"
            )
        return cls(*declared)

    @property
    def encoding(self) -> str:
        return self.component + self.repetition + self.escape + self.subcomponent

    def escaped(self, text: str) -> str:
        """Text made safe to stand in a field: delimiters escaped, line ends as \\.br\\."""
        marks = {
            self.escape: "E",
            self.field: "F",
            self.component: "S",
            self.repetition: "R",
            self.subcomponent: "T",
            "\n": ".br",
        }
        flat = text.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(
            f"{self.escape}{marks[mark]}{self.escape}" if mark in marks else mark for mark in flat
        )

    def unescaped(self, text: str) -> str:
        """Undo the escapes; one that we do not know is left standing as it was sent."""
        if self.escape not in text:
            return text
        mark = re.escape(self.escape)
        return re.sub(f"{mark}([^{mark}]*){mark}", self._meaning, text)

    def _meaning(self, found: re.Match[str]) -> str:
        name = found[1]
        marks = {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            ".br": "\n",
            "H": "",
            "N": "",
        }
        if name in marks:
            return marks[name]
        if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", name):
            return bytes.fromhex(name[1:]).decode("utf-8", errors="replace").replace("\0", "\ufffd")
        return found[0]


@dataclass(frozen=True, slots=True)
class Segment:
    """One line: its name and its fields, numbered as HL7 numbers them (also in MSH)."""

    name: str
    fields: tuple[str, ...]
    delimiters: Delimiters

    @classmethod
    def of(cls, line: str, delimiters: Delimiters) -> "Segment":
        parts = line.split(delimiters.field)
        if parts[0] == "MSH":  # MSH-1 is the separator itself
            parts.insert(1, delimiters.field)
        return cls(parts[0], tuple(parts), delimiters)

    def raw(self, field: int) -> str:
        """The field as it was sent; an explicit null (two quotation marks) counts as empty."""
        sent = self.fields[field].strip() if field < len(self.fields) else ""
        return "" if sent == EXPLICIT_NULL else sent

    def repetitions(self, field: int) -> list[str]:
        return [text for text in self.raw(field).split(self.delimiters.repetition) if text]

    def components(self, text: str) -> list[str]:
        """The components of one repetition, unescaped; of each its first subcomponent."""
        return [
            self.delimiters.unescaped(part.split(self.delimiters.subcomponent, 1)[0]).strip()
            for part in text.split(self.delimiters.component)
        ]

    def component(self, field: int, number: int = 1) -> str:
        """One component of the first repetition, or an empty text."""
        first = self.repetitions(field)[:1]
        parts = self.components(first[0]) if first else []
        found = parts[number - 1] if number <= len(parts) else ""
        return "" if found == EXPLICIT_NULL else found

    def text(self, field: int) -> str:
        """The field as people read it: unescaped, repetitions on lines of their own."""
        return "\n".join(self.delimiters.unescaped(part) for part in self.repetitions(field))

    def moment(self, field: int, zone: tzinfo) -> datetime | None:
        """A time of at least hours and minutes; without an offset it is a time of `zone`."""
        sent = self.component(field)
        return moment(sent, zone, where=f"{self.name}-{field}") if sent else None


def split_lines(text: str) -> list[str]:
    """The segments of a message. CR ends them; LF alone does where a message has no CR at all."""
    body = text.lstrip("\ufeff").strip()
    end = "\r" if "\r" in body else "\n"
    return [line.strip("\n") for line in body.split(end) if line.strip()]


def decoded(body: bytes) -> str:
    """The text of a message as it came over the wire: UTF-8, else Latin-1 where MSH-18 says so."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        header = body[:1000].split(b"\r", 1)[0].decode("latin-1")
        if "8859/1" not in header:
            raise HL7Error(
                "not UTF-8; send UTF-8, or name 8859/1 in MSH-18", where="message", answer="AR"
            ) from None
        return body.decode("latin-1")


def segments_of(text: str) -> list[Segment]:
    """Check that this is HL7 text of a bearable size, and split it."""
    _refuse_unreadable(text)
    lines = split_lines(text)
    delimiters = Delimiters.of(lines[0])
    for number, line in enumerate(lines, start=1):
        name = line.split(delimiters.field, 1)[0]
        if not SEGMENT_NAME.fullmatch(name):
            raise HL7Error(
                "a segment starts with its three-letter name; end segments with CR and escape "
                "line ends inside a field",
                where=f"line {number}",
            )
    return [Segment.of(line, delimiters) for line in lines]


def _refuse_unreadable(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise HL7Error(
            f"longer than {MAX_CHARACTERS} characters; send documents another way",
            where="message",
            answer="AR",
        )
    if "\0" in text or not _can_be_stored(text):
        raise HL7Error("contains NUL or half characters; send text", where="message", answer="AR")
    if not text.lstrip("\ufeff").lstrip().startswith("MSH"):
        raise HL7Error("an HL7 v2 message begins with MSH", where="message", answer="AR")


def moment(sent: str, zone: tzinfo, *, where: str) -> datetime:
    """YYYYMMDDHHMM[SS[.SSSS]][+/-ZZZZ] as an aware time, to the second."""
    found = TIMESTAMP.fullmatch(sent)
    if found is None or found["clock"] is None:
        raise HL7Error(f"{_shown(sent)} is no time; send YYYYMMDDHHMM[SS][+/-ZZZZ]", where=where)
    try:
        naive = datetime.fromisoformat(f"{found['day']}T{found['clock']}")
        zoned = naive.replace(tzinfo=_offset(found["offset"], zone))
    except ValueError:
        raise HL7Error(f"{_shown(sent)} does not exist", where=where) from None
    if naive.year not in CREDIBLE_YEARS:
        raise HL7Error(f"{_shown(sent)} is not of our time", where=where)
    return zoned


def day(sent: str) -> date | None:
    """The calendar date at the head of a timestamp; None if there is no whole date."""
    try:
        return date.fromisoformat(sent[:8]) if re.match(r"[0-9]{8}", sent) else None
    except ValueError:
        return None


def _offset(sent: str | None, zone: tzinfo) -> tzinfo:
    if sent is None:
        return zone
    size = timedelta(hours=int(sent[1:3]), minutes=int(sent[3:5]))
    if size > FURTHEST_OFFSET:
        raise ValueError(sent)
    return timezone(-size if sent[0] == "-" else size)


def _can_be_stored(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown(sent: str) -> str:
    return repr(sent[:40])


def _are_punctuation(marks: str) -> bool:
    return all(mark in string.punctuation for mark in marks)
