"""How a weaning trial ends: settings restored, flow off, and what it showed."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.actions.trial_rules import (
    TrialGoesOn,
    TrialHasEnded,
    VerdictNeedsReason,
    as_check,
    errors_of,
    refuse_outside_trial,
)
from circuits.actions.watching import reassess_watching
from circuits.care_policies import weaning_policy
from circuits.trials import restorable
from clinical.weaning import NAMES, TrialKind, Verdict, is_early_pass
from patients.actions.times import refuse_future
from patients.models import Run, WeaningTrial
from web.problems import NeedsConfirmation


@action("restored the settings of before a weaning trial")
def restore_settings(
    *, trial: WeaningTrial, restored_at: datetime, by: User, at: datetime
) -> WeaningTrial:
    """Say that the settings are as before: the trial is over, its verdict is owed.

    The settings become a check outside any trial, so that what the trial raised is judged again.
    """
    run = Run.objects.locked(trial.run_id)
    trial = _running(trial, restored_at, at, run)
    settings = restorable(trial)
    trial.ended_at = trial.restored_at = restored_at
    trial.save(update_fields=["ended_at", "restored_at"])
    if settings:
        note = f"Settings restored after the {NAMES[TrialKind(trial.kind)]}"
        as_check(run, "", restored_at, settings, by, at, list(settings), note=note)
    reassess_watching(run=run, at=at)
    return trial


@action("ended a weaning trial")
def end_trial(
    *,
    trial: WeaningTrial,
    ended_at: datetime,
    by: User,
    at: datetime,
    verdict: str = "",
    stop_reason: str = "",
    next_plan: str = "",
    confirmed: Collection[str] = (),
) -> WeaningTrial:
    """End a trial without restoring the settings, perhaps with its verdict (else that is owed)."""
    run = Run.objects.locked(trial.run_id)
    trial = _running(trial, ended_at, at, run)
    trial.ended_at = ended_at
    if verdict:
        _judge(run, trial, verdict, stop_reason, next_plan, confirmed, by, at)
    trial.stop_reason, trial.next_plan = stop_reason.strip(), next_plan.strip()
    trial.save()
    reassess_watching(run=run, at=at)
    return trial


@action("judged a weaning trial")
def judge_trial(
    *,
    trial: WeaningTrial,
    verdict: str,
    by: User,
    at: datetime,
    stop_reason: str = "",
    next_plan: str = "",
    confirmed: Collection[str] = (),
) -> WeaningTrial:
    """Say what an ended trial showed. A verdict may be changed; the history keeps the first."""
    run = Run.objects.locked(trial.run_id)
    trial = WeaningTrial.objects.get(pk=trial.pk)
    if trial.is_running:
        raise TrialGoesOn("This trial goes on. Restore the settings or end it, then judge it.")
    _judge(run, trial, verdict, stop_reason, next_plan, confirmed, by, at)
    trial.save()
    reassess_watching(run=run, at=at)
    return trial


def _running(trial: WeaningTrial, when: datetime, at: datetime, run: Run) -> WeaningTrial:
    trial = WeaningTrial.objects.get(pk=trial.pk)
    if trial.ended_at is not None:
        ended = trial.ended_at.astimezone(run.unit.centre.tz)
        raise TrialHasEnded(
            f"This trial ended at {ended:%d-%b-%Y %H:%M}. Reload the page to see how it stands."
        )
    refuse_future(when, at, "end of the trial")
    refuse_outside_trial(trial, when, run)
    return trial


def _judge(
    run: Run,
    trial: WeaningTrial,
    verdict: str,
    stop_reason: str,
    next_plan: str,
    confirmed: Collection[str],
    by: User,
    at: datetime,
) -> None:
    if verdict != Verdict.PASSED and not stop_reason.strip():
        raise VerdictNeedsReason("Say what stopped the trial: whoever plans the next one reads it.")
    if "verdict" not in confirmed:
        _ask_about_time(run, trial, Verdict(verdict), at)
    trial.verdict, trial.judged_at, trial.judged_by = verdict, at, by
    trial.stop_reason, trial.next_plan = stop_reason.strip(), next_plan.strip()


def _ask_about_time(run: Run, trial: WeaningTrial, verdict: Verdict, at: datetime) -> None:
    kind = TrialKind(trial.kind)
    limit = weaning_policy(run.unit.centre, at).limits[kind]
    if trial.ended_at and is_early_pass(verdict, trial.started_at, trial.ended_at, limit):
        message = (
            f"A {NAMES[kind]} is observed for at least {limit.least_min} min here, and this one "
            "was shorter. Look again; if it did pass, confirm it."
        )
        raise NeedsConfirmation(message, errors=errors_of("verdict", "early_pass", message))
