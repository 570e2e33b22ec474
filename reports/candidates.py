"""Every row from which an assessment may be told: which count, which the rule takes, who chose."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.instants import minutes_between
from clinical.runtime import hours_text
from reports.elso.assessments import (
    AROUND_DAY,
    BEFORE,
    GAS,
    PRESSURE,
    VENTILATOR,
    Item,
    by_rule,
    counting,
    worst_of,
)
from reports.elso.records import (
    AssessmentRecord,
    GasRow,
    HaemodynamicsRow,
    RunRecord,
    VentilatorRow,
)
from reports.models import Assessment, AssessmentChoice, RowGroup

Row = GasRow | VentilatorRow | HaemodynamicsRow
ITEMS: dict[str, Sequence[Item]] = {
    RowGroup.GAS: GAS,
    RowGroup.VENTILATOR: VENTILATOR,
    RowGroup.HAEMODYNAMICS: PRESSURE,
}
WINDOWS = {
    Assessment.BEFORE: f"in the {BEFORE.seconds // 3600} h before flow on",
    Assessment.DAY: f"{AROUND_DAY[0].seconds // 3600} to 30 h after flow on",
}


NAMES = {
    "ph": "pH",
    "paco2": "PaCO2",
    "pao2": "PaO2",
    "hco3": "HCO3",
    "sao2": "SaO2",
    "lactate": "Lactate",
    "fio2_pct": "FiO2",
    "rate": "Rate",
    "pip": "PIP",
    "peep": "PEEP",
    "paw_mean": "Mean airway",
    "sbp": "Systolic",
    "dbp": "Diastolic",
    "mbp": "Mean",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row: its values by item, when it was taken, and what speaks for or against it."""

    key: str
    source: str
    taken_at: datetime
    from_flow: str
    site: str
    cells: tuple[tuple[str, Decimal | None], ...]
    units: tuple[str | None, ...]
    why_not: str
    is_by_rule: bool
    is_told: bool
    worst: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one group of an assessment, the earliest first."""

    assessment: str
    name: str
    title: str
    window: str
    items: tuple[Item, ...]
    candidates: tuple[Candidate, ...]
    choice: AssessmentChoice | None
    is_gone: bool

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The heads of its values: what, and its unit."""
        return [(NAMES[item.name], item.unit or "") for item in self.items]

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"{self.assessment}-{self.name}"

    @property
    def keys(self) -> list[str]:
        """The rows that may be chosen."""
        return [one.key for one in self.candidates if not one.why_not]


def key_of(source: str, taken_at: datetime) -> str:
    """Return the name of a row: its source and its time."""
    return f"{source}@{taken_at.isoformat()}"


def groups_of(record: RunRecord, choices: Iterable[AssessmentChoice]) -> list[Group]:
    """Return every group of both assessments with all their candidates."""
    made = {(one.assessment, one.group): one for one in choices if one.row_source}
    return [
        _group(record, assessment, group, made.get((assessment, group)))
        for assessment in Assessment.values
        for group in RowGroup.values
    ]


def _group(
    record: RunRecord, assessment: str, group: str, choice: AssessmentChoice | None
) -> Group:
    counted = counting(record, assessment, group)
    rule = by_rule(record, assessment, group)
    chosen = choice and next((one for one in counted if _is(one, choice)), None)
    told = chosen or rule
    items = tuple(ITEMS[group])
    worst = {item.name: worst_of(item, counted) for item in items}
    candidates = [
        Candidate(
            key=key_of(row.source, row.taken_at),
            source=row.source,
            taken_at=row.taken_at,
            from_flow=_from_flow(record.time_on, row.taken_at),
            site=row.site if isinstance(row, GasRow) else "",
            cells=tuple((NAMES[item.name], getattr(row, item.name)) for item in items),
            units=tuple(item.unit for item in items),
            why_not="" if row in counted else _why_not(row, WINDOWS[Assessment(assessment)]),
            is_by_rule=row is rule,
            is_told=row is told,
            worst=tuple(NAMES[name] for name, one in worst.items() if one is row),
        )
        for row in sorted(_all(record, assessment, group), key=lambda row: row.taken_at)
    ]
    return Group(
        assessment=assessment,
        name=group,
        title=f"{Assessment(assessment).label}: {RowGroup(group).label.lower()}",
        window=WINDOWS[Assessment(assessment)],
        items=items,
        candidates=tuple(candidates),
        choice=choice,
        is_gone=choice is not None and chosen is None,
    )


def _all(record: RunRecord, assessment: str, group: str) -> Iterator[Row]:
    is_before = assessment == Assessment.BEFORE
    charted: AssessmentRecord = record.before if is_before else record.at_24h
    match group:
        case RowGroup.GAS:
            yield from charted.gases
            for row in record.laboratory_gases:
                if (row.taken_at < record.time_on) is is_before:
                    yield row
        case RowGroup.VENTILATOR:
            yield from charted.ventilator
        case _:
            yield from charted.haemodynamics


def _from_flow(time_on: datetime, taken_at: datetime) -> str:
    minutes = minutes_between(time_on, taken_at)
    return f"{hours_text(abs(minutes))} hr {'before' if minutes < 0 else 'after'} flow on"


def _is(row: Row, choice: AssessmentChoice) -> bool:
    return (row.source, row.taken_at) == (choice.row_source, choice.taken_at)


def _why_not(row: Row, window: str) -> str:
    if isinstance(row, GasRow) and not row.is_arterial:
        return "not arterial"
    return f"not {window}"
