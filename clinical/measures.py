"""Each measure once: code, unit, decimals, plausible ranges, LOINC.

The table is `measures.toml`; forms, API, lab interface, charts, limits and registry all take
unit, decimals and ranges from here. Ranges are starting defaults that a site replaces.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from clinical.age import AgeGroup
from clinical.spans import OPEN, Span
from clinical.units import WRITTEN, UnknownUnit, convert, ucum

OFFERED = MappingProxyType(
    {
        "mm[Hg]": {"kPa": 1, "cm[H2O]": 0},
        "L/min": {"mL/min": 0},
        "mL/min": {"L/min": 3},
        "Cel": {"[degF]": 1},
    }
)
"""Other units in which a site may show a measure, each with the decimals it then has."""


class Kind(StrEnum):
    """How a value comes to be: set by a person, read, computed, or reported by a laboratory."""

    SETTING = "setting"
    MEASUREMENT = "measurement"
    DERIVED = "derived"
    LAB = "lab"


class UnknownMeasure(LookupError):
    """A code that is not in the table; the message names the nearest ones."""


class Ranges(NamedTuple):
    """Where questions, warnings and critical alerts start, in the unit of the measure."""

    soft: Span
    warning: Span
    critical: Span


class ModeRange(NamedTuple):
    """A warning span that holds for one age group in some modes only."""

    modes: frozenset[str]
    group: AgeGroup
    warning: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be measured, set or computed; `unit` is UCUM.

    `hard` is what cannot be; `factors` turns each accepted unit into `unit` by multiplication
    where the general table of units does not know the substance.
    """

    code: str
    label: str
    short: str
    unit: str
    display_unit: str
    decimals: int
    kind: Kind
    hard: Span
    ranges: Mapping[AgeGroup, Ranges]
    by_mode: tuple[ModeRange, ...]
    source: str
    aliases: tuple[str, ...]
    loinc: tuple[str, ...]
    accepted_units: tuple[str, ...]
    factors: Mapping[str, Decimal]
    is_core: bool
    is_text: bool
    shown_unit: str = ""

    @property
    def other_units(self) -> tuple[str, ...]:
        """The units (UCUM) in which a site may show it instead of its own."""
        return tuple(OFFERED.get(self.unit, ()))

    def shown_in(self, unit: str) -> "Measure":
        """Return this measure as a site shows it in `unit`; it is stored in its own all the same.

        Raises UnknownUnit for a unit that is not offered.
        """
        if unit == self.unit:
            return self
        decimals = OFFERED.get(self.unit, {}).get(unit)
        if decimals is None:
            raise UnknownUnit(f"{self.label} is not shown in {unit!r}.")
        written = WRITTEN.get(unit, unit)
        return replace(self, display_unit=written, shown_unit=unit, decimals=decimals)

    def to_unit(self, value: Decimal, unit: str) -> Decimal:
        """Return `value`, given in `unit`, in this measure's unit; raises UnknownUnit."""
        spelled = ucum(unit)
        if spelled in self.factors:
            return value * self.factors[spelled]
        if spelled != self.unit and spelled not in self.accepted_units:
            accepted = ", ".join(dict.fromkeys((self.unit, *self.accepted_units, *self.factors)))
            raise UnknownUnit(f"{self.label} is not taken in {unit!r}, only in {accepted}.")
        return convert(value, spelled, self.unit)

    def shown(self, value: Decimal) -> Decimal:
        """Return `value` in the display unit, rounded half away from zero to `decimals`."""
        shown_in = "%" if self.is_shown_in_percent else self.shown_unit or self.unit
        in_display = convert(value, self.unit, shown_in)
        return _half_up(in_display, self.decimals)

    def text(self, value: Decimal) -> str:
        """Return `value` as a person reads it, with its unit and a true minus sign."""
        number = str(self.shown(value)).replace("-", "\N{MINUS SIGN}")
        return f"{number} {self.display_unit}".strip()

    @property
    def is_shown_in_percent(self) -> bool:
        """Whether a stored fraction is shown as a percentage."""
        return self.unit == "1" and self.display_unit == "%"

    def ranges_for(self, group: AgeGroup, mode: str | None = None) -> Ranges:
        """Return the starting defaults for an age group, in a mode where modes differ."""
        ranges = self.ranges[group]
        for row in self.by_mode:
            if row.group is group and mode in row.modes:
                return Ranges(ranges.soft, row.warning, ranges.critical)
        return ranges


def measure(code: str) -> Measure:
    """Return the measure with this code; raises UnknownMeasure."""
    found = MEASURES.get(code)
    if found is None:
        near = difflib.get_close_matches(code, MEASURES, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownMeasure(f"There is no measure {code!r}.{hint}")
    return found


def core_measures() -> tuple[Measure, ...]:
    """Return what every hourly check asks for, in the order of the form."""
    return tuple(one for one in MEASURES.values() if one.is_core)


def measure_by_loinc(loinc: str) -> Measure | None:
    """Return the laboratory measure that carries this LOINC, if any."""
    return next(
        (one for one in MEASURES.values() if one.kind is Kind.LAB and loinc in one.loinc), None
    )


def _half_up(value: Decimal, decimals: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")
    return abs(rounded) if rounded == 0 else rounded


def _read(path: Path) -> Mapping[str, Measure]:
    table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return MappingProxyType({code: _measure(code, row) for code, row in table.items()})


def _measure(code: str, row: dict[str, Any]) -> Measure:
    return Measure(
        code=code,
        label=row["label"],
        short=row["short"],
        unit=row["unit"],
        display_unit=row["display_unit"],
        decimals=row["decimals"],
        kind=Kind(row["kind"]),
        hard=Span.of(row["hard"]) if "hard" in row else OPEN,
        ranges=MappingProxyType({group: _ranges(row, group) for group in AgeGroup}),
        by_mode=tuple(_mode_range(entry) for entry in row.get("by_mode", ())),
        source=row["source"],
        aliases=tuple(row.get("aliases", ())),
        loinc=tuple(row.get("loinc", ())),
        accepted_units=tuple(row.get("accepted_units", (row["unit"],))),
        factors=MappingProxyType({u: Decimal(f) for u, f in row.get("factors", {}).items()}),
        is_core=row.get("core", False),
        is_text=row.get("is_text", False),
    )


def _ranges(row: dict[str, Any], group: AgeGroup) -> Ranges:
    return Ranges(*(_span(row.get(name, {}), group) for name in ("soft", "warning", "critical")))


def _span(pairs: dict[str, Any], group: AgeGroup) -> Span:
    pair = pairs.get(group.value, pairs.get("all"))
    return OPEN if pair is None else Span.of(pair)


def _mode_range(entry: dict[str, Any]) -> ModeRange:
    return ModeRange(frozenset(entry["modes"]), AgeGroup(entry["group"]), Span.of(entry["warning"]))


MEASURES: Mapping[str, Measure] = _read(Path(__file__).with_name("measures.toml"))
