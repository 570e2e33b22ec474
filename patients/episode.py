"""Where an episode is: the newest step that was not taken back, and what flow and cannulas say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from clinical.lifecycle import (
    Item,
    State,
    Transition,
    label,
    next_steps,
    owed,
    run_state,
    transition,
)
from patients.models import Cannula, EndOfLife, EpisodeStep, FollowUpVisit, Referral, Run
from patients.models.run import EndReason
from patients.watched import watched

NO_WORDS: Mapping[str, str] = MappingProxyType({})


def steps_that_hold(of: Referral | Run) -> QuerySet[EpisodeStep]:
    """Return the steps that were not taken back, newest first."""
    return of.steps.filter(takes_back=None, taken_back_by=None)


def newest_step(of: Referral | Run) -> EpisodeStep | None:
    """Return the step that says where things are; None for a run older than its steps."""
    return steps_that_hold(of).first()


def state_of(run: Run) -> State:
    """Return where a run is (three statements). Trials and journeys that go on have own records."""
    newest = newest_step(run)
    removed = list(run.cannulas.values_list("removed_at", flat=True))
    cannulas_in = removed.count(None)
    found = run_state(
        State(newest.target) if newest else None,
        is_running=run.is_running,
        cannulas_in=cannulas_in,
        cannulas_out=len(removed) - cannulas_in,
    )
    if found is not State.SUPPORTING:
        return found
    going_on = watched(run)
    if going_on.trial:
        return State.WEANING_TRIAL
    return State.TRANSPORTING if going_on.journey_since else found


def has_died(run: Run) -> bool:
    """Say whether the episode of a run ended with the patient's death (one statement)."""
    newest = newest_step(run)
    return newest is not None and newest.target == State.DIED


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as a page shows it: what it was, what was told, what is still owed of it."""

    step: EpisodeStep
    reason: str
    told: tuple[tuple[str, str | datetime], ...]
    owed: tuple[Item, ...]


def step_line(step: EpisodeStep, reasons: Mapping[str, str] = NO_WORDS) -> StepLine:
    """Return a step with what was told and what is still owed of it."""
    row = transition(State(step.source) if step.source else None, State(step.target))
    items = (*row.needed, *row.asked) if row else ()
    told = tuple((one.label, _as_told(one, step)) for one in items if step.facts.get(one.code))
    lacking = (
        owed(row, {**step.facts, "reason": step.reason}) if row and not step.takes_back else ()
    )
    return StepLine(step, reasons.get(step.reason, step.reason), told, lacking)


def history(of: Referral | Run, reasons: Mapping[str, str] = NO_WORDS) -> list[StepLine]:
    """Return every step, newest first, with those of the referral that a run came from.

    `reasons` gives the words of the site's reason codes.
    """
    rows = EpisodeStep.objects.filter(referral=of) if isinstance(of, Referral) else of.steps.all()
    referral = Referral.objects.filter(run=of).first() if isinstance(of, Run) else None
    if referral is not None:
        rows = rows | EpisodeStep.objects.filter(referral=referral)
    rows = rows.select_related("entered_by", "takes_back", "taken_back_by")
    return [step_line(row, reasons) for row in rows]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Where a run is, what may follow, and what is kept about its end."""

    state: State
    label: str
    steps: tuple[StepLine, ...]
    next: tuple[Transition, ...]
    end_of_life: EndOfLife | None
    visits: tuple[FollowUpVisit, ...]
    referral: Referral | None

    @property
    def is_ending(self) -> bool:
        """Support is withdrawn, or the patient died."""
        return self.end_of_life is not None or self.state in {State.WITHDRAWN, State.DIED}


def lifecycle_of(run: Run, reasons: Mapping[str, str] = NO_WORDS) -> Lifecycle:
    """Return the episode of a run, as its pages show it (seven statements)."""
    state = state_of(run)
    return Lifecycle(
        state=state,
        label=label(state),
        steps=tuple(history(run, reasons)),
        next=next_steps(state),
        end_of_life=EndOfLife.objects.filter(run=run).first(),
        visits=tuple(run.visits.filter(cancelled_at=None)),
        referral=Referral.objects.filter(run=run).first(),
    )


def follow_up_list(user: User, at: datetime) -> QuerySet[Run]:
    """Return ended runs whose patient lives and whose episode is not closed, the newest first."""
    held = EpisodeStep.objects.filter(takes_back=None, taken_back_by=None)
    newest = held.filter(run=OuterRef("pk")).order_by("-pk").values("target")[:1]
    dead = held.filter(target=State.DIED, run__isnull=False).values("run__patient")
    rows = Run.objects.visible_to(user, at).filter(ended_at__isnull=False)
    return (
        rows.annotate(newest=Subquery(newest))
        .exclude(newest__in=[State.CLOSED, State.DIED])
        .exclude(patient__in=dead)
        .exclude(outcome__died_at__isnull=False)
        .exclude(end_reason=EndReason.TRANSFERRED_ON_ECLS)
        .select_related("patient", "unit__centre")
        .order_by("-ended_at")
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """A run in the follow-up list: where it stands, the visit ahead, the newest result."""

    run: Run
    state: str
    next: FollowUpVisit | None
    last: FollowUpVisit | None


def followed(runs: Iterable[Run]) -> list[Followed]:
    """Return what the follow-up list shows of each run (three statements, however many runs)."""
    rows = list(runs)
    visits = FollowUpVisit.objects.filter(run__in=rows, cancelled_at=None)
    held = EpisodeStep.objects.filter(run__in=rows, takes_back=None, taken_back_by=None)
    newest = {step.run_id: State(step.target) for step in held.order_by("pk")}
    cannulas = Cannula.objects.filter(run__in=rows).values_list("run", "removed_at")
    by_run: dict[int, list[FollowUpVisit]] = {}
    for visit in visits:
        by_run.setdefault(visit.run_id, []).append(visit)
    removed: dict[int, list[datetime | None]] = {}
    for run, removed_at in cannulas:
        removed.setdefault(run, []).append(removed_at)
    return [
        _followed(run, newest.get(run.pk), removed.get(run.pk, []), by_run.get(run.pk, []))
        for run in rows
    ]


def _followed(
    run: Run,
    newest: State | None,
    removed: list[datetime | None],
    visits: list[FollowUpVisit],
) -> Followed:
    inside = removed.count(None)
    state = run_state(
        newest,
        is_running=run.is_running,
        cannulas_in=inside,
        cannulas_out=len(removed) - inside,
    )
    ahead = [visit for visit in visits if visit.seen_on is None]
    seen = sorted((v for v in visits if v.seen_on), key=lambda v: v.seen_on or v.planned_on)
    return Followed(run, label(state), ahead[0] if ahead else None, seen[-1] if seen else None)


def _as_told(item: Item, step: EpisodeStep) -> str | datetime:
    text = str(step.facts[item.code])
    return datetime.fromisoformat(text) if item.kind == "time" else text
