"""How the membrane does, in four numbers together beside those of its first day.

Source: bedside reference 1.7, "Membrane performance index": a single score would hide which side
failed. What was not measured is left out, never taken from another check; the haemoglobin alone may
come from the laboratory, if it was collected shortly before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from clinical.charted import Charted
from clinical.circuit import Observation
from clinical.gases import DEFAULT_CONSTANTS, OxygenConstants, oxygen_content, oxygen_transfer
from clinical.instants import after, elapsed, utc

FIRST_DAY_H = 24
HB_INLINE = "hb_inline"
FULL = Decimal(1)
PERCENT = Decimal(100)


class Quantity(StrEnum):
    """The four numbers: mmHg, mL/min, mmHg and mmHg.min/L."""

    PO2_POST = "po2_post"
    TRANSFER = "oxygen_transfer"
    CO2_DROP = "pco2_drop"
    RESISTANCE = "membrane_resistance"


@dataclass(frozen=True, slots=True)
class Number:
    """One of the four at one check."""

    value: Decimal
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Then:
    """A number now and on the oxygenator's first day; None: not measured."""

    quantity: Quantity
    newest: Number | None
    first: Number | None

    @property
    def ratio(self) -> Decimal | None:
        """How many times the first day's, None without both."""
        if self.newest is None or self.first is None or not self.first.value:
            return None
        return self.newest.value / self.first.value


def performance(
    checks: Sequence[Charted],
    installed_at: datetime,
    haemoglobins: Sequence[Observation] = (),
    *,
    hb_within_h: float,
    constants: OxygenConstants = DEFAULT_CONSTANTS,
) -> tuple[Then, ...]:
    """Return the newest of each number and the first of the first day, of one oxygenator's checks."""
    closes = after(installed_at, hours=FIRST_DAY_H)
    ordered = sorted(
        (one for one in checks if utc(one.at) >= utc(installed_at)), key=lambda one: utc(one.at)
    )
    newest: dict[Quantity, Number] = {}
    first: dict[Quantity, Number] = {}
    for check in ordered:
        hb = _haemoglobin(check, haemoglobins, hb_within_h)
        for quantity, value in _numbers(check.values, hb, constants):
            newest[quantity] = Number(value, check.at, check.source)
            if utc(check.at) <= closes:
                first.setdefault(quantity, newest[quantity])
    return tuple(Then(one, newest.get(one), first.get(one)) for one in Quantity)


def transfer_of(
    values: Mapping[str, Decimal], hb: Decimal | None, constants: OxygenConstants
) -> Decimal | None:
    """Return the oxygen that the membrane adds at a check, in mL/min; None if any part is missing."""
    flow, needed = values.get("blood_flow"), _both_sides(values)
    if flow is None or flow <= 0 or hb is None or needed is None:
        return None
    sat_pre, po2_pre, sat_post, po2_post = needed
    before = oxygen_content(hb, sat_pre / PERCENT, po2_pre, constants)
    behind = oxygen_content(hb, sat_post / PERCENT, po2_post, constants)
    return oxygen_transfer(flow, before, behind)


def _both_sides(values: Mapping[str, Decimal]) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    codes = ("sat_pre_membrane", "po2_pre", "sat_post_membrane", "po2_post")
    if any(code not in values for code in codes):
        return None
    sat_pre, po2_pre, sat_post, po2_post = (values[code] for code in codes)
    return sat_pre, po2_pre, sat_post, po2_post


def _numbers(
    values: Mapping[str, Decimal], hb: Decimal | None, constants: OxygenConstants
) -> Iterator[tuple[Quantity, Decimal]]:
    if "po2_post" in values and values.get("fdo2") == FULL:
        yield Quantity.PO2_POST, values["po2_post"]
    transfer = transfer_of(values, hb, constants)
    if transfer is not None:
        yield Quantity.TRANSFER, transfer
    if "pco2_pre" in values and "pco2_post" in values and values.get("sweep_gas_flow"):
        yield Quantity.CO2_DROP, values["pco2_pre"] - values["pco2_post"]
    if "membrane_resistance" in values:
        yield Quantity.RESISTANCE, values["membrane_resistance"]


def _haemoglobin(
    check: Charted, haemoglobins: Sequence[Observation], within_h: float
) -> Decimal | None:
    if HB_INLINE in check.values:
        return check.values[HB_INLINE]
    near = [
        one
        for one in haemoglobins
        if one.comparator is None
        and timedelta() <= elapsed(one.measured_at, check.at) <= timedelta(hours=within_h)
    ]
    newest = max(near, key=lambda one: utc(one.measured_at), default=None)
    return None if newest is None else newest.value
