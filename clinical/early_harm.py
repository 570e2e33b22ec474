"""Two early harms that values already held can show: a steep fall of PaCO2, a high PaO2.

Source: reference cases, "Early harm"; bedside reference 1.3. Each rule speaks once a run, at
the first arterial value that meets it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from clinical.instants import after, utc

PACO2_FALL = "paco2_fall"
PAO2_HIGH = "pao2_high"
VENOARTERIAL = "VA"
ECPR = "ecpr"
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ArterialGas:
    """One arterial gas, charted or filed, in mm[Hg]; `mode` is the mode when it was taken.

    A value that is suspected to be in kPa is left out by the caller: None, not a guess.
    """

    taken_at: datetime
    source: str
    paco2: Decimal | None = None
    pao2: Decimal | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class EarlyHarmLimits:
    """The site's limits: a fall in percent, a PaO2 in mm[Hg], each within hours of first flow."""

    paco2_fall_pct: Decimal
    paco2_window_h: float
    pao2_above: Decimal
    pao2_window_h: float


@dataclass(frozen=True, slots=True)
class Notice:
    """One early harm seen; for a fall also what it fell from and by how many percent."""

    code: str
    measured_at: datetime
    value: Decimal
    source: str
    reference: Decimal | None = None
    reference_source: str | None = None
    fall_pct: Decimal | None = None


def early_harm(
    gases: Iterable[ArterialGas],
    limits: EarlyHarmLimits,
    *,
    time_on: datetime,
    support_type: str | None = None,
) -> tuple[Notice, ...]:
    """Return the notices of a run, each rule at most once."""
    ordered = sorted(gases, key=lambda gas: utc(gas.taken_at))
    notices = (
        _paco2_fall(ordered, limits, time_on),
        _pao2_high(ordered, limits, time_on, support_type),
    )
    return tuple(notice for notice in notices if notice is not None)


def _paco2_fall(
    gases: Sequence[ArterialGas], limits: EarlyHarmLimits, time_on: datetime
) -> Notice | None:
    before = [g for g in gases if g.paco2 is not None and utc(g.taken_at) < utc(time_on)]
    if not before:
        return None
    reference, reference_source = before[-1].paco2, before[-1].source
    for gas in _within(gases, time_on, limits.paco2_window_h):
        if gas.paco2 is None or not reference:
            continue
        fall = (reference - gas.paco2) * 100 / reference
        if fall > limits.paco2_fall_pct:
            return Notice(
                code=PACO2_FALL,
                measured_at=gas.taken_at,
                value=gas.paco2,
                source=gas.source,
                reference=reference,
                reference_source=reference_source,
                fall_pct=fall.quantize(TENTH, ROUND_HALF_UP),
            )
    return None


def _pao2_high(
    gases: Sequence[ArterialGas],
    limits: EarlyHarmLimits,
    time_on: datetime,
    support_type: str | None,
) -> Notice | None:
    for gas in _within(gases, time_on, limits.pao2_window_h):
        is_at_risk = gas.mode == VENOARTERIAL or support_type == ECPR
        if is_at_risk and gas.pao2 is not None and gas.pao2 > limits.pao2_above:
            return Notice(PAO2_HIGH, gas.taken_at, gas.pao2, gas.source)
    return None


def _within(gases: Sequence[ArterialGas], time_on: datetime, window_h: float) -> list[ArterialGas]:
    closes = after(time_on, hours=window_h)
    return [gas for gas in gases if utc(time_on) < utc(gas.taken_at) <= closes]
