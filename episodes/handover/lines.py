"""A line of a handover sheet, and how the sheet is kept as both read it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: what, how it stands (with its unit), when, and where that comes from.

    `was` is the value before, in the same unit. `level` is the attention it needs (0 none). `is_old`: nobody looked for longer than is usual.
    """

    label: str
    text: str
    at: datetime | None = None
    source: str = ""
    level: int = 0
    is_old: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines about one thing; `empty` is what is said when there is none: missing is not normal."""

    key: str
    title: str
    empty: str
    lines: tuple[Line, ...]


def written(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Return a sheet as it is stored."""
    return [
        {
            **asdict(section),
            "lines": [
                {**asdict(line), "at": line.at.isoformat() if line.at else None}
                for line in section.lines
            ],
        }
        for section in sections
    ]


def read(body: Iterable[Mapping[str, Any]]) -> list[Section]:
    """Return a sheet that was stored."""
    return [Section(**{**row, "lines": tuple(map(_line, row["lines"]))}) for row in body]


def _line(row: Mapping[str, Any]) -> Line:
    at = row["at"]
    return Line(**{**row, "at": datetime.fromisoformat(at) if at else None})
