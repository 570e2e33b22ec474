"""What proposes the change of a part, each rule with the readings on which it fired.

Source: bedside reference 3.7 (numbers marked [recall] there, or of one centre [S21]: all are data
that a site replaces). A rule looks at what was read since the part was put in, skips what was not
measured or says nothing (a censored value that could lie on either side), and fires once it held
for `hold_for` readings in a row. Reached hours are no signal: they ask for a review.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from clinical.circuit import Observation
from clinical.inspection import Look
from clinical.oxygenator import MembraneCheck


class Urgency(StrEnum):
    """How soon a change is wanted, in rising order (bedside reference 3.7).

    Elective: hours reached. Planned: by day, with a huddle. Urgent: within 4 to 6 hours. Emergent:
    within minutes.
    """

    ELECTIVE = "elective"
    PLANNED = "planned"
    URGENT = "urgent"
    EMERGENT = "emergent"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Urgency).index(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule read: which measure, as written, when, and the key of the check or result."""

    what: str
    at: datetime
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class TextResult:
    """A laboratory result in words."""

    text: str
    collected_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of the part itself, such as a recall: since when, and in words."""

    since: datetime
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a part since it was put in, each series oldest first."""

    installed_at: datetime
    checks: Sequence[MembraneCheck] = ()
    labs: Mapping[str, Sequence[Observation]] = field(default_factory=dict)
    texts: Mapping[str, Sequence[TextResult]] = field(default_factory=dict)
    looks: Sequence[Look] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One reading that a rule could judge, and whether its condition held there."""

    reading: Reading
    is_true: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that fired: from when, on which readings, and whether the newest still shows it."""

    since: datetime
    readings: tuple[Reading, ...]
    is_holding: bool
    newest: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """One rule of the site. Without an urgency it proposes nothing and only adds its weight."""

    id: str
    weight: int = 1
    urgency: Urgency | None = None
    hold_for: int = 1
    nothing: ClassVar[str] = "not measured since the part was put in"

    @property
    @abstractmethod
    def says(self) -> str:
        """What the rule asks for, in a sentence without names."""

    @abstractmethod
    def steps(self, evidence: Evidence) -> list[Step]:
        """Return every reading that can be judged, oldest first."""

    def judge(self, evidence: Evidence) -> "Judgement":
        """Say whether the rule fires, or that nothing could be judged and why."""
        steps = self.steps(evidence)
        signal = _signal(steps, self.hold_for)
        return Judgement(self, signal, "" if steps else self.nothing)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one rule. `why_not` is blank if there was something to judge."""

    rule: Rule
    signal: Signal | None
    why_not: str = ""

    @property
    def is_holding(self) -> bool:
        """Whether it fired and the newest reading still shows it."""
        return self.signal is not None and self.signal.is_holding


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """From which sum of weights a change becomes how urgent."""

    at_least: int
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all rules together say of one part."""

    judgements: tuple[Judgement, ...] = ()
    score: int = 0
    urgency: Urgency | None = None

    @property
    def holding(self) -> tuple[Judgement, ...]:
        """The rules that hold now."""
        return tuple(one for one in self.judgements if one.is_holding)

    @property
    def past(self) -> tuple[Judgement, ...]:
        """The rules that held before and do not any more."""
        return tuple(one for one in self.judgements if one.signal and not one.is_holding)

    @property
    def unjudged(self) -> tuple[Judgement, ...]:
        """The rules for which nothing was measured: neither good nor bad."""
        return tuple(one for one in self.judgements if one.why_not)


def judge(
    rules: Sequence[Rule], evidence: Evidence, score_steps: Sequence[ScoreStep] = ()
) -> Verdict:
    """Judge a part: every rule, the sum of the weights that hold, and how urgent a change is.

    The most urgent of the rules that hold and of the steps that the sum reaches decides.
    """
    judged = tuple(rule.judge(evidence) for rule in rules)
    holding = [one.rule for one in judged if one.is_holding]
    score = sum(rule.weight for rule in holding)
    wanted = [rule.urgency for rule in holding if rule.urgency is not None]
    wanted += [step.urgency for step in score_steps if score >= step.at_least and holding]
    return Verdict(judged, score, max(wanted, key=lambda one: one.rank, default=None))


def _signal(steps: Sequence[Step], hold_for: int) -> Signal | None:
    """Return the last stretch of readings that held long enough, None if none did."""
    stretch: list[Reading] = []
    found: list[Reading] = []
    for step in steps:
        stretch = [*stretch, step.reading] if step.is_true else []
        if len(stretch) >= hold_for:
            found = stretch
    if not found:
        return None
    return Signal(
        since=found[hold_for - 1].at,
        readings=tuple(found[:hold_for]),
        is_holding=len(stretch) >= hold_for,
        newest=steps[-1].reading,
    )
