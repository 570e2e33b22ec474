"""When checks, samples, reviews and owed entries fall due, each with its rule and its reason.

Sources: bedside reference 1.6 (check cadence and grace), 2.9 (samples); reference cases,
"Debts" and "Review clock". Cadences are starting defaults that a site replaces. Times are
absolute. What is late here is paperwork: it never ranks like a value out of limits.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from clinical.instants import after, utc
from clinical.reviews import ReviewClock
from clinical.titration import WITHDRAWN, TitrationRow

PERFUSION_LINES = frozenset({"distal_perfusion"})
DRAINAGE, RETURN, BOTH = "drainage", "return", "both"
NEEDED_COMPONENTS = frozenset({"oxygenator", "pump_head"})
UNKNOWN_MODE = "unknown"


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due: by which rule, counted from when, and why in a sentence.

    `warn_at` is when it may be announced, `overdue_at` when it counts as late; `inputs` are
    what the rule used, so that staff can check it.
    """

    rule: str
    anchor: datetime
    due_at: datetime
    overdue_at: datetime
    why: str
    warn_at: datetime | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    def is_overdue(self, at: datetime) -> bool:
        """Whether it is late at a time; exactly when it falls due it is not."""
        return utc(at) > utc(self.overdue_at)


@dataclass(frozen=True, slots=True)
class CheckCadence:
    """How often the circuit is checked, in minutes; early is the time after first flow."""

    every_min: int = 60
    early_every_min: int = 30
    early_for_h: float = 6
    closely_every_min: int = 30
    grace_min: int = 20


DEFAULT_CADENCE = CheckCadence()


def check_due(
    *,
    time_on: datetime,
    last_checked_at: datetime | None,
    is_watched_closely: bool = False,
    watched_since: datetime | None = None,
    cadence: CheckCadence = DEFAULT_CADENCE,
) -> Due:
    """Return when the next bedside check is due.

    `is_watched_closely` is a trial or a transport, begun at `watched_since`: what was checked
    before it began is then counted from there, but is due no later than it was. The first check
    is counted from first flow.
    """
    anchor = last_checked_at or time_on
    rule, minutes = "check.hourly", cadence.every_min
    if utc(anchor) < after(time_on, hours=cadence.early_for_h):
        rule, minutes = "check.early", cadence.early_every_min
    due_at = after(anchor, minutes=minutes)
    if is_watched_closely:
        rule, minutes = "check.trial_or_transport", cadence.closely_every_min
        watched_from = max(utc(anchor), utc(watched_since or anchor))
        due_at = min(due_at, after(watched_from, minutes=minutes))
    since = "the last check" if last_checked_at else "first flow"
    return Due(
        rule=rule,
        anchor=anchor,
        due_at=due_at,
        overdue_at=after(due_at, minutes=cadence.grace_min),
        why=f"A check every {minutes} min, counted from {since}.",
        inputs={"every_min": str(minutes), "grace_min": str(cadence.grace_min)},
    )


def sample_due(
    rows: Iterable[TitrationRow], *, driver: str, starts_at: datetime, first_after_h: float
) -> Due:
    """Return when the next sample of the driver test is due.

    The last row that moved the time decides (`titration.TitrationRow.next_due`); before any,
    it is the start of the plan and `first_after_h`.
    """
    last = None
    for row in rows:
        last = row if row.next_due is not None else last
    if last is None or last.next_due is None:
        due_at = after(starts_at, hours=first_after_h)
        why = f"The first {driver} is due {first_after_h:g} h after the start of the plan."
        return Due("sample.first", starts_at, due_at, due_at, why)
    rule, why = _sample_reason(last, driver)
    return Due(
        rule=rule,
        anchor=last.result.collected_at,
        due_at=last.next_due,
        overdue_at=last.next_due,
        why=why,
        inputs=_sample_inputs(last),
    )


def review_due(clock: ReviewClock, part: str) -> Due:
    """Return when a component's review is due; a deferral has moved it already."""
    is_deferred = utc(clock.next_review_at) != utc(clock.review_due_at)
    reason = "as deferred" if is_deferred else "by the site's hours for it"
    return Due(
        rule="review.deferred" if is_deferred else "review.policy_hours",
        anchor=clock.clock_from,
        due_at=clock.next_review_at,
        overdue_at=clock.next_review_at,
        warn_at=clock.review_warn_at,
        why=f"Review of {part} {reason}; reached hours ask for a review, not for a change.",
    )


def confirmation_due(mode: str, known_at: datetime, due_h: float) -> Due:
    """Return when limits and targets are to be confirmed after a conversion became known."""
    return _within(
        "reconfiguration.limits", known_at, due_h, f"The support was converted to {mode}."
    )


def fault_due(reason: str, out_at: datetime, due_h: float) -> Due:
    """Return when the complication of a part that came out for a fault is to be told."""
    why = f"Out for {reason.replace('_', ' ')}: the registry asks for the matching complication."
    return _within("exchange.complication", out_at, due_h, why)


def _within(rule: str, anchor: datetime, due_h: float, why: str) -> Due:
    due_at = after(anchor, hours=due_h)
    return Due(
        rule=rule,
        anchor=anchor,
        due_at=due_at,
        overdue_at=due_at,
        why=why,
        inputs={"due_h": f"{due_h:g}"},
    )


@dataclass(frozen=True, slots=True)
class CannulaEntered:
    """A cannula as entered so far; `purpose` is drainage, return, both or a perfusion line."""

    purpose: str
    has_tip_position: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """What of a run has been entered; `components` are the types whose UDI is known."""

    mode: str | None = None
    weight_kg: Decimal | None = None
    cannulas: tuple[CannulaEntered, ...] = ()
    components: frozenset[str] = frozenset()
    is_identity_known: bool = True


_LABELS = {
    "identity": "Who the patient is",
    "mode": "The mode",
    "weight": "The weight",
    "cannulas": "A drainage and a return cannula",
    "components_udi": "The oxygenator and the pump head",
    "tip_position": "The position of each cannula's tip",
}


def debts(policy: Mapping[str, float], entered: Entered, time_on: datetime) -> tuple[Due, ...]:
    """Return what is still owed since "flow on", in the order of the policy (hours by item).

    Nothing of this blocks the run, its checks or its alarms. Raises KeyError for an item that
    no rule knows.
    """
    owed = _owed(entered)
    return tuple(_debt(what, due_h, time_on) for what, due_h in policy.items() if owed[what])


def _owed(entered: Entered) -> dict[str, bool]:
    lacks_cannulas = not _are_settled({cannula.purpose for cannula in entered.cannulas})
    lacks_tip = any(
        not cannula.has_tip_position
        for cannula in entered.cannulas
        if cannula.purpose not in PERFUSION_LINES
    )
    return {
        "identity": not entered.is_identity_known,
        "mode": entered.mode in {None, UNKNOWN_MODE},
        "weight": entered.weight_kg is None,
        "cannulas": lacks_cannulas,
        "components_udi": not entered.components >= NEEDED_COMPONENTS,
        "tip_position": lacks_cannulas or lacks_tip,
    }


def _are_settled(purposes: Collection[str]) -> bool:
    return BOTH in purposes or (DRAINAGE in purposes and RETURN in purposes)


def _debt(what: str, due_h: float, time_on: datetime) -> Due:
    why = f"{_LABELS[what]}, owed within {due_h:g} h of first flow."
    return _within(f"debt.{what}", time_on, due_h, why)


def _sample_reason(row: TitrationRow, driver: str) -> tuple[str, str]:
    if WITHDRAWN.intersection(row.blocked):
        return "sample.withdrawn", f"The last {driver} gave no usable number: repeat it now."
    if row.blocked:
        reasons = ", ".join(row.blocked).replace("_", " ")
        return "sample.recheck", f"Next {driver} by the protocol; no rate proposed: {reasons}."
    return "sample.recheck", f"Next {driver} by the protocol, counted from the last collection."


def _sample_inputs(row: TitrationRow) -> dict[str, str]:
    return {"result": row.result.source, "steps": ", ".join(step.id for step in row.steps)}
