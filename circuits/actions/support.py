"""The support as a whole: flow on, what is entered about it afterwards, flow off.

Each wraps an action of `patients` and brings alerts and what is owed up to date.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Unit, User
from alerts.actions import close_for_end, set_dues, settle_dues
from alerts.models import Due
from audit.context import action
from circuits.actions.adjuncts import end_all_adjuncts, reassess_cadence
from circuits.actions.assess import reassess_circuit
from circuits.actions.care_plan import reassess_care_plan
from circuits.actions.change_steps import drop_changes, unsettle_changes
from circuits.actions.clots import reassess_clots
from circuits.actions.dues import (
    CHECK,
    LIMITS,
    REVIEW,
    reassess_debts,
    reassess_owed,
    reassess_reconfiguration,
)
from circuits.actions.exchange import remove_all
from circuits.actions.run_gap import ask_about_gap
from circuits.actions.safety import reassess_safety
from circuits.actions.watching import reassess_trial
from circuits.models import RemovalReason
from circuits.queries import uses_of
from clinical.lifecycle import State
from clinical.limits import Limit
from clinical.spans import Span
from labs.actions.reassess import reassess_labs
from patients.actions import cannula as cannula_actions
from patients.actions import limits as limit_actions
from patients.actions import run as run_actions
from patients.actions import weight as weight_actions
from patients.actions.patient import admit_unknown
from patients.actions.steps import begin_support, note_flow_off
from patients.actions.times import refuse_future
from patients.episode import state_of
from patients.models import (
    Cannula,
    LimitConfirmation,
    ModeSegment,
    Patient,
    Referral,
    Run,
    RunLimit,
    SupportType,
    WeightEntry,
)
from patients.models.run import EndReason


@action("turned flow on")
def start_support(
    *,
    patient: Patient | None,
    unit: Unit,
    started_at: datetime,
    by: User,
    at: datetime,
    public_id: UUID | None = None,
    confirmed: Collection[str] = (),
    referral: Referral | None = None,
    **facts: Any,
) -> Run:
    """Flow on: one tap and a time. What is not known yet is owed, with due times.

    So soon after flow off that it is the same run, it is asked back (`run_gap`).
    Without a patient, one whom nobody knows is admitted under a temporary name. The run is linked
    to `referral`, or to the open one of the patient.
    """
    refuse_future(started_at, at, "flow on")
    if patient is None:
        called = "ECPR" if facts.get("support_type") == SupportType.ECPR else "ECMO"
        patient = admit_unknown(unit=unit, seen_at=started_at, called=called, by=by, at=at)
    patient = patient.as_kept
    ask_about_gap(patient=patient, started_at=started_at, at=at, confirmed=confirmed)
    run = run_actions.start_run(
        patient=patient,
        unit=unit,
        started_at=started_at,
        by=by,
        at=at,
        public_id=public_id,
        **facts,
    )
    referral = referral or patient.referrals.open().filter(run=None).first()
    begin_support(run=run, referral=referral, by=by, at=at)
    if referral is not None:
        settle_dues(Due.objects.filter(subject=str(referral.public_id)), at=at)
    reassess_owed(run=run, at=at)
    reassess_care_plan(run=run, at=at)
    reassess_cadence(run=run, at=at)
    return run


@action("recorded the mode")
def record_mode(*, run: Run, by: User, at: datetime, **facts: Any) -> ModeSegment:
    """Enter or change the mode; alerts that hang on it are judged again."""
    before = run.modes.order_by("starts_at").last()
    segment = run_actions.change_mode(run=run, by=by, at=at, **facts)
    run = Run.objects.locked(run.pk)
    if before is not None and before.mode != segment.mode:
        reason = f"The mode went from {before} to {segment}"
        unsettle_changes(run=run, reason=reason, by=by, at=at)
    reassess_debts(run=run, at=at)
    reassess_reconfiguration(run=run, at=at)
    reassess_circuit(run=run, at=at)
    reassess_trial(run=run, at=at)
    reassess_cadence(run=run, at=at)
    return segment


@action("recorded a weight")
def record_weight(*, run: Run, by: User, at: datetime, **facts: Any) -> WeightEntry:
    """Enter a weight. `facts`: weight_kg, basis, measured_at, confirmed."""
    entry = weight_actions.record_weight(run=run, by=by, at=at, **facts)
    reassess_debts(run=Run.objects.locked(run.pk), at=at)
    return entry


@action("recorded a cannula")
def record_cannula(*, run: Run, by: User, at: datetime, **facts: Any) -> Cannula:
    """Enter a cannula."""
    cannula = cannula_actions.insert_cannula(run=run, by=by, at=at, **facts)
    reassess_debts(run=Run.objects.locked(run.pk), at=at)
    return cannula


@action("recorded where a cannula's tip lies")
def record_tip(*, cannula: Cannula, tip_position: str, by: User, at: datetime) -> Cannula:
    """Enter the position of a tip."""
    cannula = cannula_actions.record_tip(cannula=cannula, tip_position=tip_position, by=by, at=at)
    reassess_debts(run=Run.objects.locked(cannula.run_id), at=at)
    return cannula


@action("corrected a cannula")
def correct_cannula(*, cannula: Cannula, by: User, at: datetime, **facts: Any) -> Cannula:
    """Correct what was entered of a cannula. `facts`: reason, and what is right."""
    cannula = cannula_actions.correct_cannula(cannula=cannula, by=by, at=at, **facts)
    reassess_debts(run=cannula.run, at=at)
    return cannula


@action("recorded the position of a cannula")
def reposition_cannula(*, cannula: Cannula, by: User, at: datetime, **facts: Any) -> Cannula:
    """Note depth and tip. `facts`: seen_at, depth_cm, tip_position, reason."""
    cannula = cannula_actions.reposition_cannula(cannula=cannula, by=by, at=at, **facts)
    reassess_debts(run=cannula.run, at=at)
    return cannula


@action("confirmed limits and targets")
def confirm_limits(*, run: Run, by: User, at: datetime, note: str = "") -> LimitConfirmation:
    """Say that limits and targets fit after a reconfiguration; nothing is owed for it then."""
    confirmation = limit_actions.confirm_limits(run=run, by=by, at=at, note=note)
    reassess_reconfiguration(run=Run.objects.locked(run.pk), at=at)
    return confirmation


@action("set the limits of a run")
def set_limits(
    *, run: Run, limits: Iterable[Limit], by: User, at: datetime, source: str, reason: str = ""
) -> list[RunLimit]:
    """Replace the limits of a run; what is open is judged by the new ones."""
    rows = limit_actions.set_limits(
        run=run, limits=limits, by=by, at=at, source=source, reason=reason
    )
    _rejudge(Run.objects.locked(run.pk), at)
    return rows


@action("changed a limit")
def change_limit(
    *,
    run: Run,
    measure: str,
    bounds: dict[str, Span],
    valid_from: datetime,
    by: User,
    at: datetime,
    reason: str,
) -> RunLimit:
    """Change one limit from a time on."""
    row = limit_actions.change_limit(
        run=run,
        measure=measure,
        bounds=bounds,
        valid_from=valid_from,
        by=by,
        at=at,
        reason=reason,
    )
    _rejudge(Run.objects.locked(run.pk), at)
    return row


@action("turned flow off")
def decannulate(
    *,
    run: Run,
    ended_at: datetime,
    by: User,
    at: datetime,
    end_reason: str = "",
    components_reason: str = RemovalReason.END_OF_RUN,
) -> Run:
    """Flow off: the run ends, its parts come out, its alerts close, its reminders stop.

    What was never entered stays owed, for the registry. The cannulas may still be in.
    """
    is_kept = state_of(run) in {State.WITHDRAWN, State.DIED}
    run = run_actions.end_run(run=run, ended_at=ended_at, by=by, at=at, end_reason=end_reason)
    run.weaning_trials.filter(ended_at=None).update(ended_at=ended_at)
    drop_changes(run=run, by=by, at=at)
    if not is_kept:
        to = State.CONVERTED if end_reason == EndReason.VAD else State.OFF_SUPPORT_CANNULATED
        note_flow_off(run=run, to=to, by=by, at=at)
    remove_all(run=run, removed_at=ended_at, by=by, at=at, reason=components_reason)
    end_all_adjuncts(run=run, ended_at=ended_at, by=by, at=at)
    close_for_end(run=run, at=at)
    subjects = [str(run.public_id), *(str(use.public_id) for use in uses_of(run))]
    for subject in subjects:
        set_dues(
            unit=run.unit,
            run=run,
            subject=subject,
            kinds=frozenset({CHECK, REVIEW, LIMITS, "sample"}),
            dues=[],
            at=at,
        )
    reassess_debts(run=run, at=at)
    reassess_trial(run=run, at=at)
    reassess_care_plan(run=run, at=at)
    return run


def _rejudge(run: Run, at: datetime) -> None:
    reassess_circuit(run=run, at=at)
    reassess_labs(run=run, at=at)
    reassess_safety(run=run, at=at)
    reassess_clots(run=run, at=at)
