"""How an episode ends: support withdrawn, death, and what must not be forgotten then."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from alerts.actions import close_for_end, settle_dues
from alerts.models import Alert, Due
from audit.context import action
from circuits.actions.holds import hold_circuits
from circuits.actions.support import decannulate
from clinical.lifecycle import State
from notifications.actions import withdraw_notifications
from patients.actions.run import record_outcome
from patients.actions.steps import step_referral, step_run, take_back
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Coroner, EndOfLife, EpisodeStep, FollowUpVisit, Outcome, Referral, Run
from patients.models.run import EndReason

DIED = "the patient died"


@action("recorded that support is withdrawn")
def record_withdrawal(
    *,
    run: Run,
    happened_at: datetime,
    by: User,
    at: datetime,
    decision: str = "",
    decided_by: str = "",
) -> EpisodeStep:
    """Keep the decision to withdraw; clamp and death have times of their own."""
    facts = {"decision": decision, "decided_by": decided_by}
    step = step_run(run=run, to=State.WITHDRAWN, happened_at=happened_at, facts=facts, by=by, at=at)
    kept = {"decided_at": happened_at, "decision": decision, "decided_by": decided_by}
    _keep(run, by, at, **kept)
    return step


@action("recorded a death")
def record_death(
    *,
    run: Run,
    died_at: datetime,
    by: User,
    at: datetime,
    clamped_at: datetime | None = None,
    **facts: Any,
) -> Run:
    """Record death, and flow off if it was clamped: every reminder for this patient stops.

    `facts`: columns of EndOfLife. The clamp may come before death or after it; without one, flow
    stays on and so do the circuit's checks (as for donation), until flow off is recorded.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(died_at, at, "time of death")
    if clamped_at is not None and run.is_running:
        refuse_future(clamped_at, at, "time of the clamp")
        refuse_outside_run(run, clamped_at, "time of the clamp")
    step_run(run=run, to=State.DIED, happened_at=died_at, by=by, at=at)
    if clamped_at is not None and run.is_running:
        run = decannulate(
            run=run,
            ended_at=clamped_at,
            end_reason=EndReason.DEATH_OR_POOR_PROGNOSIS,
            by=by,
            at=at,
        )
    _record_outcome(run, died_at, by, at)
    _keep(run, by, at, clamped_at=clamped_at, **facts)
    _stop_reminders(run, by, at)
    return run


@action("recorded what is kept about the end")
def record_end_of_life(*, run: Run, by: User, at: datetime, **facts: Any) -> EndOfLife:
    """Answer donation, coroner, family. "Hold the circuit" keeps it until it is released."""
    return _keep(Run.objects.locked(run.pk), by, at, **facts)


@action("took a step back")
def take_back_death(*, run: Run, by: User, at: datetime, reason: str) -> EpisodeStep:
    """Undo the newest step of a run, which was an error; a death leaves the outcome again."""
    run = Run.objects.locked(run.pk)
    step = take_back(of=run, by=by, at=at, reason=reason)
    if step.source == State.DIED:
        Outcome.objects.filter(run=run).update(died_at=None, discharged_alive=None)
    return step


def _record_outcome(run: Run, died_at: datetime, by: User, at: datetime) -> None:
    known = Outcome.objects.filter(run=run).first()
    has_left = known is not None and known.discharged_alive is True
    facts = {} if has_left else {"discharged_alive": False}
    record_outcome(run=run, died_at=died_at, by=by, at=at, **facts)


def _keep(run: Run, by: User, at: datetime, **facts: Any) -> EndOfLife:
    told = {name: value for name, value in facts.items() if value}
    kept, _ = EndOfLife.objects.update_or_create(
        run=run, defaults={**told, "entered_at": at, "entered_by": by}
    )
    if told.get("coroner") == Coroner.HOLD:
        reason = f"Coroner: {kept.coroner_note}" if kept.coroner_note else "Coroner"
        hold_circuits(run=run, reason=reason, by=by, at=at)
    return kept


def _stop_reminders(run: Run, by: User, at: datetime) -> None:
    """Settle what is due of the patient, close what is open, let queued messages lapse.

    While flow is on the circuit's own checks and alarms go on.
    """
    patient = run.patient
    referrals = list(Referral.objects.open().filter(patient=patient).exclude(run=run))
    for referral in referrals:
        step_referral(referral=referral, to=State.DIED, happened_at=at, by=by, at=at)
    keys = [str(one.public_id) for one in patient.referrals.all()]
    FollowUpVisit.objects.filter(run__patient=patient, seen_on=None, cancelled_at=None).update(
        cancelled_at=at, cancelled_why=DIED
    )
    still_on = Q(run__ended_at=None) & Q(run__isnull=False)
    due = Due.objects.filter(Q(run__patient=patient) | Q(subject__in=keys)).exclude(still_on)
    settle_dues(due, at=at)
    runs = list(patient.runs.exclude(ended_at=None))
    for one in runs:
        close_for_end(run=one, at=at, why=DIED)
    alerts = Alert.objects.filter(Q(run__in=runs) | Q(run=None, subject__in=keys))
    withdraw_notifications(
        prefixes=[
            *(f"alert:{key}:" for key in alerts.values_list("public_id", flat=True)),
            *(f"referral:{key}:" for key in keys),
        ]
    )
