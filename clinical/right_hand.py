"""A low saturation of the right hand on an arterial return, read by where the blood returns.

Source: bedside reference, twelve findings no. 6 [S55] and 1.5. With a femoral return a low right
hand is differential hypoxaemia; with a return into the right subclavian or axillary artery that
hand is fed by the circuit, and a low value speaks of the oxygenator. For other vessels the
reference says nothing, so nothing is read into it.
"""

from collections.abc import Sequence
from enum import StrEnum

from clinical.charted import (
    ArterialReturn,
    Charted,
    Kind,
    NotJudged,
    Outcome,
    Pattern,
    TrendRules,
    in_order,
    seen,
)

RIGHT_HAND = "spo2_right_hand"
BESIDE = ("spo2_other", "fdo2", "sat_post_membrane")
ARTERIAL_MODES = frozenset({"VA", "VVA", "VAV"})
UNKNOWN_MODE = "unknown"
FEMORAL = frozenset({"femoral_a"})
RIGHT_ARM = frozenset({"subclavian_a", "axillary_a"})
RIGHT = "R"


class Meaning(StrEnum):
    """What a low right hand speaks of."""

    DIFFERENTIAL = (
        "Differential hypoxaemia: the heart fills the right arm with blood that the lungs "
        "did not oxygenate"
    )
    OXYGENATOR = "The oxygenator or its gas: the return cannula itself feeds this arm"


def right_hand(story: Sequence[Charted], rules: TrendRules) -> Outcome:
    """Read the newest saturation of the right hand, if blood returned to an artery then."""
    used = in_order(story, RIGHT_HAND)
    if not used:
        newest = in_order(story)[-1:]
        is_asked = any(one.mode in ARTERIAL_MODES for one in newest)
        return (
            NotJudged(Kind.RIGHT_HAND, "SpO2 of the right hand was not charted")
            if (is_asked)
            else None
        )
    now = used[-1]
    if now.values[RIGHT_HAND] >= rules.right_hand_below_pct:
        return None
    if now.mode is None or now.mode == UNKNOWN_MODE:
        return NotJudged(Kind.RIGHT_HAND, "the right hand is low, but the mode is not on record")
    if now.mode not in ARTERIAL_MODES:
        return None
    return _read(now, rules)


def _read(now: Charted, rules: TrendRules) -> Outcome:
    if not now.returns:
        why = "the right hand is low, but no arterial return cannula is on record"
        return NotJudged(Kind.RIGHT_HAND, why)
    meanings = {meaning_of(one) for one in now.returns}
    meaning = meanings.pop() if len(meanings) == 1 else None
    if meaning is None:
        why = "the right hand is low, but what that means at this return site is not known"
        return NotJudged(Kind.RIGHT_HAND, why)
    return Pattern(
        kind=Kind.RIGHT_HAND,
        at=now.at,
        says=f"SpO2 of the right hand is below {rules.right_hand_below_pct:f} %",
        think=(meaning,),
        readings=seen(now, RIGHT_HAND, *BESIDE),
    )


def meaning_of(one: ArterialReturn) -> Meaning | None:
    """Return what a low right hand means with this return; None where the reference says nothing."""
    if one.site in FEMORAL:
        return Meaning.DIFFERENTIAL
    if one.site in RIGHT_ARM and one.side == RIGHT:
        return Meaning.OXYGENATOR
    return None
