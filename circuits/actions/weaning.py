"""Weaning trials: begun and stepped through.

A plan may be refused: a trial that does not fit the support is not begun. What already happened
is asked back once, recorded when confirmed, and alerts at once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.context import action
from circuits.actions.trial_rules import (
    NothingInStep,
    TrialDoesNotFit,
    TrialGoesOn,
    as_check,
    errors_of,
    refuse_outside_trial,
)
from circuits.actions.watching import reassess_watching
from circuits.models import Check
from circuits.trials import settings_before, support_of
from clinical.weaning import NAMES, Fault, TrialKind, fault_of
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Run, TrialStep, WeaningTrial
from web.problems import NeedsConfirmation

_REASONS = {
    Fault.MODE_UNKNOWN: "the mode of this run is not known. Enter the mode first",
    Fault.NOT_PURELY_VENOUS: (
        "blood is not returned to veins only, and a sweep of 0 would shunt past the lungs. Choose "
        "a turn-down, or change the support to V-V first and enter the new mode"
    ),
    Fault.ARTERIAL_CANNULA: (
        "a return cannula lies in an artery although the mode says V-V. Correct the cannula or "
        "the mode first"
    ),
    Fault.NO_ARTERIAL_RETURN: (
        "no blood is returned to an artery in this mode. Choose the sweep-off trial, or correct "
        "the mode"
    ),
    Fault.AGE_UNKNOWN: (
        "it is a trial of newborns and children, and the age is not known. Enter the date of birth "
        "first"
    ),
    Fault.ADULT: (
        "it is a trial of newborns and children. Choose the turn-down or the retrograde trial"
    ),
    Fault.NO_BRIDGE: (
        "no bridge is entered in the circuit, and without one its blood stands while the lines are "
        "clamped. Enter the bridge, or choose the retrograde trial"
    ),
}


@action("began a weaning trial")
def start_trial(
    *, run: Run, kind: str, started_at: datetime, by: User, at: datetime
) -> WeaningTrial:
    """Begin a trial that was planned.

    Raises TrialDoesNotFit with the reason and the way out, TrialGoesOn for a second one at once.
    """
    run = Run.objects.locked(run.pk)
    fault = _fault(run, kind, started_at, at)
    if fault is not None:
        message = f"This {NAMES[TrialKind(kind)]} cannot be begun: {_REASONS[fault]}."
        raise TrialDoesNotFit(message, errors=errors_of("kind", fault, message))
    return _begin(run, kind, started_at, by, at, was_planned=True, confirmed="")


@action("recorded a weaning trial that had begun")
def record_trial(
    *,
    run: Run,
    kind: str,
    started_at: datetime,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> WeaningTrial:
    """Record a trial that had begun already: never refused, at most asked back.

    Raises NeedsConfirmation for one that does not fit the support, unless `kind` is confirmed.
    """
    run = Run.objects.locked(run.pk)
    fault = _fault(run, kind, started_at, at)
    if fault is not None and "kind" not in confirmed:
        message = (
            f"A {NAMES[TrialKind(kind)]} does not fit here: {_REASONS[fault]}. Look at the "
            "circuit; if the trial did begin, confirm it. It is then recorded and raises an alert."
        )
        raise NeedsConfirmation(message, errors=errors_of("kind", fault, message))
    asked = fault.value if fault else ""
    return _begin(run, kind, started_at, by, at, was_planned=False, confirmed=asked)


@action("recorded a step of a weaning trial")
def record_step(
    *,
    trial: WeaningTrial,
    stepped_at: datetime,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    note: str = "",
    gas: str = "",
    confirmed: Collection[str] = (),
) -> TrialStep:
    """Add a step. Its values are a check of the circuit as well: entered once, judged as ever.

    `values` by measure (blood_flow, sweep_gas_flow, fdo2); `gas` is the public id of a sample.
    Raises what `record_check` raises, OutsideTrial, NothingInStep.
    """
    run = Run.objects.locked(trial.run_id)
    trial = WeaningTrial.objects.get(pk=trial.pk)
    refuse_future(stepped_at, at, "time of the step")
    refuse_outside_trial(trial, stepped_at, run)
    if not (values or note.strip() or gas):
        raise NothingInStep("This step says nothing. Enter a value, a gas or a note.")
    check = as_check(run, trial.kind, stepped_at, values, by, at, confirmed) if values else None
    step = TrialStep.objects.create(
        trial=trial,
        stepped_at=stepped_at,
        check_id=check.root_id if check else None,
        gas=gas,
        note=note.strip(),
        entered_at=at,
        entered_by=by,
        **_read_in(check),
    )
    reassess_watching(run=run, at=at)
    return step


def _fault(run: Run, kind: str, started_at: datetime, at: datetime) -> Fault | None:
    refuse_future(started_at, at, "start of the trial")
    refuse_outside_run(run, started_at, "start of the trial")
    return fault_of(TrialKind(kind), support_of(run, started_at))


def _begin(
    run: Run,
    kind: str,
    started_at: datetime,
    by: User,
    at: datetime,
    *,
    was_planned: bool,
    confirmed: str,
) -> WeaningTrial:
    trial = WeaningTrial(
        run=run,
        kind=kind,
        started_at=started_at,
        was_planned=was_planned,
        confirmed=confirmed,
        settings_before=settings_before(run, kind, started_at),
        entered_at=at,
        entered_by=by,
    )
    try:
        with transaction.atomic():
            trial.save()
    except IntegrityError as broken:
        if "one_goes_on" not in str(broken):
            raise
        raise _second(run) from broken
    reassess_watching(run=run, at=at)
    return trial


def _second(run: Run) -> TrialGoesOn:
    other = run.weaning_trials.get(ended_at=None)
    since = other.started_at.astimezone(run.unit.centre.tz)
    return TrialGoesOn(
        f"A trial goes on already: {other}, since {since:%d-%b-%Y %H:%M}, entered by "
        f"{other.entered_by}. End that one first."
    )


def _read_in(check: Check | None) -> dict[str, Decimal]:
    rows = check.document["values"] if check else {}
    names = ("blood_flow", "sweep_gas_flow", "fdo2")
    return {name: Decimal(rows[name]["value"]) for name in names if name in rows}
