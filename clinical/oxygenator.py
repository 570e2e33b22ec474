"""What an oxygenator's own numbers say: resistance against its baseline, and its gas.

Source: reference cases, "Oxygenator and other components". Only these signals propose a
change; reached hours never do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from clinical.instants import after, utc

RESISTANCE = "resistance"
POST_MEMBRANE_GAS = "post_membrane_gas"


@dataclass(frozen=True, slots=True)
class MembraneCheck:
    """One bedside check of an oxygenator, amended values; None means not measured.

    Resistance in mm[Hg].min/L, pressures in mm[Hg], flows in L/min, `fdo2` as a fraction.
    """

    source: str
    checked_at: datetime
    resistance: Decimal | None = None
    po2_post: Decimal | None = None
    fdo2: Decimal | None = None
    pco2_pre: Decimal | None = None
    pco2_post: Decimal | None = None
    sweep: Decimal | None = None
    flow: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ResistancePolicy:
    """When the resistance proposes a change; hours count from the installation, inclusive."""

    ratio: Decimal
    hold_for_checks: int
    baseline_from_h: float
    baseline_to_h: float
    baseline_n: int


@dataclass(frozen=True, slots=True)
class GasPolicy:
    """When the gas behind the membrane proposes a change; pressure in mm[Hg]."""

    po2_post_below: Decimal
    fdo2_min: Decimal
    hold_for_checks: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """The resistance at a check, as a multiple of the baseline."""

    source: str
    checked_at: datetime
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class ResistanceTrend:
    """The baseline (None: too few checks), the highest ratio, and the check that signalled."""

    baseline: Decimal | None
    peak: Ratio | None = None
    signal: Ratio | None = None

    @property
    def why(self) -> str | None:
        """Why nothing is judged, if nothing is."""
        return "too few checks in the baseline window" if self.baseline is None else None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the oxygenator is proposed; `value` is the ratio or the pO2 in mm[Hg]."""

    rule: str
    source: str
    checked_at: datetime
    value: Decimal


def checks_of_life(
    checks: Iterable[MembraneCheck], installed_at: datetime, removed_at: datetime | None
) -> list[MembraneCheck]:
    """Return an oxygenator's own checks in time order; one at the exchange is the next one's."""
    return sorted(
        (
            check
            for check in checks
            if utc(check.checked_at) >= utc(installed_at)
            and (removed_at is None or utc(check.checked_at) < utc(removed_at))
        ),
        key=lambda check: utc(check.checked_at),
    )


def resistance_trend(
    checks: Sequence[MembraneCheck], installed_at: datetime, policy: ResistancePolicy
) -> ResistanceTrend:
    """Judge an oxygenator's checks, in time order, against its own baseline.

    The baseline is the median of the first `baseline_n` resistances read in the window. The
    signal is the check at which the ratio was above `ratio` for the `hold_for_checks`-th
    measured check in a row; checks without a resistance are skipped.
    """
    baseline = _baseline(checks, installed_at, policy)
    if baseline is None or baseline <= 0:
        return ResistanceTrend(None)
    ratios = [
        Ratio(check.source, check.checked_at, check.resistance / baseline)
        for check in checks
        if check.resistance is not None
    ]
    is_above = [one.ratio > policy.ratio for one in ratios]
    held = _held(is_above, policy.hold_for_checks)
    return ResistanceTrend(
        baseline,
        peak=max(ratios, key=lambda one: one.ratio),
        signal=None if held is None else ratios[held],
    )


def judged_gases(
    checks: Sequence[MembraneCheck], policy: GasPolicy
) -> list[tuple[MembraneCheck, Decimal]]:
    """Return the checks with a `po2_post` that can be judged, each with that pressure.

    Checks without it, or at an FdO2 below `fdo2_min` or not known, are skipped.
    """
    return [
        (check, check.po2_post)
        for check in checks
        if check.po2_post is not None and check.fdo2 is not None and check.fdo2 >= policy.fdo2_min
    ]


def gas_signal(checks: Sequence[MembraneCheck], policy: GasPolicy) -> MembraneCheck | None:
    """Return the check at which the post-membrane gas was low for long enough."""
    judged = judged_gases(checks, policy)
    held = _held([one < policy.po2_post_below for _, one in judged], policy.hold_for_checks)
    return None if held is None else judged[held][0]


def change_proposed(
    checks: Sequence[MembraneCheck],
    installed_at: datetime,
    resistance: ResistancePolicy | None = None,
    gas: GasPolicy | None = None,
) -> tuple[Proposal, ...]:
    """Return what proposes a change, each signal once, at the check where it first held."""
    proposals = []
    if resistance is not None:
        signal = resistance_trend(checks, installed_at, resistance).signal
        if signal is not None:
            proposals.append(Proposal(RESISTANCE, signal.source, signal.checked_at, signal.ratio))
    low = gas_signal(checks, gas) if gas is not None else None
    if low is not None and low.po2_post is not None:
        proposals.append(Proposal(POST_MEMBRANE_GAS, low.source, low.checked_at, low.po2_post))
    return tuple(proposals)


def _baseline(
    checks: Sequence[MembraneCheck], installed_at: datetime, policy: ResistancePolicy
) -> Decimal | None:
    opens = after(installed_at, hours=policy.baseline_from_h)
    closes = after(installed_at, hours=policy.baseline_to_h)
    read = [
        check.resistance
        for check in checks
        if check.resistance is not None and opens <= utc(check.checked_at) <= closes
    ]
    first = read[: policy.baseline_n]
    return median(first) if len(first) == policy.baseline_n else None


def _held(is_true: Sequence[bool], times: int) -> int | None:
    in_a_row = 0
    for index, one in enumerate(is_true):
        in_a_row = in_a_row + 1 if one else 0
        if in_a_row == times:
            return index
    return None
