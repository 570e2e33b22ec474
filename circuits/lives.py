"""The life of each component: hours, review clock, and what its own signals say.

Computed by the clinical rules from installations, checks and results, never stored.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Centre
from circuits.change_policies import ChangePolicy, PartPolicy, band_of, change_policy
from circuits.deferrals import deferrals_by_run
from circuits.evidence import Known, known
from circuits.models import ComponentUse
from circuits.queries import parts_of, uses_of_runs
from clinical.instants import minutes_between
from clinical.oxygenator import Proposal, ResistanceTrend, change_proposed, resistance_trend
from clinical.projection import FlowReading, Projection, project
from clinical.reviews import Deferral, ReviewClock, review_clock
from clinical.runtime import MINUTES_PER_HOUR, hours_text
from clinical.signals import Evidence, Verdict, judge
from patients.models import Run


@dataclass(frozen=True)
class Life:
    """One component in one place: how long, when to review it, what proposes a change.

    `until` is its removal, else flow off, else now; what was reached was reached by then.
    """

    use: ComponentUse
    until: datetime
    clock: ReviewClock | None
    policy: PartPolicy
    policy_source: str
    evidence: Evidence

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

    @cached_property
    def resistance(self) -> ResistanceTrend | None:
        """Its resistance against its own baseline, None if no rule asks for it."""
        if self.policy.resistance is None:
            return None
        return resistance_trend(self.evidence.checks, self.use.installed_at, self.policy.resistance)

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        """What the membrane itself proposed, each once, at the check where it first held."""
        policy = self.policy
        return change_proposed(
            self.evidence.checks, self.use.installed_at, policy.resistance, policy.gas
        )

    @cached_property
    def verdict(self) -> Verdict:
        """What all rules together say."""
        return judge(self.policy.rules, self.evidence, self.policy.score)

    @cached_property
    def projection(self) -> Projection | None:
        """When its resistance will reach its limit, None if no rule asks for that.

        Shown only where the site has signed for it (`projections`).
        """
        if self.policy.resistance is None or self.resistance is None:
            return None
        baseline = self.resistance.baseline
        limit = None if baseline is None else baseline * self.policy.resistance.ratio
        readings = [
            FlowReading(one.source, one.checked_at, one.resistance, one.flow)
            for one in self.evidence.checks
            if one.resistance is not None and one.flow is not None
        ]
        return project(readings, limit, self.until, self.policy.projection)


def lives(run: Run, at: datetime) -> list[Life]:
    """Return the life of every component of a run (five statements)."""
    return lives_of([run], at)[run.pk]


def lives_of(
    runs: Collection[Run], at: datetime, *, is_inside: bool = False
) -> Mapping[int, list[Life]]:
    """Return the lives of the components of some runs, by run; perhaps only of those in place.

    Five statements for the runs of one centre, however many; one more for each other centre.
    """
    by_run, deferrals = uses_of_runs(runs), deferrals_by_run(runs)
    policies: dict[Centre, ChangePolicy] = {}
    drafts: list[_Draft] = []
    for run in runs:
        centre = run.unit.centre
        policy = policies.get(centre) or policies.setdefault(centre, change_policy(centre, at))
        drafts += _drafts(run, by_run[run.pk], policy, deferrals[run.pk])
    if is_inside:
        drafts = [draft for draft in drafts if not draft.use.removed_at]
    evidence = known(runs, [draft.own for draft in drafts])
    found: dict[int, list[Life]] = {run.pk: [] for run in runs}
    for draft in drafts:
        found[draft.run.pk].append(_life(draft, evidence, at))
    return found


@dataclass(frozen=True, slots=True)
class _Draft:
    """A component with what holds for it, before anything was read."""

    run: Run
    use: ComponentUse
    clock: ReviewClock | None
    own: PartPolicy
    source: str


def _drafts(
    run: Run, uses: Sequence[ComponentUse], policy: ChangePolicy, deferrals: Sequence[Deferral]
) -> list[_Draft]:
    band, parts = band_of(run), parts_of(uses)
    return [
        _Draft(
            run=run,
            use=use,
            clock=review_clock(part, parts, policy.reviews(use, band), deferrals),
            own=policy.of_use(use, band),
            source=policy.source,
        )
        for use, part in zip(uses, parts, strict=True)
    ]


def _life(draft: _Draft, evidence: Known, at: datetime) -> Life:
    until = draft.use.removed_at or draft.run.ended_at or at
    return Life(
        use=draft.use,
        until=until,
        clock=draft.clock,
        policy=draft.own,
        policy_source=draft.source,
        evidence=evidence.of(draft.use, draft.own, until),
    )
