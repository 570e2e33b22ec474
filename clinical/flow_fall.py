"""Flow that fell at an unchanged speed, read by the pressures: where in the circuit to look.

Source: bedside reference 1.3, the table of pressure patterns for a centrifugal pump [recall]. It
is a table to think by: a pattern fits if no pressure that was measured moves against it and at
least one moves with it, so several may fit, and a pressure that was not measured rules out nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.charted import (
    Charted,
    Kind,
    NotJudged,
    Outcome,
    Pattern,
    TrendRules,
    change_pct,
    earlier_within,
    has_fallen,
    in_order,
    is_same,
    seen,
)
from clinical.check import DELTA_P, FLOW

SPEED = "pump_speed"
DRAINAGE, PRE, POST = "p_drainage", "p_pre_membrane", "p_post_membrane"
PRESSURES = (DRAINAGE, PRE, POST, DELTA_P)
NOTHING_FITS = "The pressures fit none of the five patterns. Look at the whole circuit."


@dataclass(frozen=True, slots=True)
class Move:
    """How one pressure changed between two checks, and where it ended; in mmHg."""

    by: Decimal
    newest: Decimal


Verdict = bool | None
"""Whether a pressure moves with a pattern (True), against it (False), or says nothing (None)."""

Judge = Callable[[Move, TrendRules], Verdict]


def _up(move: Move, rules: TrendRules) -> Verdict:
    return _sign(move.by, rules)


def _down(move: Move, rules: TrendRules) -> Verdict:
    return _sign(-move.by, rules)


def _near_zero(move: Move, rules: TrendRules) -> Verdict:
    """It ended near 0 and was not there before; one that never left 0 says nothing."""
    if abs(move.newest) >= rules.near_zero_mmhg:
        return False
    return True if abs(move.by) >= rules.pressure_step_mmhg else None


def _sign(by: Decimal, rules: TrendRules) -> Verdict:
    if abs(by) < rules.pressure_step_mmhg:
        return None
    return by > 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what each pressure does, and what to think of."""

    name: str
    think: str
    moves: Mapping[str, Judge]

    def fits(self, moves: Mapping[str, Move], rules: TrendRules) -> bool:
        """Whether nothing that was measured speaks against it, and something for it."""
        said = [judge(moves[code], rules) for code, judge in self.moves.items() if code in moves]
        return True in said and False not in said


TABLE = (
    Row(
        "Line open",
        "disconnection or rupture of a line",
        {DRAINAGE: _near_zero, PRE: _down, POST: _near_zero},
    ),
    Row(
        "Access side",
        "low volume, kink, cannula position, tamponade, tension pneumothorax, abdominal pressure",
        {DRAINAGE: _down, PRE: _down, POST: _down, DELTA_P: _down},
    ),
    Row("Membrane", "clot in the oxygenator", {DRAINAGE: _up, PRE: _up, POST: _down, DELTA_P: _up}),
    Row(
        "Return side",
        "kink, clot or position of the return cannula; hypertension on V-A",
        {DRAINAGE: _up, PRE: _up, POST: _up, DELTA_P: _down},
    ),
    Row(
        "Pump",
        "clot in the pump head, decoupling, a fault of the speed",
        {DRAINAGE: _up, PRE: _down, POST: _down, DELTA_P: _down},
    ),
)
"""A drainage pressure "more negative" goes down, "less negative" goes up."""


def flow_fall(
    story: Sequence[Charted], rules: TrendRules, breaks: Sequence[datetime] = ()
) -> Outcome:
    """Compare the newest check with the nearest earlier one from which the flow fell so much."""
    used = in_order(story, FLOW, SPEED)
    earlier = earlier_within(used, rules.flow_within_h, breaks) if used else []
    if not earlier:
        why = f"no two checks with flow and speed within {rules.flow_within_h:g} h"
        return NotJudged(Kind.FLOW_FALL, why)
    newest = used[-1]
    for before in earlier:
        if _fell(before, newest, rules):
            return _pattern(before, newest, rules)
    return None


def _fell(before: Charted, newest: Charted, rules: TrendRules) -> bool:
    flow_before, flow_now = before.values[FLOW], newest.values[FLOW]
    is_same_speed = is_same(before.values[SPEED], newest.values[SPEED], rules.same_speed_pct)
    return (
        flow_before > 0 and is_same_speed and has_fallen(flow_before, flow_now, rules.flow_fall_pct)
    )


def _pattern(before: Charted, newest: Charted, rules: TrendRules) -> Pattern:
    moves = {
        code: Move(newest.values[code] - before.values[code], newest.values[code])
        for code in PRESSURES
        if code in before.values and code in newest.values
    }
    fitting = [row for row in TABLE if row.fits(moves, rules)]
    unknown = tuple(code for code in PRESSURES[:-1] if code not in moves)
    think = tuple(f"{row.name}: {row.think}" for row in fitting)
    fell = change_pct(before.values[FLOW], newest.values[FLOW])
    shown = (FLOW, SPEED, *PRESSURES)
    return Pattern(
        kind=Kind.FLOW_FALL,
        at=newest.at,
        says=f"Flow fell by {fell} at the same speed",
        think=think or (NOTHING_FITS if moves else "No pressure was read at both checks.",),
        readings=(*seen(before, *shown), *seen(newest, *shown)),
        unknown=unknown,
    )
