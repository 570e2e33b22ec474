"""Patterns as a page shows them: a sentence, and a small table of the readings that fired it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.charted import Kind, Pattern, Seen
from clinical.inspection import ITEMS
from clinical.measures import MEASURES
from clinical.performance import Quantity, Then

NAMES = {
    Kind.FLOW_FALL: "Flow fell",
    Kind.SPEED_CREEP: "More speed for the same flow",
    Kind.RESISTANCE: "Resistance of the membrane",
    Kind.FDO2_CREEP: "More FdO2 for the same gas",
    Kind.SWEEP_CREEP: "More sweep for the same gas",
    Kind.CHATTER: "Restless line",
    Kind.RIGHT_HAND: "Right hand",
}
QUANTITIES = {
    Quantity.PO2_POST: ("Oxygen pressure behind the membrane, at FdO2 100 %", "mmHg", 0),
    Quantity.TRANSFER: ("Oxygen that the membrane adds", "mL/min", 0),
    Quantity.CO2_DROP: ("Fall of the carbon dioxide pressure over the membrane", "mmHg", 0),
    Quantity.RESISTANCE: ("Resistance of the membrane", "mmHg\u00b7min/L", 1),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of a finding, a cell for each time; `code` is blank for what is in words."""

    label: str
    code: str
    cells: Sequence[Seen | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern with its readings by time."""

    name: str
    pattern: Pattern
    times: Sequence[datetime]
    rows: Sequence[Row]
    unknown: str


@dataclass(frozen=True, slots=True)
class MembraneRow:
    """One of the four numbers of a membrane, now and on its first day."""

    label: str
    unit: str
    decimals: int
    then: Then

    @property
    def percent(self) -> Decimal | None:
        """The newest as a percentage of the first day's, None without both."""
        ratio = self.then.ratio
        return None if ratio is None else ratio * 100


def finding_of(pattern: Pattern) -> Finding:
    """Return a pattern as a page shows it."""
    times = sorted({one.at for one in pattern.readings})
    by_what: dict[str, dict[datetime, Seen]] = {}
    for one in pattern.readings:
        by_what.setdefault(one.what, {})[one.at] = one
    return Finding(
        name=NAMES[pattern.kind],
        pattern=pattern,
        times=times,
        rows=[
            Row(_label(what), what if what in MEASURES else "", [cells.get(at) for at in times])
            for what, cells in by_what.items()
        ],
        unknown=", ".join(MEASURES[code].short for code in pattern.unknown),
    )


def membrane_rows(found: Sequence[Then]) -> list[MembraneRow]:
    """Return the four numbers as a page shows them."""
    return [MembraneRow(*QUANTITIES[one.quantity], one) for one in found]


def _label(what: str) -> str:
    return MEASURES[what].short if what in MEASURES else ITEMS[what].short
