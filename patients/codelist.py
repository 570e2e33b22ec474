"""A site's list of diagnoses as a CSV file: read whole, or refused line by line."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple

CODE = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
LONGEST_LABEL = 200
HEADINGS = frozenset({"code", "icd10", "icd-10", "icd_10"})
SEPARATORS = ";\t,"


class Line(NamedTuple):
    """One diagnosis of the list."""

    code: str
    label: str


class Fault(NamedTuple):
    """What is wrong with one line of the file, counted from 1."""

    line: int
    why: str


class Unreadable(ValueError):
    """The file cannot be taken. `faults` names each line that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} lines are wrong")
        self.faults = tuple(faults)


def decoded(content: bytes) -> str:
    """Return the text of a file; raises Unreadable if it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as other:
        why = "the file is not UTF-8: save it as CSV UTF-8 and send it again"
        raise Unreadable([Fault(content[: other.start].count(b"\n") + 1, why)]) from other


def read_codes(text: str) -> tuple[Line, ...]:
    """Return the diagnoses of a CSV with code and text; raises Unreadable with every fault."""
    lines, faults = [], []
    seen: dict[str, int] = {}
    for number, cells in _rows(text):
        code, label = cells[0].strip().upper(), cells[1].strip() if len(cells) > 1 else ""
        if why := _fault(code, label, seen):
            faults.append(Fault(number, why))
            continue
        seen[code] = number
        lines.append(Line(code, label))
    if faults:
        raise Unreadable(faults)
    if not lines:
        raise Unreadable([Fault(1, "the file holds no diagnosis")])
    return tuple(lines)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    is_first = True
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as unreadable:
            raise Unreadable(
                [Fault(number, f"the line cannot be read: {unreadable}")]
            ) from unreadable
        is_heading = is_first and bool(cells) and cells[0].strip().casefold() in HEADINGS
        is_first = is_first and not any(cells)
        if any(cell.strip() for cell in cells) and not is_heading:
            yield number, cells


def _fault(code: str, label: str, seen: dict[str, int]) -> str:
    if not CODE.fullmatch(code):
        return f"“{code[:20]}” is no ICD-10 code: a letter, a digit, and one to five more"
    if not label:
        return f"{code} has no text"
    if len(label) > LONGEST_LABEL:
        return f"the text of {code} is longer than {LONGEST_LABEL} characters"
    if "\x00" in label:
        return f"the text of {code} holds a character that cannot be stored"
    if code in seen:
        return f"{code} stands in line {seen[code]} already"
    return ""
