"""The laboratory catalogue: which code means which analyte, and which units may be taken for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from interop.hl7message import Code

LOINC = "LN"


class UnknownCode(Enum):
    """Why a test could not be named."""

    NOT_LISTED = auto()
    CODES_DISAGREE = auto()


@dataclass(frozen=True, slots=True)
class Analyte:
    """One row of the catalogue. `accepted_units` gives for each unit the factor to `unit`; `hard`
    are the limits, inclusive, outside which a value cannot be true.
    """

    name: str
    loinc: frozenset[str]
    local: frozenset[str]
    unit: str | None
    accepted_units: Mapping[str, Decimal]
    hard: tuple[Decimal | None, Decimal | None]

    def converted(self, number: Decimal, unit: str) -> Decimal | None:
        """The number in the catalogue's unit; None if the unit sent is not accepted.

        An analyte that has no unit at all takes a number without one.
        """
        if not unit and not self.accepted_units and self.unit is None:
            return number
        factor = self.accepted_units.get(unit)
        return None if factor is None else number * factor

    def allows(self, number: Decimal) -> bool:
        low, high = self.hard
        return (low is None or number >= low) and (high is None or number <= high)


class Catalogue:
    """The analytes that are taken, found by LOINC or by the laboratory's local code."""

    def __init__(self, analytes: Iterable[Analyte]) -> None:
        self.analytes = tuple(analytes)
        self._loinc = {code: each for each in self.analytes for code in each.loinc}
        self._local = {code: each for each in self.analytes for code in each.local}

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Catalogue":
        """Read plain rows: analyte, loinc, local, unit, accepted_units and hard."""
        return cls(_analyte(row) for row in rows)

    def analyte(self, codes: Iterable[Code]) -> Analyte | UnknownCode:
        """LOINC decides, then the local code; two known codes must not mean two analytes."""
        codings = list(codes)
        by_loinc = [self._loinc.get(each.code) for each in codings if each.system in {LOINC, ""}]
        by_local = [self._local.get(each.code) for each in codings if each.system != LOINC]
        found = [each for each in (*by_loinc, *by_local) if each is not None]
        if not found:
            return UnknownCode.NOT_LISTED
        if len({each.name for each in found}) > 1:
            return UnknownCode.CODES_DISAGREE
        return found[0]


def _analyte(row: Mapping[str, Any]) -> Analyte:
    low, high = row.get("hard") or (None, None)
    return Analyte(
        name=row["analyte"],
        loinc=frozenset(row["loinc"]),
        local=frozenset(row["local"]),
        unit=row["unit"],
        accepted_units={unit: _exact(factor) for unit, factor in row["accepted_units"].items()},
        hard=(_exact_or_none(low), _exact_or_none(high)),
    )


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))


def _exact_or_none(number: Any) -> Decimal | None:
    return None if number is None else _exact(number)
