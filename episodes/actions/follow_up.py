"""After the run: cannulas out, visits planned and held, the episode closed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from accounts.models import User
from alerts.actions import set_dues
from alerts.owed import Owed
from audit.context import action
from clinical.due import Due
from clinical.lifecycle import State
from episodes.policy import months_later, referral_policy
from patients.actions.cannula import remove_cannula
from patients.actions.steps import step_run
from patients.models import CannulaRemoval, EpisodeStep, FollowUpVisit, Run
from web.problems import RuleBroken

VISIT = "follow_up"


class SeenAlready(RuleBroken):
    code = "seen_already"


class SeenLater(RuleBroken):
    code = "in_the_future"


@action("recorded that all cannulas are out")
def all_cannulas_out(
    *,
    run: Run,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> EpisodeStep:
    """Take out every cannula still charted as in, at one time."""
    step = step_run(run=run, to=State.POST_ECLS, happened_at=happened_at, facts=facts, by=by, at=at)
    for cannula in run.cannulas.filter(removed_at=None):
        remove_cannula(
            cannula=cannula, removed_at=happened_at, reason=CannulaRemoval.ELECTIVE, by=by, at=at
        )
    return step


@action("planned follow-up")
def plan_follow_up(
    *,
    run: Run,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> EpisodeStep:
    """Begin follow-up: a visit for each of the site's months, counted from flow off."""
    step = step_run(run=run, to=State.FOLLOWUP, happened_at=happened_at, facts=facts, by=by, at=at)
    zone = run.unit.centre.tz
    ended_on = (run.ended_at or happened_at).astimezone(zone).date()
    planned = set(run.visits.filter(cancelled_at=None).values_list("name", flat=True))
    for months in referral_policy(run.unit.centre, at).follow_up_months:
        name = f"{months} months after ECMO"
        if name not in planned:
            plan_visit(run=run, name=name, planned_on=months_later(ended_on, months), by=by, at=at)
    return step


@action("planned a visit")
def plan_visit(*, run: Run, name: str, planned_on: date, by: User, at: datetime) -> FollowUpVisit:
    """Plan one look at the patient."""
    run = Run.objects.locked(run.pk)
    visit = FollowUpVisit.objects.create(
        run=run, name=name, planned_on=planned_on, entered_at=at, entered_by=by
    )
    _reassess(run, [visit], at)
    return visit


@action("recorded a visit")
def record_visit(
    *, visit: FollowUpVisit, seen_on: date, result: str, by: User, at: datetime
) -> FollowUpVisit:
    """Note when the patient was seen and the result in a line. Raises SeenAlready, SeenLater."""
    run = Run.objects.locked(visit.run_id)
    visit = run.visits.get(pk=visit.pk)
    if visit.seen_on or visit.cancelled_at:
        raise SeenAlready(f"“{visit}” is done or cancelled already. Plan another visit instead.")
    if seen_on > at.astimezone(run.unit.centre.tz).date():
        raise SeenLater("That day lies ahead. Enter the result when the patient has been seen.")
    visit.seen_on, visit.result = seen_on, result.strip()
    visit.entered_at, visit.entered_by = at, by
    visit.save(update_fields=["seen_on", "result", "entered_at", "entered_by"])
    _reassess(run, [visit], at)
    return visit


@action("closed an episode")
def close_episode(
    *,
    run: Run,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> EpisodeStep:
    """Close an episode: visits that were still planned are cancelled with its reason."""
    step = step_run(run=run, to=State.CLOSED, happened_at=happened_at, facts=facts, by=by, at=at)
    ahead = list(run.visits.filter(seen_on=None, cancelled_at=None))
    for visit in ahead:
        visit.cancelled_at, visit.cancelled_why = at, step.reason
        visit.save(update_fields=["cancelled_at", "cancelled_why"])
    _reassess(run, ahead, at)
    return step


def _reassess(run: Run, visits: Iterable[FollowUpVisit], at: datetime) -> None:
    for visit in visits:
        is_ahead = visit.seen_on is None and visit.cancelled_at is None
        set_dues(
            unit=run.unit,
            run=run,
            subject=str(visit.public_id),
            kinds=frozenset({VISIT}),
            dues=[_owed(run, visit)] if is_ahead else [],
            at=at,
        )


def _owed(run: Run, visit: FollowUpVisit) -> Owed:
    morning = datetime.combine(visit.planned_on, time(8), run.unit.centre.tz)
    midnight = datetime.combine(visit.planned_on + timedelta(days=1), time(0), run.unit.centre.tz)
    why = f"{visit.name}, planned for that day."
    due = Due("follow_up.visit", run.ended_at or visit.entered_at, morning, midnight, why)
    return Owed(VISIT, f"Follow-up: {visit.name}", due, owner="nurse")
