"""What a checklist asks, and what an answer that is a number means.

A list is data: the site's own version, or one of the defaults in `clinical/checklists/`, whose
sources are named in each file. A value outside its caution or stop line is asked back once and
kept; a value outside its hard span is a slip of the keys and is refused.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from clinical.spans import OPEN, Span

FOLDER = Path(__file__).parent / "checklists"
TICK, VALUE = "tick", "value"


class Standing(StrEnum):
    """How a measured value stands to the lines of its item."""

    FINE = ""
    CAUTION = "caution"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do or to measure. Spans are in `unit`; a value on a line is inside it.

    `role` is whose it usually is; `pumps` and `consoles` name the kinds of pump and the consoles
    that it is for (none: for all).
    """

    id: str
    label: str
    group: str = ""
    detail: str = ""
    kind: str = TICK
    unit: str = ""
    decimals: int | None = None
    hard: Span = OPEN
    caution: Span = OPEN
    stop: Span = OPEN
    role: str = ""
    pumps: tuple[str, ...] = ()
    consoles: tuple[str, ...] = ()

    @property
    def is_value(self) -> bool:
        """Whether the answer is a measured number."""
        return self.kind == VALUE


def items_of(body: Mapping[str, Any]) -> tuple[Item, ...]:
    """Return the items of a list as its document holds them."""
    return tuple(_item(row) for row in body["items"])


def is_possible(item: Item, value: Decimal) -> bool:
    """Whether the value can be a reading at all."""
    return item.hard.outside(value) is None


def standing(item: Item, value: Decimal) -> Standing:
    """Judge a value: outside the stop line, outside the caution line, or neither."""
    if item.stop.outside(value):
        return Standing.STOP
    return Standing.CAUTION if item.caution.outside(value) else Standing.FINE


def words_of(span: Span, unit: str) -> str:
    """Say a span: "0.8 to 1.3 mmol/L", "at least 80 %", "at most 8 mmol/L"."""
    low, high = span.low, span.high
    if low is not None and high is not None:
        return f"{low} to {high} {unit}".strip()
    if low is not None:
        return f"at least {low} {unit}".strip()
    return f"at most {high} {unit}".strip() if high is not None else ""


@cache
def default_kinds() -> frozenset[str]:
    """Return the kinds of lists that have a default here."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


@cache
def default_body(kind: str) -> dict[str, Any]:
    """Return the default list of a kind. Raises KeyError for a kind without one."""
    if kind not in default_kinds():
        raise KeyError(kind)
    with (FOLDER / f"{kind}.toml").open("rb") as file:
        return tomllib.load(file)


def span_of(row: Mapping[str, Any], name: str) -> Span:
    """Return the span that a row of a table holds under a name; open where it holds none."""
    return Span.of(row[name]) if row.get(name) else OPEN


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        id=str(row["id"]),
        label=str(row.get("label") or row["id"]),
        group=row.get("group", ""),
        detail=row.get("detail", ""),
        kind=row.get("kind", TICK),
        unit=row.get("unit", ""),
        decimals=row.get("decimals"),
        hard=span_of(row, "hard"),
        caution=span_of(row, "caution"),
        stop=span_of(row, "stop"),
        role=row.get("role", ""),
        pumps=tuple(row.get("pumps", ())),
        consoles=tuple(row.get("consoles", ())),
    )
