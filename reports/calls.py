"""Referrals as the programme report counts them: plain values, no names.

A call may be watched and accepted later; the newest decision counts, "watched" counts beside it.
A call nobody answered has no time to answer: it is left out of the median and said so.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.instants import minutes_between, utc
from clinical.lifecycle import State
from reports.months import Span
from reports.tables import Count, percent, quantile

ACCEPTED = frozenset({State.ACCEPTED, State.SUPPORTING})
DECIDING = ACCEPTED | {State.DECLINED}
ANSWERED = frozenset({*DECIDING, State.WATCH})
MIDDLE = Decimal("0.5")
NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was not taken back."""

    target: State
    happened_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One referral with its steps, the first one first."""

    called_at: datetime
    steps: tuple[Step, ...] = ()

    @property
    def decision(self) -> State | None:
        """The newest decision: accepted (or flow on), declined, dead before one; None: open."""
        told = [step.target for step in self.steps if step.target in DECIDING]
        if told:
            return State.ACCEPTED if told[-1] in ACCEPTED else State.DECLINED
        return State.DIED if any(step.target is State.DIED for step in self.steps) else None

    @property
    def was_watched(self) -> bool:
        """It was watched at some time."""
        return any(step.target is State.WATCH for step in self.steps)

    @property
    def reason(self) -> str:
        """The code of the newest refusal; blank if none was told."""
        return next((s.reason for s in reversed(self.steps) if s.target is State.DECLINED), "")

    def minutes_to(self, targets: Collection[State]) -> int | None:
        """Return the minutes from the call to the first step to any of `targets`; None: not known."""
        first = next((step.happened_at for step in self.steps if step.target in targets), None)
        minutes = None if first is None else minutes_between(self.called_at, first)
        return minutes if minutes is not None and minutes >= 0 else None


@dataclass(frozen=True, slots=True)
class Wait:
    """How long calls waited for something: the median in minutes, of how many it is known."""

    median_min: Decimal | None
    known: int


@dataclass(frozen=True, slots=True)
class Calls:
    """What became of the calls of a span of time."""

    calls: int
    accepted: int
    declined: int
    watched: int
    died: int
    is_open: int
    reasons: tuple[Count, ...]
    to_take_on: Wait
    to_answer: Wait


def tally(calls: Collection[Call], span: Span, reasons: Mapping[str, str]) -> Calls:
    """Count the calls that came in within `span`; `reasons` gives the words of the site's codes."""
    rows = [one for one in calls if utc(span.starts_at) <= utc(one.called_at) < utc(span.ends_at)]
    decided = Counter(one.decision for one in rows)
    told = Counter(one.reason or NOT_TOLD for one in rows if one.decision is State.DECLINED)
    ordered = sorted(told.items(), key=lambda item: (-item[1], item[0]))
    return Calls(
        calls=len(rows),
        accepted=decided[State.ACCEPTED],
        declined=decided[State.DECLINED],
        watched=sum(one.was_watched for one in rows),
        died=decided[State.DIED],
        is_open=decided[None],
        reasons=tuple(
            Count(reasons.get(code, code), number, percent(number, decided[State.DECLINED]))
            for code, number in ordered
        ),
        to_take_on=_wait([one.minutes_to({State.TRIAGE, *ANSWERED}) for one in rows]),
        to_answer=_wait([one.minutes_to(ANSWERED) for one in rows]),
    )


def _wait(minutes: Collection[int | None]) -> Wait:
    known = sorted(Decimal(one) for one in minutes if one is not None)
    return Wait(quantile(known, MIDDLE) if known else None, len(known))
