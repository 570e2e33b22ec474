"""The registry record of a run as a worklist: what is missing or wrong, and where to enter it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from reports.elso.dictionary import DICTIONARY
from reports.elso.fields import Field, Scalar, Value
from reports.elso.findings import Finding, Level
from reports.judging import Judged
from reports.places import place_of_field, place_of_source, place_of_subject

GROUPS = {
    "patient": "Patient",
    "admission": "Stay",
    "run": "Run",
    "ecpr": "Arrest",
    "gas": "Gases",
    "ventilator": "Ventilator",
    "haemodynamics": "Pressures",
    "support": "Support before ECLS",
    "check": "Circuit flow",
    "derived": "Derived",
}
TABLES = "Tables"
MEANINGS = {each.name: each for each in DICTIONARY.fields}


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding and the page where it is put right."""

    finding: Finding
    url: str

    @property
    def is_block(self) -> bool:
        """It keeps the run out of the export."""
        return self.finding.level is Level.BLOCK


@dataclass(frozen=True, slots=True)
class Missing:
    """A mandatory field without a value."""

    name: str
    meaning: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as the page shows it."""

    name: str
    meaning: str
    value: str
    unit: str
    source: str
    url: str | None
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of one origin."""

    title: str
    fields: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """What a coordinator needs of one run."""

    problems: tuple[Problem, ...]
    missing: tuple[Missing, ...]
    groups: tuple[Group, ...]


def worklist(judged: Judged) -> Worklist:
    """Return what is missing, what is wrong, and every field with its source."""
    return Worklist(
        problems=tuple(
            Problem(finding, place_of_subject(finding.subject, judged.run))
            for finding in judged.findings
        ),
        missing=tuple(
            Missing(name, _meaning(name), place_of_field(name, judged.run))
            for name in judged.mandatory.missing
        ),
        groups=tuple(_groups(judged)),
    )


def _groups(judged: Judged) -> Iterator[Group]:
    order = list(dict.fromkeys([*GROUPS.values(), TABLES]))
    fields = sorted(judged.fields, key=lambda field: order.index(_group(field)))
    for title, members in groupby(fields, key=_group):
        yield Group(title, tuple(_shown(field, judged) for field in members))


def _group(field: Field) -> str:
    return GROUPS.get(MEANINGS[field.field].origin, TABLES)


def _shown(field: Field, judged: Judged) -> Shown:
    missing = {f"{name}_closest" for name in judged.mandatory.missing} | set(
        judged.mandatory.missing
    )
    return Shown(
        name=field.field,
        meaning=MEANINGS[field.field].meaning,
        value=text_of(field.value),
        unit=field.unit or "",
        source=field.source or "",
        url=place_of_source(field.source, judged.run) if field.source else None,
        is_missing=field.field in missing,
    )


def _meaning(name: str) -> str:
    definition = MEANINGS.get(name) or MEANINGS.get(f"{name}_closest")
    return definition.meaning if definition else name.replace("_", " ").capitalize()


def text_of(value: Value | list[Scalar]) -> str:
    """Return a value for reading; blank for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value.normalize(), "f")
        case list():
            return "; ".join(_row(row) for row in value)
    return str(value)


def _row(row: Scalar | list[Scalar]) -> str:
    if isinstance(row, list):
        return ", ".join(filter(None, (text_of(cell) for cell in row)))
    return text_of(row)
