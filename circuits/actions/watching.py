"""What a trial that goes on asks for: its end, its verdict, and a look at what is wrong with it."""

from collections.abc import Iterator
from datetime import datetime

from alerts.actions import reconcile_alerts, set_dues
from alerts.owed import Owed
from circuits.actions.dues import reassess_check_due
from circuits.care_policies import review_hours, weaning_policy
from circuits.trials import as_trial, running_trial
from clinical.due import Due
from clinical.instants import after
from clinical.weaning import NAMES, TrialKind, assess_trial, trial_due
from patients.models import Run, WeaningTrial

TRIAL = "trial"
VERDICT = "verdict"
KINDS = frozenset({TRIAL, VERDICT})


def reassess_watching(*, run: Run, at: datetime) -> None:
    """Say when the trial ends and the next check is due, and alert to what is wrong with it.

    The caller holds the run's lock.
    """
    reassess_trial(run=run, at=at)
    reassess_check_due(run=run, at=at)


def reassess_trial(*, run: Run, at: datetime) -> None:
    """Judge the trial that goes on. A run that has ended raises nothing, but owes its verdict."""
    row = None if run.ended_at else running_trial(run)
    owed = [_verdict(run, one, at) for one in _unjudged(run)]
    if row is None:
        assessment = assess_trial(None, None, at)
    else:
        found = weaning_policy(run.unit.centre, at)
        trial, limit = as_trial(run, row, at), found.limits[TrialKind(row.kind)]
        assessment = assess_trial(trial, limit, at)
        if (due := trial_due(trial, limit)) is not None:
            label = f"End or judge the {NAMES[trial.kind]}"
            owed.append(Owed(TRIAL, label, due, owner="physician", source=found.source))
    set_dues(unit=run.unit, run=run, subject=str(run.public_id), kinds=KINDS, dues=owed, at=at)
    if not run.ended_at:
        reconcile_alerts(unit=run.unit, run=run, assessment=assessment, at=at)


def _unjudged(run: Run) -> Iterator[WeaningTrial]:
    yield from run.weaning_trials.filter(ended_at__isnull=False, verdict="").order_by("ended_at")[
        :1
    ]


def _verdict(run: Run, trial: WeaningTrial, at: datetime) -> Owed:
    hours = review_hours(run.unit.centre, at)
    ended_at = trial.ended_at or at
    due_at = after(ended_at, hours=hours.verdict_h)
    due = Due(
        rule="trial.verdict",
        anchor=ended_at,
        due_at=due_at,
        overdue_at=due_at,
        why=f"The verdict of a trial, owed within {hours.verdict_h:g} h of its end.",
        inputs={"verdict_h": f"{hours.verdict_h:g}"},
    )
    label = f"Say what the {NAMES[TrialKind(trial.kind)]} showed"
    return Owed(VERDICT, label, due, owner="physician", source=hours.source)
