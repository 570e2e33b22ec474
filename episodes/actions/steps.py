"""Steps of a run that are taken by name: those without a door of their own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from accounts.models import User
from audit.context import action
from clinical.lifecycle import State
from episodes.actions.follow_up import all_cannulas_out, close_episode, plan_follow_up
from patients.actions import steps
from patients.models import EpisodeStep, Run

_WITH_MORE: dict[State, Callable[..., EpisodeStep]] = {
    State.POST_ECLS: all_cannulas_out,
    State.FOLLOWUP: plan_follow_up,
    State.CLOSED: close_episode,
}
BY_NAME = frozenset({State.SUPPORTING, State.DECANNULATING, *_WITH_MORE})
"""Flow on and off, weaning trials, journeys, withdrawal and death are recorded where they belong."""


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
    """Take a run to a state of BY_NAME, with what follows by itself."""
    take = _WITH_MORE.get(to) or partial(steps.step_run, to=to)
    return take(run=run, happened_at=happened_at, facts=facts, by=by, at=at)
