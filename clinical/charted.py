"""What the trend rules read and what they answer. Source: bedside reference 1.3, "Trend rules".

A rule judges the newest readings by the time they were taken, so a check charted late changes what
is found as if it had been there. It answers with the readings that fired it, with nothing at all,
or with why it could not judge: what was not measured is never taken as normal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from clinical.instants import elapsed, utc

PERCENT = Decimal(100)


class Kind(StrEnum):
    """What a trend rule looks for."""

    FLOW_FALL = "flow_fall"
    SPEED_CREEP = "speed_creep"
    RESISTANCE = "resistance"
    FDO2_CREEP = "fdo2_creep"
    SWEEP_CREEP = "sweep_creep"
    CHATTER = "chatter"
    RIGHT_HAND = "right_hand"


@dataclass(frozen=True, slots=True)
class ArterialReturn:
    """Where blood returns to an artery: the vessel as the record names it, and L, R or blank."""

    site: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class Charted:
    """One check as known now: values and derived values in the units of their measures.

    `mode` and `returns` are those in place when it was read; `is_trial` marks a check of a weaning
    trial, in which flow and gas are changed on purpose.
    """

    source: str
    at: datetime
    values: Mapping[str, Decimal] = field(default_factory=dict)
    looks: Mapping[str, str] = field(default_factory=dict)
    mode: str | None = None
    returns: tuple[ArterialReturn, ...] = ()
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading that a rule rests on: a value in the unit of its measure, or an answer in words."""

    what: str
    at: datetime
    source: str
    value: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule that fired on the newest readings: what they show, and what they may come from.

    `unknown` are measures that were not taken and would have told more.
    """

    kind: Kind
    at: datetime
    says: str
    think: tuple[str, ...]
    readings: tuple[Seen, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A rule that could not be asked, and why."""

    kind: Kind
    why: str


Outcome = Pattern | NotJudged | None
"""None: judged, and not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRules:
    """The numbers of the rules. Percent, mmHg and hours; every one is the site's to replace.

    From bedside reference 1.3: a fall of flow and a rise of speed of 10 %, 4 h for the speed, two
    steps in 6 h, two of three checks, 10 mmHg as "near 0", 90 % at the right hand. The others have
    no source: how much counts as the same speed, flow, gas or pressure, and as a swing, how far
    back a fall of flow is looked for, and how old a haemoglobin may be for the oxygen transfer.
    """

    flow_fall_pct: Decimal = Decimal(10)
    flow_within_h: float = 4
    same_speed_pct: Decimal = Decimal(2)
    pressure_step_mmhg: Decimal = Decimal(5)
    near_zero_mmhg: Decimal = Decimal(10)
    speed_rise_pct: Decimal = Decimal(10)
    speed_within_h: float = 4
    same_flow_pct: Decimal = Decimal(5)
    gas_steps: int = 2
    gas_within_h: float = 6
    same_gas_pct: Decimal = Decimal(10)
    chatter_of_checks: int = 3
    chatter_at_least: int = 2
    swing_mmhg: Decimal = Decimal(20)
    right_hand_below_pct: Decimal = Decimal(90)
    hb_within_h: float = 12


DEFAULT_TREND_RULES = TrendRules()


def in_order(story: Sequence[Charted], *codes: str) -> list[Charted]:
    """Return the checks that hold all these measures, oldest first, without those of trials."""
    return sorted(
        (one for one in story if not one.is_trial and all(code in one.values for code in codes)),
        key=lambda one: utc(one.at),
    )


def earlier_within(
    used: Sequence[Charted], hours: float, breaks: Sequence[datetime] = ()
) -> list[Charted]:
    """Return the checks to which the newest can be compared, the nearest first.

    `breaks` are times at which the circuit or its cannulas changed: nothing before one is like
    anything after it.
    """
    newest = used[-1]
    since = max((one for one in breaks if utc(one) <= utc(newest.at)), key=utc, default=None)
    return [
        one
        for one in reversed(used[:-1])
        if elapsed(one.at, newest.at) <= timedelta(hours=hours)
        and (since is None or utc(one.at) >= utc(since))
    ]


def has_risen(before: Decimal, now: Decimal, pct: Decimal) -> bool:
    """Whether a value rose by at least so many percent."""
    return (now - before) * PERCENT >= before * pct


def has_fallen(before: Decimal, now: Decimal, pct: Decimal) -> bool:
    """Whether a value fell by at least so many percent."""
    return (before - now) * PERCENT >= before * pct


def is_same(before: Decimal, now: Decimal, pct: Decimal) -> bool:
    """Whether a value changed by no more than so many percent."""
    return abs(now - before) * PERCENT <= abs(before) * pct


def change_pct(before: Decimal, now: Decimal) -> str:
    """Return the change in whole percent, without a sign."""
    return f"{abs(now - before) * PERCENT / before:.0f} %"


def seen(one: Charted, *codes: str) -> tuple[Seen, ...]:
    """Return what a check says of these measures, leaving out what it does not hold."""
    return tuple(
        Seen(code, one.at, one.source, one.values[code]) for code in codes if code in one.values
    )
