"""The one door of a bedside check: what was typed, validated against the measures table.

A check is stored as one document; decimals are strings in it, so that 4.10 stays 4.10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from clinical.check import FLOW_ML_MIN, normalise
from clinical.inspection import Look, UnknownItem, item
from clinical.measures import MEASURES, Kind
from clinical.units import UnknownUnit, convert
from web.problems import ErrorItem, RuleBroken

METHODS = frozenset({"typed", "same", "device"})
LARGEST = Decimal("1e7")
MOST_DECIMALS = 6
STORED_DECIMALS = 3
"""Of a value that was typed in another unit; what was typed is kept beside it, exactly."""


class UnreadableCheck(RuleBroken):
    code = "unreadable_check"
    title = "Part of the check cannot be read"
    status = 400


@dataclass(frozen=True, slots=True)
class Typed:
    """A check as it came from the bedside.

    `values` by measure in its unit (FdO2 also in percent, flow also as `blood_flow_ml_min`);
    `methods` says how each came to be: typed, same ("I looked: still X", settings only) or device;
    `not_done` gives a reason for each value that was not taken. `trial` None is the one that goes on.
    `units` names the unit (UCUM) of each value that was typed in another than its measure's own.
    """

    checked_at: datetime
    values: Mapping[str, Any]
    methods: Mapping[str, str] = field(default_factory=dict)
    not_done: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    kind: str = "hourly"
    trial: str | None = None
    note: str = ""
    device_at: datetime | None = None
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readings:
    """The values of a check in the units of the measures, and what was typed where it differs."""

    values: dict[str, Decimal]
    as_entered: dict[str, Decimal]


def read(typed: Typed) -> Readings:
    """Return the numbers of a check; raise UnreadableCheck naming each that is none."""
    errors: list[ErrorItem] = []
    numbers: dict[str, Decimal] = {}
    for code, value in typed.values.items():
        try:
            numbers[code] = _number(code, value)
        except ValueError as wrong:
            errors.append({"parameter": code, "rule": "unreadable", "message": str(wrong)})
    errors += _method_errors(typed) + _look_errors(typed)
    if errors:
        raise UnreadableCheck(" ".join(error["message"] for error in errors), errors=errors)
    try:
        values = normalise({code: _canonical(code, one, typed) for code, one in numbers.items()})
    except ValueError as wrong:
        raise UnreadableCheck(str(wrong)) from wrong
    changed = {code: number for code, number in numbers.items() if values.get(code) != number}
    return Readings(values, changed)


def write(
    typed: Typed,
    readings: Readings,
    *,
    confirmed: Mapping[str, str],
    derived: Mapping[str, Decimal],
    context: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the document to store."""
    entered = {
        "blood_flow" if code == FLOW_ML_MIN else code: {
            "value": str(number),
            "unit": "mL/min" if code == FLOW_ML_MIN else typed.units.get(code, ""),
        }
        for code, number in readings.as_entered.items()
    }
    return {
        "values": {
            code: {
                "value": str(value),
                "method": typed.methods.get(code, "typed"),
                **({"as_entered": entered[code]} if code in entered else {}),
                **({"confirmed": confirmed[code]} if code in confirmed else {}),
            }
            for code, value in readings.values.items()
        },
        "not_done": dict(typed.not_done),
        "findings": dict(typed.findings),
        "derived": {code: str(value) for code, value in derived.items()},
        "context": dict(context),
    }


def values_of(document: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the numbers that were read, by measure."""
    return {code: Decimal(row["value"]) for code, row in document["values"].items()}


def derived_of(document: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the numbers that were computed when the check was saved, by measure."""
    return {code: Decimal(value) for code, value in document["derived"].items()}


def looks_of(document: Mapping[str, Any], looked_at: datetime) -> dict[str, Look]:
    """Return what was looked at by its key (`item` or `item@place`), as the rules read it."""
    looks = {}
    for key, answer in document["findings"].items():
        code, _, place = key.partition("@")
        looks[key] = Look(code, answer, looked_at, place)
    return looks


def looks_in_words(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each item looked at with its answer, in words."""
    words = []
    for key, answer in document["findings"].items():
        code, _, place = key.partition("@")
        one = item(code)
        label = f"{one.label} ({place})" if place else one.label
        words.append((label, one.choice(answer).label))
    return words


def _number(code: str, value: Any) -> Decimal:
    if code != FLOW_ML_MIN:
        one = MEASURES.get(code)
        if one is None or one.kind is Kind.LAB:
            raise ValueError(f"{code} is no value of a circuit check.")
        if one.kind is Kind.DERIVED:
            raise ValueError(f"{one.label} is computed, not typed.")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{code}: “{value}” is not a number.") from None
    if isinstance(value, bool) or not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(f"{code}: “{value}” is not a number that can be stored.")
    if number != round(number, MOST_DECIMALS):
        raise ValueError(f"{code}: {value} has too many decimals; at most six.")
    return number


def _canonical(code: str, number: Decimal, typed: Typed) -> Decimal:
    """Return a number in the unit of its measure; raises UnknownUnit (a ValueError)."""
    unit = typed.units.get(code)
    if unit is None or unit == MEASURES[code].unit:
        return number
    if unit not in MEASURES[code].other_units:
        raise UnknownUnit(f"{MEASURES[code].label} is not taken in {unit!r}.")
    return round(convert(number, unit, MEASURES[code].unit), STORED_DECIMALS)


def _method_errors(typed: Typed) -> list[ErrorItem]:
    errors: list[ErrorItem] = []
    for code, method in typed.methods.items():
        one = MEASURES.get(code)
        if method not in METHODS:
            message = f"{code}: “{method}” is no way to get a value; use typed, same or device."
        elif method == "same" and (one is None or one.kind is not Kind.SETTING):
            message = f"{code} is measured: type what you read. Only settings can be “still same”."
        else:
            continue
        errors.append({"parameter": code, "rule": "method", "message": message})
    for code in typed.not_done:
        if code in typed.values:
            message = f"{code} has a value and a reason why it has none; keep one of them."
            errors.append({"parameter": code, "rule": "both", "message": message})
    return errors


def _look_errors(typed: Typed) -> list[ErrorItem]:
    errors: list[ErrorItem] = []
    for key, answer in typed.findings.items():
        try:
            item(key.partition("@")[0]).choice(answer)
        except UnknownItem as unknown:
            errors.append({"parameter": key, "rule": "unknown", "message": str(unknown)})
    return errors
