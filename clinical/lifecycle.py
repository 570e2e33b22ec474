"""An ECLS episode from the referral call to the end of follow-up: which step may follow which.

Source: bedside reference 5.1 and its safety principles; the table is `lifecycle.toml`. A plan may be
refused; a fact has happened, is recorded at once, and what is not known of it is owed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from clinical.due import Due
from clinical.instants import after


class State(StrEnum):
    """Where an episode is."""

    REFERRED = "referred"
    TRIAGE = "triage"
    CANDIDATE = "candidate"
    WATCH = "watch"
    ACCEPTED = "accepted"
    MOBILISING = "mobilising"
    CANNULATING = "cannulating"
    DECLINED = "declined"
    ABORTED = "aborted"
    SUPPORTING = "supporting"
    WEANING_TRIAL = "weaning_trial"
    TRANSPORTING = "transporting"
    DECANNULATING = "decannulating"
    OFF_SUPPORT_CANNULATED = "off_support_cannulated"
    CONVERTED = "converted"
    WITHDRAWN = "withdrawn"
    POST_ECLS = "post_ecls"
    FOLLOWUP = "followup"
    CLOSED = "closed"
    DIED = "died"


class Phase(StrEnum):
    """The part of an episode: the call, with flow on, after flow off, over."""

    REFERRAL = "referral"
    SUPPORT = "support"
    AFTER = "after"
    ENDED = "ended"


class Kind(StrEnum):
    """A plan may be refused, a fact never."""

    PLAN = "plan"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a step asks for. `kind`: line, text or time."""

    code: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from any of `sources` (empty: it begins an episode) to `target`.

    `who` is the permission it asks for. A plan is refused without what is `needed`; what is
    `asked` may follow. `verb` stands on the button, `follows` says what happens by itself.
    """

    sources: frozenset[State]
    target: State
    kind: Kind
    who: str
    verb: str
    follows: str
    needed: tuple[Item, ...]
    asked: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a referral may wait, by the site's policy: minutes and hours."""

    acknowledge_min: float
    call_from_h: float
    call_until_h: float


def label(state: State) -> str:
    """Return the words for a state."""
    return _LABELS[state]


def phase(state: State) -> Phase:
    """Return the part of the episode that a state belongs to."""
    return _PHASES[state]


def transition(source: State | None, target: State) -> Transition | None:
    """Return the row of the table that leads from one state to another, None if there is none."""
    for row in TRANSITIONS:
        if row.target is target and (source in row.sources if source else not row.sources):
            return row
    return None


def asked_for(source: State, target: State, *, of_run: bool) -> Transition | None:
    """Return the row to `target`, or one that leads there from elsewhere: its form says why not now.

    Rows of a referral and of a run are told apart by the right that they ask for.
    """
    kin = (
        row
        for row in TRANSITIONS
        if row.target is target and row.sources and row.who.startswith("referral_") is not of_run
    )
    return transition(source, target) or next(kin, None)


def next_steps(source: State) -> tuple[Transition, ...]:
    """Return the steps that may follow, in the order of the table."""
    return tuple(row for row in TRANSITIONS if source in row.sources)


def refusal(source: State | None, target: State) -> str | None:
    """Return why a step cannot be taken and what can be done instead; None if it may be taken."""
    if transition(source, target):
        return None
    if source is None:
        return "An episode begins with a referral or with flow on."
    here = f"This episode is “{label(source)}”"
    if source is target:
        return f"{here} already. Reload the page to see what was entered."
    steps = [f"“{label(row.target)}”" for row in next_steps(source)]
    if not steps:
        return f"{here}: nothing follows any more. Take that step back first if it was an error."
    return f"{here} and cannot become “{label(target)}” now. What can follow is {_either(steps)}."


def missing(step: Transition, given: Mapping[str, str]) -> tuple[Item, ...]:
    """Return what a plan is refused without; a fact lacks nothing that could refuse it."""
    if step.kind is Kind.FACT:
        return ()
    return tuple(item for item in step.needed if not given.get(item.code, "").strip())


def owed(step: Transition, given: Mapping[str, str]) -> tuple[Item, ...]:
    """Return what was asked for with a step and has not been given."""
    wanted = step.asked if step.kind is Kind.PLAN else (*step.needed, *step.asked)
    return tuple(item for item in wanted if not given.get(item.code, "").strip())


def run_state(
    last: State | None, *, is_running: bool, cannulas_in: int, cannulas_out: int
) -> State:
    """Return the state of a run: its newest step, unless flow and cannulas say otherwise.

    What was not charted is not assumed: without any cannula on record they are not "out". A run
    that is older than its steps is judged by flow and cannulas alone.
    """
    if last is not None and is_running:
        return last if phase(last) is Phase.SUPPORT or last in _WITH_FLOW else State.SUPPORTING
    if is_running:
        return State.SUPPORTING
    is_out = cannulas_out > 0 and cannulas_in == 0
    if last is None:
        return State.OFF_SUPPORT_CANNULATED if cannulas_in else State.POST_ECLS
    if phase(last) is Phase.SUPPORT:
        return State.POST_ECLS if is_out else State.OFF_SUPPORT_CANNULATED
    if last is State.OFF_SUPPORT_CANNULATED and is_out:
        return State.POST_ECLS
    return last


def referral_due(
    state: State,
    *,
    since: datetime,
    review_at: datetime | None,
    was_called: bool,
    waiting: Waiting,
) -> Due | None:
    """Return what a referral waits for: to be acknowledged, looked at again, or asked after.

    `since` is when it came into `state`; `was_called` says that somebody has spoken to the
    referrer since then. Bedside reference 5.1: acknowledged within 10 min, re-review at its time,
    a call 12 to 24 h after declining; the site's policy replaces the numbers.
    """
    if state is State.REFERRED:
        due_at = after(since, minutes=waiting.acknowledge_min)
        why = f"A referral is taken on within {waiting.acknowledge_min:g} min of the call."
        return Due("referral.acknowledge", since, due_at, due_at, why)
    if state is State.WATCH and review_at is not None:
        why = "A watched patient is looked at again at the time that was set."
        return Due("referral.re_review", since, review_at, review_at, why)
    if state is State.DECLINED and not was_called:
        due_at = after(since, hours=waiting.call_from_h)
        late_at = after(since, hours=waiting.call_until_h)
        hours = f"{waiting.call_from_h:g} to {waiting.call_until_h:g} h"
        why = f"The referrer of a declined patient is called {hours} later."
        return Due("referral.call_back", since, due_at, late_at, why)
    return None


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_LABELS = {State(code): str(row["label"]) for code, row in _TABLE["states"].items()}
_PHASES = {State(code): Phase(row["phase"]) for code, row in _TABLE["states"].items()}
_WITH_FLOW = frozenset({State.WITHDRAWN, State.DIED})
ITEMS = {code: Item(code, row["label"], row["kind"]) for code, row in _TABLE["items"].items()}
TRANSITIONS = tuple(
    Transition(
        sources=frozenset(State(one) for one in row["from"]),
        target=State(row["to"]),
        kind=Kind(row["kind"]),
        who=row["who"],
        verb=row["verb"],
        follows=row["follows"],
        needed=tuple(ITEMS[code] for code in row.get("needed", ())),
        asked=tuple(ITEMS[code] for code in row.get("asked", ())),
    )
    for row in _TABLE["transitions"]
)
