"""The life of each component: hours, review clock, and what its own signals say.

Computed by the clinical rules from installations and checks, never stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from circuits.deferrals import deferrals_of
from circuits.models import ComponentUse
from circuits.policies import ChangePolicy, change_policy
from circuits.queries import Reading, membrane_checks, parts_of, uses_of
from clinical.instants import minutes_between
from clinical.oxygenator import (
    MembraneCheck,
    Proposal,
    ResistanceTrend,
    change_proposed,
    checks_of_life,
    resistance_trend,
)
from clinical.reviews import ReviewClock, review_clock
from clinical.runtime import MINUTES_PER_HOUR, hours_text
from patients.models import Run


@dataclass(frozen=True, slots=True)
class Life:
    """One component in one place: how long, when to review it, what proposes a change.

    `until` is its removal, else flow off, else now; what was reached was reached by then.
    """

    use: ComponentUse
    until: datetime
    clock: ReviewClock | None
    policy_source: str
    resistance: ResistanceTrend | None
    proposals: tuple[Proposal, ...]

    @property
    def minutes(self) -> int:
        """Whole minutes in place; none if it was put in after that time."""
        return max(minutes_between(self.use.installed_at, self.until), 0)

    @property
    def hours_exact(self) -> str:
        """As H:MM."""
        return hours_text(self.minutes)

    @property
    def hours(self) -> float:
        """Hours with decimals."""
        return round(self.minutes / MINUTES_PER_HOUR, 4)

    @property
    def is_review_warned(self) -> bool:
        """Whether the review was announced by then."""
        return self.clock is not None and self.clock.review_warn_at <= self.until

    @property
    def is_review_due(self) -> bool:
        """Whether the hours of the site's policy were reached by then."""
        return self.clock is not None and self.clock.review_due_at <= self.until


def lives(run: Run, at: datetime) -> list[Life]:
    """Return the life of every component of a run (four statements)."""
    uses = list(uses_of(run))
    parts = parts_of(uses)
    policy = change_policy(run.unit.centre, at)
    checks = _membrane_checks(run) if _is_judged(uses, policy) else []
    deferrals = deferrals_of(run)
    return [
        _life(run, use, review_clock(part, parts, policy.reviews, deferrals), policy, checks, at)
        for use, part in zip(uses, parts, strict=True)
    ]


def _is_judged(uses: Sequence[ComponentUse], policy: ChangePolicy) -> bool:
    return bool({use.kind for use in uses} & {*policy.resistance, *policy.gas})


def _membrane_checks(run: Run) -> list[MembraneCheck]:
    rows = run.checks.current().values("root_id", "checked_at", "trial", "document")
    return membrane_checks(Reading.of(row) for row in rows)


def _life(
    run: Run,
    use: ComponentUse,
    clock: ReviewClock | None,
    policy: ChangePolicy,
    checks: Sequence[MembraneCheck],
    at: datetime,
) -> Life:
    resistance, gas = policy.resistance.get(use.kind), policy.gas.get(use.kind)
    own = checks_of_life(checks, use.installed_at, use.removed_at) if resistance or gas else []
    return Life(
        use=use,
        until=use.removed_at or run.ended_at or at,
        clock=clock,
        policy_source=policy.source,
        resistance=resistance_trend(own, use.installed_at, resistance) if resistance else None,
        proposals=change_proposed(own, use.installed_at, resistance, gas),
    )
