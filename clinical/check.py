"""A newly typed bedside check: what was meant, what cannot be, what is asked back, what follows.

Source: reference cases, "Answered checks" and "Derived in a check". The system may refuse a
plan, never a fact: what somebody read is at most asked back, and accepted when confirmed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from clinical.instants import utc
from clinical.limits import Limit, by_measure, limit_at

FLOW = "blood_flow"
SWEEP = "sweep_gas_flow"
FDO2 = "fdo2"
FLOW_ML_MIN = "blood_flow_ml_min"
CHECKED_AT = "checked_at"
DELTA_P = "delta_p"
RESISTANCE = "membrane_resistance"
FLOW_PER_KG = "blood_flow_per_kg"
FLOW_INDEX = "blood_flow_index"

VV_SWEEP_OFF = "vv_sweep_off"
PCRTO = "pcrto"
PURELY_VENOUS = frozenset({"VV", "VVDL"})

FDO2_LEAST = Decimal("0.21")
PERCENT = Decimal(100)
ML_PER_L = Decimal(1000)
MOSTELLER = Decimal(3600)


class Rule(StrEnum):
    """Why a check is refused or asked back, in the order in which a refusal is chosen."""

    IN_THE_FUTURE = "in_the_future"
    OUTSIDE_RUN = "outside_run"
    FDO2_GAP = "fdo2_gap"
    HARD_RANGE = "hard_range"
    SWEEP_ZERO = "sweep_zero"
    NEGATIVE_FLOW = "negative_flow"
    SOFT_UNCONFIRMED = "soft_unconfirmed"


class AnswerKind(StrEnum):
    """What the system says to a check that was sent."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Question:
    """One parameter (or `checked_at`) and the rule that stops or asks."""

    parameter: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Answer:
    """What the system answers.

    `because` is empty for an accepted check, one reason for a refusal, every open question for
    a confirmation. `confirmed` is what an accepted check had to have confirmed, with the rule.
    """

    kind: AnswerKind
    because: tuple[Question, ...] = ()
    confirmed: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A check as typed; numbers in the unit of the measure, FdO2 also as a percentage."""

    values: Mapping[str, Decimal]
    checked_at: datetime
    entered_at: datetime
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class RunContext:
    """What is known of the run at `checked_at`; `mode` None or "unknown" if not known yet."""

    time_on: datetime
    time_off: datetime | None = None
    mode: str | None = None


def normalise(typed: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the values in the units of the measures.

    An FdO2 of 21 to 100 is a percentage; a flow typed as mL/min becomes L/min. What fits
    neither stays as typed, for `questions` to refuse. Doing it twice changes nothing.
    Raises ValueError if the flow was typed both in L/min and in mL/min.
    """
    values = dict(typed)
    if FLOW_ML_MIN in values:
        if FLOW in values:
            raise ValueError("The flow was typed twice: in L/min and in mL/min.")
        values[FLOW] = values.pop(FLOW_ML_MIN) / ML_PER_L
    if FDO2 in values:
        values[FDO2] = fdo2_fraction(values[FDO2])
    return values


def fdo2_fraction(typed: Decimal) -> Decimal:
    """Return an FdO2 typed as a percentage of 21 to 100 as a fraction, anything else as it is."""
    return typed / PERCENT if FDO2_LEAST * PERCENT <= typed <= PERCENT else typed


def is_expected(parameter: str, value: Decimal, *, trial: str | None, mode: str | None) -> bool:
    """Whether a sweep of 0 or a negative flow belongs to the trial that is going on.

    A sweep-off trial makes a sweep of 0 expected only while the mode is known and purely
    venous; in a retrograde trial-off (PCRTO) both are expected.
    """
    if parameter == SWEEP and value == 0:
        return trial == PCRTO or (trial == VV_SWEEP_OFF and mode in PURELY_VENOUS)
    return parameter == FLOW and value < 0 and trial == PCRTO


def questions(
    entry: Entry,
    limits: Iterable[Limit],
    context: RunContext,
    confirmed: Collection[str] = (),
) -> Answer:
    """Judge a typed check by the limits valid at `checked_at`.

    Refused is what cannot be, whatever else would be asked; the rest is asked back unless the
    parameter stands in `confirmed`.
    """
    values = normalise(entry.values)
    rows = by_measure(limits)
    valid = {code: limit_at(rows.get(code, ()), code, entry.checked_at) for code in values}
    refusal = next(_refusals(entry, values, valid, context), None)
    if refusal is not None:
        return Answer(AnswerKind.REFUSE, (refusal,))
    asked = tuple(_questions(entry, values, valid, context))
    unanswered = tuple(one for one in asked if one.parameter not in confirmed)
    if unanswered:
        return Answer(AnswerKind.CONFIRM, unanswered)
    return Answer(AnswerKind.ACCEPT, confirmed=asked)


def derive(
    values: Mapping[str, Decimal],
    *,
    weight_kg: Decimal | None = None,
    height_cm: Decimal | None = None,
) -> dict[str, Decimal]:
    """Return what follows from a check: pressure drop, resistance, flow per kg, flow index.

    Unrounded; what cannot be computed is left out. The resistance needs a flow above 0.
    """
    flow, drop = values.get(FLOW), pressure_drop(values)
    derived = {
        DELTA_P: drop,
        RESISTANCE: resistance(drop, flow),
        FLOW_PER_KG: flow_per_kg(flow, weight_kg),
        FLOW_INDEX: flow_index(flow, weight_kg, height_cm),
    }
    return {code: value for code, value in derived.items() if value is not None}


def pressure_drop(values: Mapping[str, Decimal]) -> Decimal | None:
    """Return pre-membrane minus post-membrane pressure in mm[Hg], None if one is missing."""
    before, after = values.get("p_pre_membrane"), values.get("p_post_membrane")
    return None if before is None or after is None else before - after


def resistance(drop: Decimal | None, flow: Decimal | None) -> Decimal | None:
    """Return pressure drop over flow in mm[Hg].min/L, None without a flow above 0."""
    return None if drop is None or flow is None or flow <= 0 else drop / flow


def flow_per_kg(flow: Decimal | None, weight_kg: Decimal | None) -> Decimal | None:
    """Return the flow in mL/kg/min, None without flow or weight."""
    return None if flow is None or not weight_kg else flow * ML_PER_L / weight_kg


def flow_index(
    flow: Decimal | None, weight_kg: Decimal | None, height_cm: Decimal | None
) -> Decimal | None:
    """Return the flow in L/min per m2 of body surface, None if a part is missing."""
    if flow is None or not weight_kg or not height_cm:
        return None
    return flow / body_surface_m2(weight_kg, height_cm)


def body_surface_m2(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return the body surface: the square root of height (cm) x weight (kg) / 3600.

    Source: Mosteller RD, Simplified calculation of body-surface area, N Engl J Med
    1987;317:1098.
    """
    return (height_cm * weight_kg / MOSTELLER).sqrt()


def _refusals(
    entry: Entry,
    values: Mapping[str, Decimal],
    valid: Mapping[str, Limit | None],
    context: RunContext,
) -> Iterator[Question]:
    if utc(entry.checked_at) > utc(entry.entered_at):
        yield Question(CHECKED_AT, Rule.IN_THE_FUTURE)
    if _is_outside_run(entry.checked_at, context):
        yield Question(CHECKED_AT, Rule.OUTSIDE_RUN)
    if FDO2 in values and not FDO2_LEAST <= values[FDO2] <= 1:
        yield Question(FDO2, Rule.FDO2_GAP)
    for code in sorted(values):
        limit = valid[code]
        if limit is not None and limit.hard.outside(values[code]) is not None:
            yield Question(code, Rule.HARD_RANGE)


def _is_outside_run(checked_at: datetime, context: RunContext) -> bool:
    if utc(checked_at) < utc(context.time_on):
        return True
    return context.time_off is not None and utc(checked_at) > utc(context.time_off)


def _questions(
    entry: Entry,
    values: Mapping[str, Decimal],
    valid: Mapping[str, Limit | None],
    context: RunContext,
) -> Iterator[Question]:
    for code in sorted(values):
        if is_expected(code, values[code], trial=entry.trial, mode=context.mode):
            continue
        rule = _rule_for(code, values[code], valid[code])
        if rule is not None:
            yield Question(code, rule)


def _rule_for(code: str, value: Decimal, limit: Limit | None) -> Rule | None:
    if code == SWEEP and value == 0:
        return Rule.SWEEP_ZERO
    if code == FLOW and value < 0:
        return Rule.NEGATIVE_FLOW
    if limit is not None and limit.soft.outside(value) is not None:
        return Rule.SOFT_UNCONFIRMED
    return None
