"""What a refused or questioned value is told at the bedside: what, why, and what to do next."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from circuits.document import Readings
from clinical.check import Question, Rule
from clinical.limits import Limit, limit_at
from clinical.measures import MEASURES
from clinical.spans import Span
from patients.models import Run


def explain(
    question: Question,
    readings: Readings,
    limits: Iterable[Limit],
    run: Run,
    checked_at: datetime,
) -> str:
    """Return the sentence for one question or refusal."""
    code = question.parameter
    match question.rule:
        case Rule.IN_THE_FUTURE | Rule.OUTSIDE_RUN:
            return _wrong_time(question.rule, run, checked_at)
        case Rule.HARD_RANGE | Rule.SOFT_UNCONFIRMED:
            limit = limit_at(limits, code, checked_at)
            return _outside_range(question.rule, code, readings.values[code], limit)
        case Rule.FDO2_GAP:
            return (
                f"FdO2 {_typed(readings, code)} is neither a fraction of 0.21 to 1.00 nor a "
                "percentage of 21 to 100. Type what the blender shows."
            )
        case Rule.SWEEP_ZERO:
            return (
                "Sweep gas 0 is not expected now: without a sweep-off trial the oxygenator does "
                "nothing. Look at the flowmeter; confirm if it is so."
            )
        case Rule.NEGATIVE_FLOW:
            return (
                f"Flow {_typed(readings, code)} L/min means that blood runs backwards. Look at "
                "the console and the flow sensor; confirm if it is so."
            )
    assert_never(question.rule)


def _outside_range(rule: Rule, code: str, number: Decimal, limit: Limit | None) -> str:
    measure = MEASURES[code]
    value = measure.text(number)
    if rule is Rule.HARD_RANGE:
        return (
            f"{measure.label} {value} cannot be: possible is {_range(limit, 'hard', code)}. "
            "Read it again, or say why it cannot be measured."
        )
    return (
        f"{measure.label} {value} is outside {_range(limit, 'soft', code)}. Read it again; "
        "confirm if it is so."
    )


def _wrong_time(rule: Rule, run: Run, checked_at: datetime) -> str:
    if rule is Rule.IN_THE_FUTURE:
        return (
            "The time of the check lies in the future. Correct the time, or the clock of this "
            "device."
        )
    return _outside_run(run, checked_at)


def _outside_run(run: Run, checked_at: datetime) -> str:
    tz = run.unit.centre.tz
    if checked_at < run.started_at:
        edge, word = run.started_at, "before flow on"
    else:
        edge, word = run.ended_at or run.started_at, "after flow off"
    return (
        f"The time of the check, {checked_at.astimezone(tz):%d-%b-%Y %H:%M}, is {word} "
        f"({edge.astimezone(tz):%d-%b-%Y %H:%M}). Correct the time."
    )


def _typed(readings: Readings, code: str) -> Decimal:
    return readings.as_entered.get(code, readings.values[code])


def _range(limit: Limit | None, kind: str, code: str) -> str:
    return span_words(getattr(limit, kind) if limit else Span(), code)


def span_words(span: Span, code: str) -> str:
    """Return what lies inside the bounds of a measure, with its unit."""
    measure = MEASURES[code]
    if span.low is not None and span.high is not None:
        return f"{measure.text(span.low)} to {measure.text(span.high)}"
    if span.low is not None:
        return f"{measure.text(span.low)} or more"
    if span.high is not None:
        return f"{measure.text(span.high)} or less"
    return "anything"
