"""What is looked at and felt in a bedside check, and which answers need someone.

The table is `inspection.toml` (bedside reference 1.4). Severities are starting defaults that a
site replaces. What was not looked at is not judged.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clinical.findings import Assessment, Finding, Severity
from clinical.instants import utc


class UnknownItem(LookupError):
    """An item or an answer that is not in the table."""


class Per(StrEnum):
    """For what an item is answered once."""

    CIRCUIT = "circuit"
    CANNULA = "cannula"
    LIMB = "limb"


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer; `severity` None if it needs nobody."""

    code: str
    label: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at, with its answers in the order of the form."""

    code: str
    label: str
    short: str
    choices: Mapping[str, Choice]
    per: Per
    source: str

    def choice(self, code: str) -> Choice:
        """Return an answer; raises UnknownItem."""
        if code not in self.choices:
            known = ", ".join(self.choices)
            raise UnknownItem(f"{self.label} cannot be {code!r}, only {known}.")
        return self.choices[code]


@dataclass(frozen=True, slots=True)
class Look:
    """One answered item of a check; `place` names the cannula or limb, if it is one of several."""

    item: str
    choice: str
    looked_at: datetime
    place: str = ""


def item(code: str) -> Item:
    """Return the item with this code; raises UnknownItem."""
    if code not in ITEMS:
        near = difflib.get_close_matches(code, ITEMS, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownItem(f"There is nothing to look at called {code!r}.{hint}")
    return ITEMS[code]


def assess_looks(looks: Iterable[Look]) -> Assessment:
    """Judge each item at each place by its newest answer."""
    newest: dict[str, Look] = {}
    for look in sorted(looks, key=lambda one: utc(one.looked_at)):
        newest[_code(look)] = look
    findings = (_finding(code, look) for code, look in newest.items())
    return Assessment(frozenset(newest), tuple(one for one in findings if one is not None))


def _code(look: Look) -> str:
    return f"{look.item}@{look.place}" if look.place else look.item


def _finding(code: str, look: Look) -> Finding | None:
    one = item(look.item)
    choice = one.choice(look.choice)
    if choice.severity is None:
        return None
    where = f" ({look.place})" if look.place else ""
    return Finding(code, choice.severity, f"{one.label}{where}: {choice.label}", look.item)


def _read(path: Path) -> Mapping[str, Item]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType({code: _item(code, row) for code, row in table.items()})


def _item(code: str, row: dict[str, Any]) -> Item:
    choices = {name: _choice(name, choice) for name, choice in row["choices"].items()}
    return Item(
        code=code,
        label=row["label"],
        short=row["short"],
        choices=MappingProxyType(choices),
        per=Per(row.get("per", "circuit")),
        source=row["source"],
    )


def _choice(code: str, row: dict[str, str]) -> Choice:
    severity = row.get("severity")
    return Choice(code, row["label"], Severity[severity.upper()] if severity else None)


ITEMS: Mapping[str, Item] = _read(Path(__file__).with_name("inspection.toml"))
