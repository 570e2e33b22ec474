"""What a score asks: inputs with labels, units and possible ranges, and how they are read.

Inputs are a frozen dataclass a score. A field without an answer is None, whatever its type says:
a rule only ever sees inputs whose needed fields are all told (`clinical.scores.score`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, cast

from clinical.units import convert, ucum

CREATININE_UMOL_PER_MG_DL = Decimal("88.42")
BILIRUBIN_UMOL_PER_MG_DL = Decimal("17.104")
LACTATE_MG_DL_PER_MMOL = Decimal("9.008")


class Kind(StrEnum):
    """How an input is answered."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"


Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One input: its name, how it is asked, and for numbers the unit and what is possible.

    `per_unit` gives further units by how many of them make one of ours (substance by substance).
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    choices: Choices = ()
    is_needed: bool = True
    remark: str = ""
    per_unit: Mapping[str, Decimal] = field(default_factory=dict)

    def in_unit(self, value: Any, unit: str) -> Decimal:
        """Return a number in our unit; raises ValueError, UnknownUnit for a unit that fits not."""
        number, told = _decimal(value, self.label), ucum(unit)
        if told in self.per_unit:
            return number / self.per_unit[told]
        return number if told == self.unit else convert(number, told, self.unit)

    def read(self, value: Any) -> Any:
        """Return an answer as the rule wants it; raises ValueError with a sentence."""
        match self.kind:
            case Kind.NUMBER:
                return self._number(value)
            case Kind.YES_NO:
                return self._yes_no(value)
            case Kind.CHOICE:
                return self._choice(value)
            case Kind.CHOICES:
                return self._choices(value)

    def _number(self, value: Any) -> Decimal:
        number = _decimal(value, self.label)
        is_possible = (
            number.is_finite()
            and (self.low is None or number >= self.low)
            and (self.high is None or number <= self.high)
        )
        if not is_possible:
            raise ValueError(
                f"{self.label} must lie between {self.low} and {self.high} {self.unit}".strip()
                + ". Check the number and its unit."
            )
        return number

    def _yes_no(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{self.label}: answer yes or no.")  # noqa: TRY004 - one kind for all
        return value

    def _choice(self, value: Any) -> str:
        if value not in dict(self.choices):
            known = ", ".join(name for name, _ in self.choices)
            raise ValueError(f"{self.label}: choose one of {known}.")
        return str(value)

    def _choices(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(f"{self.label}: choose at least one.")
        return tuple(self._choice(one) for one in value)


def _decimal(value: Any, label: str) -> Decimal:
    if isinstance(value, bool):
        raise ValueError(f"{label} must be a number.")  # noqa: TRY004 - one kind for all
    try:
        return Decimal(str(value))
    except InvalidOperation as unreadable:
        raise ValueError(f"{label} must be a number.") from unreadable


def number(label: str, unit: str, low: str, high: str, **more: Any) -> Any:
    """Declare a number in `unit` (UCUM, blank for none) with its possible range, ends included."""
    bounds = {"low": Decimal(low), "high": Decimal(high)}
    return _declared(label, Kind.NUMBER, unit=unit, **bounds, **more)


def yes_no(label: str, **more: Any) -> Any:
    """Declare a question with yes, no, or no answer."""
    return _declared(label, Kind.YES_NO, **more)


def choice(label: str, *choices: tuple[str, str], **more: Any) -> Any:
    """Declare a question with one answer of several."""
    return _declared(label, Kind.CHOICE, choices=choices, **more)


def several(label: str, *choices: tuple[str, str], **more: Any) -> Any:
    """Declare a question with one or more answers of several."""
    return _declared(label, Kind.CHOICES, choices=choices, **more)


def _declared(label: str, kind: Kind, **more: Any) -> Any:
    return field(default=None, metadata={"label": label, "kind": kind, **more})


def asked_of(asks: type[Any]) -> tuple[Asked, ...]:
    """Return what a dataclass of inputs asks, in order."""
    return tuple(Asked(one.name, **cast("Any", one.metadata)) for one in fields(asks))


def missing_of(inputs: Any) -> tuple[str, ...]:
    """Return the names of needed inputs that have no answer, by name."""
    needed = (one.name for one in asked_of(type(inputs)) if one.is_needed)
    return tuple(sorted(name for name in needed if getattr(inputs, name) is None))


def read_inputs(
    asks: type[Any], told: Mapping[str, Any]
) -> tuple[Any, tuple[tuple[str, str], ...]]:
    """Return the inputs that could be read, and (name, sentence) for each that could not.

    None and blank are no answer. A name that is not asked is an error: it must not vanish.
    """
    known = {one.name: one for one in asked_of(asks)}
    errors = [(name, f"{name} is not asked by this score.") for name in told if name not in known]
    read = {}
    for name, one in known.items():
        value = told.get(name)
        if value is None or value in ("", [], ()):
            continue
        try:
            read[name] = one.read(value)
        except ValueError as unreadable:
            errors.append((name, str(unreadable)))
    return asks(**read), tuple(errors)
