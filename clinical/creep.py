"""What slowly asks for more: speed for the same flow, gas for the same patient, a restless line.

Source: bedside reference 1.3, "Trend rules".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from clinical.charted import (
    Charted,
    Kind,
    NotJudged,
    Outcome,
    Pattern,
    Seen,
    TrendRules,
    change_pct,
    earlier_within,
    has_fallen,
    has_risen,
    in_order,
    is_same,
    seen,
)
from clinical.check import FDO2, FLOW, SWEEP
from clinical.circuit import Observation
from clinical.flow_fall import DRAINAGE, SPEED
from clinical.inspection import item
from clinical.instants import elapsed, utc
from clinical.measures import measure
from clinical.oxygenator import resistance_trend
from clinical.signal_rules import ResistanceRule
from clinical.signals import Evidence

CHATTER, QUIET = "chatter", "none"
PAO2, PACO2 = "pao2", "paco2"
GAS_OF = {FDO2: (Kind.FDO2_CREEP, PAO2), SWEEP: (Kind.SWEEP_CREEP, PACO2)}
"""The patient's gas that a setting is raised for."""

Rise = tuple[Charted, Charted]


def speed_creep(
    story: Sequence[Charted], rules: TrendRules, breaks: Sequence[datetime] = ()
) -> Outcome:
    """Say whether so much more speed gives no more flow than at the nearest such earlier check."""
    used = in_order(story, FLOW, SPEED)
    earlier = earlier_within(used, rules.speed_within_h, breaks) if used else []
    if not earlier:
        why = f"no two checks with flow and speed within {rules.speed_within_h:g} h"
        return NotJudged(Kind.SPEED_CREEP, why)
    now = used[-1]
    for before in earlier:
        if _is_dearer(before, now, rules):
            rise = change_pct(before.values[SPEED], now.values[SPEED])
            return Pattern(
                kind=Kind.SPEED_CREEP,
                at=now.at,
                says=f"Speed was raised by {rise} and gives no more flow",
                think=("More resistance anywhere in the circuit, or less volume",),
                readings=(*seen(before, SPEED, FLOW), *seen(now, SPEED, FLOW)),
            )
    return None


def _is_dearer(before: Charted, now: Charted, rules: TrendRules) -> bool:
    flow_before, flow_now = before.values[FLOW], now.values[FLOW]
    has_no_more = flow_now <= flow_before or is_same(flow_before, flow_now, rules.same_flow_pct)
    speed_before, speed_now = before.values[SPEED], now.values[SPEED]
    return (
        has_no_more
        and speed_before > 0
        and has_risen(speed_before, speed_now, rules.speed_rise_pct)
    )


def gas_creep(
    story: Sequence[Charted], gases: Sequence[Observation], setting: str, rules: TrendRules
) -> Outcome:
    """Say whether a setting of the sweep gas was stepped up, and the patient's gas is no better.

    `setting` is `fdo2` (read by `pao2`) or `sweep_gas_flow` (by `paco2`); `gases` are of that
    analyte in mmHg, by the time of collection. A step down ends the count.
    """
    kind, analyte = GAS_OF[setting]
    label = measure(setting).short
    used = in_order(story, setting)
    if not used:
        return NotJudged(kind, f"{label} was not charted")
    rises = _rises(used, setting)[-rules.gas_steps :]
    if len(rises) < rules.gas_steps or not _are_near(rises, used[-1], rules):
        return None
    stepped = f"{label} was stepped up {rules.gas_steps} times within {rules.gas_within_h:g} h"
    pair = _gases_around(rises, gases, rules)
    if pair is None:
        return NotJudged(kind, f"{stepped}, but no {measure(analyte).short} before and after it")
    before, after = pair
    if _is_better(before, after, rules):
        return None
    return Pattern(
        kind=kind,
        at=max(used[-1].at, after.measured_at, key=utc),
        says=f"{stepped}, and the patient's {measure(analyte).short} is no better",
        think=("The membrane is wearing out",),
        readings=(
            *seen(rises[0][0], setting),
            *(one for _, risen in rises for one in seen(risen, setting)),
            *(Seen(analyte, one.measured_at, one.source, one.value) for one in pair),
        ),
    )


def _rises(used: Sequence[Charted], setting: str) -> list[Rise]:
    rises: list[Rise] = []
    for before, now in pairwise(used):
        if now.values[setting] < before.values[setting]:
            rises = []
        elif now.values[setting] > before.values[setting]:
            rises.append((before, now))
    return rises


def _are_near(rises: Sequence[Rise], newest: Charted, rules: TrendRules) -> bool:
    within = timedelta(hours=rules.gas_within_h)
    first, last = rises[0][1].at, rises[-1][1].at
    return elapsed(first, last) <= within and elapsed(last, newest.at) <= within


def _gases_around(
    rises: Sequence[Rise], gases: Sequence[Observation], rules: TrendRules
) -> tuple[Observation, Observation] | None:
    """Return the last gas before the first step, not too old, and the newest after the last."""
    first, last = rises[0][1].at, rises[-1][1].at
    numbers = sorted(
        (one for one in gases if one.comparator is None), key=lambda one: utc(one.measured_at)
    )
    reach = timedelta(hours=rules.gas_within_h)
    before = [one for one in numbers if timedelta() <= elapsed(one.measured_at, first) <= reach]
    after = [one for one in numbers if utc(one.measured_at) > utc(last)]
    return (before[-1], after[-1]) if before and after else None


def _is_better(before: Observation, after: Observation, rules: TrendRules) -> bool:
    if is_same(before.value, after.value, rules.same_gas_pct):
        return False
    if before.parameter == PAO2:
        return has_risen(before.value, after.value, rules.same_gas_pct)
    return has_fallen(before.value, after.value, rules.same_gas_pct)


@dataclass(frozen=True, slots=True)
class Rest:
    """Whether the drainage line was restless at a check, with what says so."""

    at: datetime
    is_restless: bool
    readings: tuple[Seen, ...]


def chatter(story: Sequence[Charted], rules: TrendRules) -> Outcome:
    """Say whether the line chattered, or its pressure swung at one speed, in most of the last checks.

    A check at which neither is known is passed over.
    """
    newest = _rests(story, rules)[-rules.chatter_of_checks :]
    restless = [one for one in newest if one.is_restless]
    if len(newest) < rules.chatter_at_least:
        return NotJudged(Kind.CHATTER, "too few checks say whether the line chatters")
    if len(restless) < rules.chatter_at_least:
        return None
    return Pattern(
        kind=Kind.CHATTER,
        at=newest[-1].at,
        says=f"The drainage line was restless in {len(restless)} of the last {len(newest)} checks",
        think=("Low volume, or the position of the drainage cannula",),
        readings=tuple(dict.fromkeys(seen for one in restless for seen in one.readings)),
    )


def _rests(story: Sequence[Charted], rules: TrendRules) -> list[Rest]:
    found: list[Rest] = []
    before: Charted | None = None
    for one in in_order(story):
        if (rest := _rest(before, one, rules)) is not None:
            found.append(rest)
        if DRAINAGE in one.values:
            before = one
    return found


def _rest(before: Charted | None, one: Charted, rules: TrendRules) -> Rest | None:
    look, swung = one.looks.get(CHATTER), _has_swung(before, one, rules)
    if look is None and swung is None:
        return None
    looked = () if look is None else (_look(one, look),)
    pressures = (*seen(before, DRAINAGE), *seen(one, DRAINAGE)) if before and swung else ()
    is_chatter = look is not None and look != QUIET
    return Rest(one.at, is_chatter or bool(swung), (*looked, *pressures))


def _look(one: Charted, look: str) -> Seen:
    return Seen(CHATTER, one.at, one.source, text=item(CHATTER).choice(look).label)


def _has_swung(before: Charted | None, one: Charted, rules: TrendRules) -> bool | None:
    if before is None or DRAINAGE not in one.values:
        return None
    if SPEED not in before.values or SPEED not in one.values:
        return None
    if not is_same(before.values[SPEED], one.values[SPEED], rules.same_speed_pct):
        return None
    return abs(one.values[DRAINAGE] - before.values[DRAINAGE]) >= rules.swing_mmhg


def resistance_rise(evidence: Evidence, rule: ResistanceRule) -> Outcome:
    """Say whether an oxygenator's resistance is held above its own baseline, by the site's policy."""
    baseline = resistance_trend(evidence.checks, evidence.installed_at, rule.policy).baseline
    if baseline is None:
        return NotJudged(Kind.RESISTANCE, "the oxygenator has no baseline of its own yet")
    signal = rule.judge(evidence).signal
    if signal is None or not signal.is_holding:
        return None
    resistance = measure("membrane_resistance")
    return Pattern(
        kind=Kind.RESISTANCE,
        at=signal.newest.at,
        says=f"{rule.says}, which is {resistance.text(baseline)}",
        think=("Clot in the oxygenator",),
        readings=tuple(
            Seen(one.what, one.at, one.source, text=one.text)
            for one in dict.fromkeys((*signal.readings, signal.newest))
        ),
    )
