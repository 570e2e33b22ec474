"""What the actions on weaning trials share: what they refuse, and their values as a check."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from circuits.actions.checks import record_check
from circuits.document import Typed
from circuits.models import Check, CheckKind
from patients.models import Run, WeaningTrial
from web.problems import ErrorItem, RuleBroken


class TrialDoesNotFit(RuleBroken):
    code = "trial_does_not_fit"


class TrialGoesOn(RuleBroken):
    code = "trial_goes_on"


class TrialHasEnded(RuleBroken):
    code = "trial_has_ended"


class OutsideTrial(RuleBroken):
    code = "outside_trial"


class NothingInStep(RuleBroken):
    code = "empty_step"
    status = 400


class VerdictNeedsReason(RuleBroken):
    code = "verdict_needs_reason"


def refuse_outside_trial(trial: WeaningTrial, when: datetime, run: Run) -> None:
    """Refuse a time before the trial began or after it ended."""
    tz = run.unit.centre.tz
    if when < trial.started_at:
        raise OutsideTrial(
            f"The trial began only at {trial.started_at.astimezone(tz):%d-%b-%Y %H:%M}. Correct "
            "the time."
        )
    if trial.ended_at is not None and when > trial.ended_at:
        raise OutsideTrial(
            f"The trial ended at {trial.ended_at.astimezone(tz):%d-%b-%Y %H:%M}. Correct the "
            "time, or record a check."
        )


def as_check(
    run: Run,
    kind: str,
    checked_at: datetime,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    confirmed: Collection[str],
    note: str = "",
) -> Check:
    """Record what a step read, or what was restored, as a check of the circuit."""
    typed = Typed(checked_at=checked_at, values=values, kind=CheckKind.EVENT, trial=kind, note=note)
    return record_check(run=run, typed=typed, by=by, at=at, confirmed=confirmed)


def errors_of(parameter: str, rule: str, message: str) -> list[ErrorItem]:
    """Return one thing that is wrong, as pages and API show it."""
    return [ErrorItem(parameter=parameter, rule=rule, message=message)]
