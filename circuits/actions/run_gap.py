"""A return to support soon after flow off is the same run: up to the site's gap."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.actions.assess import reassess_circuit
from circuits.actions.care_plan import reassess_care_plan
from circuits.actions.dues import reassess_owed
from circuits.actions.watching import reassess_watching
from circuits.care_policies import run_gap_h
from clinical.runtime import is_same_run
from patients.actions.times import local, refuse_future
from patients.models import Interruption, Patient, Run
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

GAP = "run_gap"


class StillRunning(RuleBroken):
    code = "still_running"


class NotTheSameRun(RuleBroken):
    code = "not_the_same_run"


def ask_about_gap(
    *, patient: Patient, started_at: datetime, at: datetime, confirmed: Collection[str]
) -> None:
    """Ask back a new run so soon after flow off that it is the same one, unless confirmed."""
    if GAP in confirmed:
        return
    last = (
        patient.runs.filter(ended_at__lte=started_at)
        .select_related("unit__centre")
        .order_by("-ended_at")
        .first()
    )
    if last is None or last.ended_at is None:
        return
    gap_h, source = run_gap_h(last.unit.centre, at)
    if is_same_run(last.ended_at, started_at, gap_h):
        message = (
            f"Run {last.run_no} ended at {local(last.ended_at, last)}. A return within {gap_h:g} h "
            f"is the same run ({source}): open it and say that flow is on again. If it is a new "
            "run, confirm it."
        )
        raise NeedsConfirmation(
            message, errors=[ErrorItem(parameter=GAP, rule="same_run", message=message)]
        )


@action("resumed a run")
def resume_support(*, run: Run, resumed_at: datetime, by: User, at: datetime) -> Run:
    """Flow is on again in the same run; the time off support is kept as an interruption.

    Parts that came out at flow off stay out: what is in the circuit now is owed. Raises
    StillRunning, NotTheSameRun for a return after more than the gap or before flow off.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(resumed_at, at, "time of flow on")
    ended_at = _ended(run)
    gap_h, source = run_gap_h(run.unit.centre, at)
    if resumed_at == ended_at or not is_same_run(ended_at, resumed_at, gap_h):
        raise NotTheSameRun(
            f"Flow was off from {local(ended_at, run)}. Only a return after that, within {gap_h:g} "
            f"h ({source}), goes on with this run. Correct the time, or start a new run."
        )
    Interruption.objects.create(
        run=run,
        stopped_at=ended_at,
        resumed_at=resumed_at,
        end_reason_told=run.end_reason,
        entered_at=at,
        entered_by=by,
    )
    run.modes.filter(ends_at=ended_at).update(ends_at=None)
    run.ended_at, run.end_reason = None, ""
    run.save(update_fields=["ended_at", "end_reason"])
    reassess_owed(run=run, at=at)
    reassess_circuit(run=run, at=at)
    reassess_care_plan(run=run, at=at)
    reassess_watching(run=run, at=at)
    return run


def _ended(run: Run) -> datetime:
    if run.ended_at is None:
        raise StillRunning("Flow is on in this run already. Reload the page.")
    newer = run.patient.runs.filter(started_at__gte=run.ended_at).exclude(pk=run.pk)
    if newer.exists():
        raise NotTheSameRun(
            "A later run of this patient is on record. Only the newest run can go on again."
        )
    return run.ended_at
