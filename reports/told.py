"""`Run.registry_facts`: what the registry asks once a run and no other row holds.

The keys are those of the reference cases (`admission`, `pre_ecls`, `assessment_24h`, `signoff`...).
Whatever stands there is read leniently: a value that cannot be read is left out of the record,
and its path is kept so that somebody is told. Nothing is guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from reports.elso.records import (
    AdmissionRecord,
    AssessmentRecord,
    EcprRecord,
    GasRow,
    HaemodynamicsRow,
    SupportRow,
    VentilatorRow,
)
from web.times import is_of_our_time

T = TypeVar("T")

GAS = ("ph", "paco2", "pao2", "hco3", "sao2", "lactate")
VENTILATOR = ("fio2", "rate", "pip", "peep", "paw_mean")
PRESSURES = ("sbp", "dbp", "mbp")


@dataclass(frozen=True, slots=True)
class Told:
    """One part of the facts and its path. `unreadable` is shared by all parts of one run."""

    values: Any
    path: str = ""
    unreadable: list[str] = field(default_factory=list)

    def part(self, name: str) -> "Told":
        """Return the part under `name`; an empty one if nothing stands there."""
        found = self._found(name)
        if found is not None and not isinstance(found, Mapping):
            self._note(name)
            found = None
        return Told(found or {}, self._path(name), self.unreadable)

    def rows(self, name: str) -> list["Told"]:
        """Return the rows under `name`."""
        found = self._found(name)
        rows = found if isinstance(found, list) else []
        if found is not None and (
            not isinstance(found, list) or any(not isinstance(row, Mapping) for row in rows)
        ):
            self._note(name)
        return [
            Told(row, f"{self._path(name)}[{index}]", self.unreadable)
            for index, row in enumerate(rows)
            if isinstance(row, Mapping)
        ]

    def text(self, name: str) -> str | None:
        """Return a text; None if there is none."""
        return self._read(name, _text)

    def number(self, name: str) -> Decimal | None:
        """Return a number, exactly as written."""
        return self._read(name, _number)

    def whole(self, name: str) -> int | None:
        """Return a whole number."""
        return self._read(name, _whole)

    def yes_no(self, name: str) -> bool | None:
        """Return yes or no; None if nobody said."""
        return self._read(name, _yes_no)

    def moment(self, name: str) -> datetime | None:
        """Return a time that carries its offset."""
        return self._read(name, _moment)

    def numbers(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return several numbers by name."""
        return {name: self.number(name) for name in names}

    def _found(self, name: str) -> Any:
        return self.values.get(name) if isinstance(self.values, Mapping) else None

    def _read(self, name: str, read: Callable[[Any], T]) -> T | None:
        found = self._found(name)
        if found in (None, ""):
            return None
        try:
            return read(found)
        except ValueError:
            self._note(name)
            return None

    def _note(self, name: str) -> None:
        self.unreadable.append(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def admission_of(told: Told, left_hospital_at: datetime | None) -> AdmissionRecord:
    """Return the stay; when the patient left the hospital stands with the outcome."""
    part = told.part("admission")
    return AdmissionRecord(
        source="admission",
        admitted_at=part.moment("admitted_at"),
        transferred_in=part.text("transferred_in"),
        cannulated_by=part.text("cannulated_by"),
        extubated_at=part.moment("extubated_at"),
        icu_discharged_at=part.moment("icu_discharged_at"),
        hospital_discharged_at=left_hospital_at or part.moment("hospital_discharged_at"),
    )


def assessment_of(part: Told) -> AssessmentRecord:
    """Return the rows charted for one assessment; a row without a readable time is left out."""
    return AssessmentRecord(
        source=part.path,
        gases=tuple(
            GasRow(source=row.path, taken_at=at, site=row.text("site") or "", **row.numbers(GAS))
            for row, at in _timed(part, "gases", "taken_at")
        ),
        ventilator=tuple(
            VentilatorRow(
                source=row.path, taken_at=at, type=row.text("type"), **row.numbers(VENTILATOR)
            )
            for row, at in _timed(part, "vent", "taken_at")
        ),
        haemodynamics=tuple(
            HaemodynamicsRow(source=row.path, taken_at=at, **row.numbers(PRESSURES))
            for row, at in _timed(part, "haemodynamics", "taken_at")
        ),
    )


def support_of(part: Told) -> tuple[SupportRow, ...]:
    """Return drugs and devices given before ECLS."""
    return tuple(
        SupportRow(item=item, started_at=row.moment("from"), ended_at=row.moment("to"))
        for row in part.rows("support")
        if (item := row.text("item"))
    )


def ecpr_of(told: Told) -> EcprRecord | None:
    """Return the arrest of an ECPR run; None if nothing was told of one."""
    part = told.part("ecpr")
    if not part.values:
        return None
    return EcprRecord(
        source=part.path,
        arrest_at=part.moment("arrest_at"),
        arrest_location=part.text("arrest_location"),
        witnessed=part.yes_no("witnessed"),
        bystander_cpr=part.yes_no("bystander_cpr"),
        initial_rhythm=part.text("initial_rhythm"),
        cpr_started_at=part.moment("cpr_started_at"),
    )


def _timed(part: Told, name: str, when: str) -> list[tuple[Told, datetime]]:
    timed = [(row, row.moment(when)) for row in part.rows(name)]
    return [(row, at) for row, at in timed if at is not None]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - one kind of error for whatever cannot be read
    return value.strip()


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise ValueError("not a number")  # noqa: TRY004 - as above
    try:
        number = Decimal(str(value))
    except InvalidOperation as unreadable:
        raise ValueError("not a number") from unreadable
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither yes nor no")  # noqa: TRY004 - as above
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None or not is_of_our_time(moment):
        raise ValueError("no offset, or a year that cannot be")
    return moment
