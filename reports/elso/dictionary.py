"""The registry's fields and complication codes: meaning, unit, origin, and how sure we are.

The facts stand in `dictionary.toml` and `clinical/complications.toml`, where a coordinator can
read and correct them.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinical.complications import COMPLICATIONS, Certainty, ComplicationCode
from reports.elso.fields import Field

SOURCE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Definition:
    """One field. A field with `columns` holds rows and is exported as `table`."""

    name: str
    meaning: str
    unit: str | None
    origin: str
    certainty: Certainty
    table: str | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All fields in the order of export. `notice` must stand in every file made with it."""

    version: str
    profile: str
    notice: str
    fields: tuple[Definition, ...]
    complications: tuple[ComplicationCode, ...]

    @property
    def scalars(self) -> tuple[Definition, ...]:
        """Fields with one value a run."""
        return tuple(each for each in self.fields if not each.columns)

    @property
    def tables(self) -> tuple[Definition, ...]:
        """Fields with rows of their own."""
        return tuple(each for each in self.fields if each.columns)

    def unknown_codes(self, fields: Iterable[Field]) -> tuple[str, ...]:
        """Complication codes of a run that the dictionary does not know (check C47)."""
        known = {each.code for each in self.complications}
        rows = next((each.value for each in fields if each.field == "complications"), None)
        codes = {str(row[0]) for row in rows} if isinstance(rows, list) else set()
        return tuple(sorted(codes - known))


def read(path: Path = SOURCE) -> Dictionary:
    """Read a dictionary; raises KeyError or ValueError if an entry is not whole."""
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    return Dictionary(
        version=facts["version"],
        profile=facts["profile"],
        notice=facts["notice"],
        fields=tuple(each for row in facts["field"] for each in _definitions(row)),
        complications=COMPLICATIONS,
    )


def _definitions(row: dict[str, Any]) -> list[Definition]:
    """One definition, or one for each variant of it."""
    names = [f"{row['name']}_{each}" for each in row.get("variants", ())] or [row["name"]]
    return [
        Definition(
            name=name,
            meaning=row["meaning"],
            unit=row.get("unit"),
            origin=row["origin"],
            certainty=Certainty(row["certainty"]),
            table=row.get("table"),
            columns=tuple(row.get("columns", ())),
        )
        for name in names
    ]


DICTIONARY = read()
