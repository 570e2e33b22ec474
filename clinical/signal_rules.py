"""The kinds of rules that propose the change of a part: membrane, laboratory, clot, facts.

Source: bedside reference 3.7 and 1.3. The numbers come with the site's policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from clinical.circuit import Observation
from clinical.inspection import item
from clinical.instants import elapsed, utc
from clinical.measures import MEASURES
from clinical.oxygenator import (
    GasPolicy,
    MembraneCheck,
    ResistancePolicy,
    judged_gases,
    resistance_trend,
)
from clinical.signals import Evidence, Reading, Rule, Step
from clinical.slopes import Point, theil_sen
from clinical.spans import Span

CLOT = "clot_fibrin"
DAY_H = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ResistanceRule(Rule):
    """The resistance against that oxygenator's own baseline."""

    policy: ResistancePolicy
    nothing = "no baseline of its own yet, so nothing can be compared"

    @property
    def says(self) -> str:
        """In words."""
        return f"Resistance above {self.policy.ratio:f} times its own baseline"

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each check with a resistance, once there is a baseline."""
        baseline = resistance_trend(evidence.checks, evidence.installed_at, self.policy).baseline
        if baseline is None:
            return []
        return [
            Step(
                _read(check, "membrane_resistance", check.resistance),
                check.resistance / baseline > self.policy.ratio,
            )
            for check in evidence.checks
            if check.resistance is not None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class GasRule(Rule):
    """The oxygen behind the membrane at a high FdO2."""

    policy: GasPolicy

    @property
    def says(self) -> str:
        """In words."""
        bound = self.policy
        return f"PO2 post below {bound.po2_post_below:f} mmHg at FdO2 {bound.fdo2_min:f} or more"

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each check with that gas at that FdO2."""
        return [
            Step(_read(check, "po2_post", pressure), pressure < self.policy.po2_post_below)
            for check, pressure in judged_gases(evidence.checks, self.policy)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRule(Rule):
    """The carbon dioxide that the membrane takes out, in mm[Hg]; perhaps from a sweep on."""

    below: Decimal
    sweep_min: Decimal = Decimal(0)

    @property
    def says(self) -> str:
        """In words."""
        at = f" at sweep {self.sweep_min:f} L/min or more" if self.sweep_min else ""
        return f"PCO2 falls by less than {self.below:f} mmHg over the membrane{at}"

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each check with both pressures, while gas flows."""
        found = []
        for check in evidence.checks:
            if check.pco2_pre is None or check.pco2_post is None or not check.sweep:
                continue
            if check.sweep >= self.sweep_min:
                taken = check.pco2_pre - check.pco2_post
                text = f"PCO2 pre {check.pco2_pre:f}, post {check.pco2_post:f} mmHg"
                reading = Reading("pco2_post", check.checked_at, text, check.source)
                found.append(Step(reading, taken < self.below))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule(Rule):
    """A laboratory value above or below a bound; exactly one of the two, in its own unit."""

    analyte: str
    above: Decimal | None = None
    below: Decimal | None = None

    @property
    def says(self) -> str:
        """In words."""
        side, bound = ("above", self.above) if self.below is None else ("below", self.below)
        number = "" if bound is None else _with_unit(self.analyte, bound, None)
        return f"{_label(self.analyte)} {side} {number}"

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each result; a censored one only if all that it can stand for lies on one side."""
        beyond, within = Span(self.below, self.above), Span(self.above, self.below)
        found = []
        for one in evidence.labs.get(self.analyte, ()):
            is_beyond = beyond.outside(one.value, one.comparator) is not None
            is_within = within.outside(one.value, one.comparator) is not None
            if is_beyond or is_within or one.comparator is None:
                found.append(Step(_result(one), is_beyond))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RiseRule(Rule):
    """A value so many times the lowest within some hours before it. Censored ones are left out."""

    analyte: str
    times: Decimal
    window_h: float

    @property
    def says(self) -> str:
        """In words."""
        return (
            f"{_label(self.analyte)} above {self.times:f} times its lowest of {self.window_h:g} h"
        )

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each result with another one before it in the window."""
        numbers = [one for one in evidence.labs.get(self.analyte, ()) if one.comparator is None]
        found = []
        for index, one in enumerate(numbers):
            before = _within(numbers[:index], one, self.window_h)
            if before:
                lowest = min(other.value for other in before)
                found.append(Step(_result(one), one.value > self.times * lowest))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeRule(Rule):
    """A robust slope per 24 h, steeper than `per_day`; downwards if that is below 0.

    It is judged only if the interval is on one side of 0; censored values are left out.
    """

    analyte: str
    per_day: Decimal
    window_h: float
    confidence: float = 0.9
    nothing = "too few values, or they neither rise nor fall for sure"

    @property
    def says(self) -> str:
        """In words."""
        way = "falling" if self.per_day < 0 else "rising"
        return (
            f"{_label(self.analyte)} {way} by more than {abs(self.per_day):f} "
            f"{_unit(self.analyte)} a day"
        )

    def steps(self, evidence: Evidence) -> list[Step]:
        """One step: the slope up to the newest result."""
        numbers = [one for one in evidence.labs.get(self.analyte, ()) if one.comparator is None]
        if not numbers:
            return []
        newest = numbers[-1]
        used = [*_within(numbers[:-1], newest, self.window_h), newest]
        points = [Point(one.measured_at, float(one.value)) for one in used]
        slope = theil_sen(points, self.confidence)
        if slope is None or not slope.excludes_zero:
            return []
        per_day, bound = slope.line.per_hour * DAY_H, float(self.per_day)
        is_steep = per_day < bound if bound < 0 else per_day > bound
        text = f"{per_day:+.4g} {_unit(self.analyte)} a day over {len(used)} values"
        return [Step(Reading(self.analyte, newest.measured_at, text, newest.source), is_steep)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClotRule(Rule):
    """The worst clot or fibrin seen; grades are a local scale."""

    grade_at_least: int

    @property
    def says(self) -> str:
        """In words."""
        return f"Clot or fibrin of grade {self.grade_at_least} or more"

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each look at it."""
        return [
            Step(
                Reading(CLOT, one.looked_at, item(CLOT).choice(one.choice).label, one.place),
                int(one.choice.removeprefix("grade_")) >= self.grade_at_least,
            )
            for one in evidence.looks
            if one.item == CLOT
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule(Rule):
    """A laboratory result in words, such as a positive antibody test."""

    analyte: str
    words: tuple[str, ...]

    @property
    def says(self) -> str:
        """In words."""
        return f"{_label(self.analyte)} {' or '.join(self.words)}"

    def steps(self, evidence: Evidence) -> list[Step]:
        """Each result."""
        wanted = {word.casefold() for word in self.words}
        return [
            Step(
                Reading(self.analyte, one.collected_at, one.text, one.source),
                one.text.strip().casefold() in wanted,
            )
            for one in evidence.texts.get(self.analyte, ())
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRule(Rule):
    """Something known of the part itself: a recall. Not known of it is nothing to judge."""

    fact: str
    nothing = ""

    @property
    def says(self) -> str:
        """In words."""
        return {"recall": "The part is recalled"}.get(self.fact, self.fact)

    def steps(self, evidence: Evidence) -> list[Step]:
        """The fact, if it is known."""
        known = evidence.facts.get(self.fact)
        if known is None:
            return []
        return [Step(Reading(self.fact, known.since, known.text, known.source), is_true=True)]


def _read(check: MembraneCheck, what: str, value: Decimal) -> Reading:
    return Reading(what, check.checked_at, _with_unit(what, value, None), check.source)


def _result(one: Observation) -> Reading:
    text = _with_unit(one.parameter, one.value, one.comparator)
    return Reading(one.parameter, one.measured_at, text, one.source)


def _with_unit(code: str, value: Decimal, comparator: str | None) -> str:
    known = MEASURES.get(code)
    number = f"{known.shown(value)}" if known else f"{value.normalize():f}"
    return f"{comparator or ''}{number} {_unit(code)}".strip()


def _within(earlier: Sequence[Observation], one: Observation, hours: float) -> list[Observation]:
    span = timedelta(hours=hours)
    return [
        other
        for other in earlier
        if utc(other.measured_at) < utc(one.measured_at)
        and elapsed(other.measured_at, one.measured_at) <= span
    ]


def _label(code: str) -> str:
    return MEASURES[code].label if code in MEASURES else code


def _unit(code: str) -> str:
    return MEASURES[code].display_unit if code in MEASURES else ""
