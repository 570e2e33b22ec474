"""A run from flow on to flow off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Unit, User
from audit.context import action
from patients.actions.limits import set_starting_limits
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Cannula, Mode, ModeSegment, Outcome, Patient, Run
from web.problems import RuleBroken


class SecondRunningRun(RuleBroken):
    code = "second_running_run"


class AlreadyEnded(RuleBroken):
    code = "already_ended"


class ModesOverlap(RuleBroken):
    code = "modes_overlap"


class EndsBeforeWhatIsCharted(RuleBroken):
    code = "ends_before_what_is_charted"


@action("started a run")
def start_run(
    *,
    patient: Patient,
    unit: Unit,
    started_at: datetime,
    by: User,
    at: datetime,
    mode: str = Mode.UNKNOWN,
    public_id: UUID | None = None,
    **facts: Any,
) -> Run:
    """Flow on: a patient and a time are enough; all else is owed.

    `facts`: support_type, height_cm, started_here_at, registry_facts, configuration.
    Raises SecondRunningRun if the patient's time on ECMO would overlap another run.
    """
    refuse_future(started_at, at, "flow on")
    configuration = facts.pop("configuration", "")
    Patient.objects.select_for_update().get(pk=patient.pk)
    newest = patient.runs.aggregate(Max("run_no"))["run_no__max"]
    given_id = {"public_id": public_id} if public_id else {}
    run = Run(
        patient=patient,
        unit=unit,
        run_no=(newest or 0) + 1,
        started_at=started_at,
        entered_at=at,
        entered_by=by,
        **given_id,
        **facts,
    )
    _save_without_overlap(run)
    ModeSegment.objects.create(
        run=run,
        mode=mode,
        configuration=configuration,
        starts_at=started_at,
        entered_at=at,
        entered_by=by,
    )
    set_starting_limits(run=run, mode=mode, by=by, at=at)
    return run


@action("recorded the mode")
def change_mode(
    *,
    run: Run,
    mode: str,
    starts_at: datetime,
    by: User,
    at: datetime,
    configuration: str = "",
    reason: str = "",
    ends_at: datetime | None = None,
) -> ModeSegment:
    """Say which mode holds from `starts_at` on.

    The segment that held then ends there; one that begins at the very time is replaced (the mode
    that was not known at flow on). `ends_at` is for a support that stopped before the run did.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(starts_at, at, "start of the mode")
    refuse_outside_run(run, starts_at, "start of the mode")
    segments = list(run.modes.all())
    if any(s.starts_at > starts_at for s in segments):
        raise ModesOverlap(
            "A later mode is on record already. Correct that one first, or choose a later time."
        )
    current = segments[-1] if segments else None
    if current and current.starts_at == starts_at:
        current.mode, current.configuration, current.reason = mode, configuration, reason
        current.entered_at, current.entered_by, current.ends_at = at, by, ends_at
        current.save()
        return current
    if current and (current.ends_at is None or current.ends_at > starts_at):
        current.ends_at = starts_at
        current.save(update_fields=["ends_at"])
    return ModeSegment.objects.create(
        run=run,
        mode=mode,
        configuration=configuration,
        starts_at=starts_at,
        ends_at=ends_at or run.ended_at,
        reason=reason,
        entered_at=at,
        entered_by=by,
    )


@action("recorded a cannula")
def insert_cannula(
    *, run: Run, inserted_at: datetime, by: User, at: datetime, **facts: Any
) -> Cannula:
    """Add a cannula. It may have been put in before flow on.

    `facts`: site, side, purpose, size_fr, technique, depth_cm, tip_position.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(inserted_at, at, "time of insertion")
    if facts.get("tip_position"):
        facts["tip_entered_at"] = at
    return Cannula.objects.create(
        run=run, inserted_at=inserted_at, entered_at=at, entered_by=by, **facts
    )


@action("recorded where a cannula's tip lies")
def record_tip(*, cannula: Cannula, tip_position: str, by: User, at: datetime) -> Cannula:
    """Note the tip's position."""
    Run.objects.locked(cannula.run_id)
    cannula.tip_position, cannula.tip_entered_at = tip_position, at
    cannula.save(update_fields=["tip_position", "tip_entered_at"])
    return cannula


@action("recorded that a cannula came out")
def remove_cannula(
    *, cannula: Cannula, removed_at: datetime, reason: str, by: User, at: datetime
) -> Cannula:
    """Note removal. It may be after flow off."""
    Run.objects.locked(cannula.run_id)
    refuse_future(removed_at, at, "time of removal")
    cannula.removed_at, cannula.removed_reason = removed_at, reason
    cannula.save(update_fields=["removed_at", "removed_reason"])
    return cannula


@action("ended a run")
def end_run(*, run: Run, ended_at: datetime, by: User, at: datetime, end_reason: str = "") -> Run:
    """Flow off: a time is enough; the reason may follow."""
    run = Run.objects.locked(run.pk)
    if run.ended_at:
        raise AlreadyEnded(f"{run} ended already. Amend its end instead.")
    refuse_future(ended_at, at, "flow off")
    refuse_outside_run(run, ended_at, "flow off")
    last = run.modes.order_by("-starts_at").first()
    if last and last.starts_at >= ended_at:
        raise EndsBeforeWhatIsCharted(
            "A mode on record begins at or after this time. Correct one of the two times."
        )
    run.ended_at, run.end_reason = ended_at, end_reason
    run.save(update_fields=["ended_at", "end_reason"])
    if last and last.ends_at is None:
        last.ends_at = ended_at
        last.save(update_fields=["ends_at"])
    return run


@action("recorded the outcome")
def record_outcome(*, run: Run, by: User, at: datetime, **facts: Any) -> Outcome:
    """Say what became of the patient. `facts`: columns of Outcome, and `end_reason` of the run."""
    run = Run.objects.locked(run.pk)
    if "end_reason" in facts:
        run.end_reason = facts.pop("end_reason")
        run.save(update_fields=["end_reason"])
    outcome, _ = Outcome.objects.update_or_create(
        run=run, defaults={**facts, "entered_at": at, "entered_by": by}
    )
    return outcome


@action("recorded facts of a run")
def record_run_facts(*, run: Run, by: User, at: datetime, **facts: Any) -> Run:
    """Set support_type, height_cm, started_here_at; merge `registry_facts`."""
    run = Run.objects.locked(run.pk)
    merged = {**run.registry_facts, **facts.pop("registry_facts", {})}
    for name, value in {**facts, "registry_facts": merged}.items():
        setattr(run, name, value)
    run.save(update_fields=[*facts, "registry_facts"])
    return run


def _save_without_overlap(run: Run) -> None:
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as broken:
        if "no_overlap_of_a_patient" not in str(broken):
            raise
        other = run.patient.runs.order_by("-started_at").first()
        raise SecondRunningRun(
            f"{run.patient} is already on ECMO in that time ({other}). Open that run; if it has "
            "ended, record flow off there first.",
            errors=[
                {"parameter": "started_at", "rule": "second_running_run", "message": "overlaps"}
            ],
        ) from broken
