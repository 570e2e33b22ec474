"""Take an episode from one state to the next: the one door, which asks the table."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from audit.context import action
from clinical.lifecycle import State, label, missing, refusal, transition
from patients.actions.times import refuse_before_run, refuse_future
from patients.episode import newest_step, state_of
from patients.models import EpisodeStep, Referral, Run
from web.problems import ErrorItem, RuleBroken

UNDOABLE = frozenset({"supporting", "off_support_cannulated", "converted", "post_ecls", "referred"})
"""Steps that did more than say where things are: what they did is corrected where it stands."""


class StepRefused(RuleBroken):
    code = "step_refused"


class StepIncomplete(RuleBroken):
    code = "step_incomplete"


class NothingToTakeBack(RuleBroken):
    code = "nothing_to_take_back"


@action("took a step of a referral")
def step_referral(
    *,
    referral: Referral,
    to: State,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
    review_at: datetime | None = None,
    run: Run | None = None,
) -> EpisodeStep:
    """Take a referral to another state; the table says whether that may be.

    `facts` by item of the table; `reason` among them. Raises StepRefused, StepIncomplete.
    """
    referral = Referral.objects.locked(referral.pk)
    source = State(referral.state)
    told = _told(facts, review_at)
    _check_may_follow(source, to, told)
    refuse_future(happened_at, at, "time of this step")
    referral.state, referral.state_since, referral.review_at = to, happened_at, review_at
    referral.save(update_fields=["state", "state_since", "review_at"])
    return _write(source, to, happened_at, told, by, at, referral=referral, run=run)


@action("took a step of a run")
def step_run(
    *,
    run: Run,
    to: State,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> EpisodeStep:
    """Take a run to another state; the table says whether that may be.

    It says where things are and no more: flow off, death and follow-up have actions of their own,
    which call this one. Raises StepRefused, StepIncomplete.
    """
    run = Run.objects.locked(run.pk)
    source, told = state_of(run), _told(facts, None)
    _check_may_follow(source, to, told)
    refuse_future(happened_at, at, "time of this step")
    refuse_before_run(run, happened_at, "time of this step")
    return _write(source, to, happened_at, told, by, at, run=run)


def begin_support(*, run: Run, referral: Referral | None, by: User, at: datetime) -> EpisodeStep:
    """Write flow on as a step (within the action that starts the run), linked to its referral."""
    if referral is None:
        return _write(None, State.SUPPORTING, run.started_at, {}, by, at, run=run)
    step = step_referral(
        referral=referral, to=State.SUPPORTING, happened_at=run.started_at, by=by, at=at, run=run
    )
    Referral.objects.filter(pk=referral.pk).update(run=run, patient=run.patient)
    return step


def note_flow_off(*, run: Run, to: State, by: User, at: datetime) -> EpisodeStep:
    """Write flow off as a step (within the action that ends the run)."""
    newest = newest_step(run)
    source = State(newest.target) if newest else State.SUPPORTING
    return _write(source, to, run.ended_at or at, {}, by, at, run=run)


@action("took a step back")
def take_back(*, of: Referral | Run, by: User, at: datetime, reason: str) -> EpisodeStep:
    """Undo the newest step, which was an error; both stay readable. Raises NothingToTakeBack."""
    newest = newest_step(type(of).objects.locked(of.pk))
    if newest is None or not newest.source or newest.target in UNDOABLE:
        raise NothingToTakeBack(
            "The newest step cannot be taken back: what it did is corrected where it stands, "
            "such as cannulas, flow off or the outcome."
        )
    if not reason.strip():
        raise StepIncomplete("Say why it is taken back: whoever reads both wants to know.")
    source, target = State(newest.target), State(newest.source)
    if isinstance(of, Referral):
        of.state, of.state_since, of.review_at = target, at, _review_before(of, newest)
        of.save(update_fields=["state", "state_since", "review_at"])
    referral, run = newest.referral, newest.run
    facts = {"reason": reason.strip()}
    return _write(source, target, at, facts, by, at, referral=referral, run=run, takes_back=newest)


def _review_before(referral: Referral, newest: EpisodeStep) -> datetime | None:
    if newest.source != State.WATCH:
        return None
    before = referral.steps.filter(target=State.WATCH, pk__lt=newest.pk).first()
    return datetime.fromisoformat(before.facts["review_at"]) if before else None


def _told(facts: Mapping[str, str] | None, review_at: datetime | None) -> dict[str, str]:
    told = {code: text.strip() for code, text in (facts or {}).items() if text.strip()}
    return {**told, "review_at": review_at.isoformat()} if review_at else told


def _check_may_follow(source: State, to: State, told: Mapping[str, str]) -> None:
    if said := refusal(source, to):
        raise StepRefused(said, errors=[_error("to", "step_refused", said)])
    step = transition(source, to)
    if step and (lacking := missing(step, told)):
        words = " and ".join(f"“{item.label}”" for item in lacking)
        raise StepIncomplete(
            f"“{label(to)}” needs {words}: whoever comes next must know it.",
            errors=[_error(item.code, "required", f"{item.label} is needed.") for item in lacking],
        )


def _error(parameter: str, rule: str, message: str) -> ErrorItem:
    return ErrorItem(parameter=parameter, rule=rule, message=message)


def _write(
    source: State | None,
    target: State,
    happened_at: datetime,
    told: dict[str, str],
    by: User,
    at: datetime,
    **of: Referral | Run | EpisodeStep | None,
) -> EpisodeStep:
    return EpisodeStep.objects.create(
        source=source or "",
        target=target,
        happened_at=happened_at,
        reason=told.pop("reason", ""),
        facts=told,
        entered_at=at,
        entered_by=by,
        **of,
    )
