"""A run from flow on to flow off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Unit, User
from audit.context import action
from patients.actions.limits import follow_mode, set_starting_limits
from patients.actions.times import local, refuse_future, refuse_outside_run
from patients.models import Mode, ModeSegment, Outcome, Patient, Run
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
    locked = Patient.objects.select_for_update(of=("self",)).select_related("merged_into")
    patient = locked.get(pk=patient.pk).as_kept
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
    that was not known at flow on). A mode told late fits in before those on record already: it
    ends where the next begins. `ends_at` is for a support that stopped before the run did.
    Raises ModesOverlap if it would reach into the next one.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(starts_at, at, "start of the mode")
    refuse_outside_run(run, starts_at, "start of the mode")
    segments = list(run.modes.all())
    held = next((one for one in reversed(segments) if one.starts_at <= starts_at), None)
    later = next((one for one in segments if one.starts_at > starts_at), None)
    until = _until(run, starts_at, ends_at, later)
    facts = {
        "mode": mode,
        "configuration": configuration,
        "reason": reason,
        "ends_at": until,
        "entered_at": at,
        "entered_by": by,
    }
    if held and held.starts_at == starts_at:
        for name, value in facts.items():
            setattr(held, name, value)
        held.save(update_fields=list(facts))
        _follow(run, held, later)
        return held
    if held and (held.ends_at is None or held.ends_at > starts_at):
        held.ends_at = starts_at
        held.save(update_fields=["ends_at"])
    segment = ModeSegment.objects.create(run=run, starts_at=starts_at, **facts)
    _follow(run, segment, later)
    return segment


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


def _follow(run: Run, segment: ModeSegment, later: ModeSegment | None) -> None:
    """Let the limits follow the newest mode; one told late about the past changes none."""
    if later is None and run.ended_at is None:
        follow_mode(
            run=run,
            mode=segment.mode,
            valid_from=segment.starts_at,
            by=segment.entered_by,
            at=segment.entered_at,
        )


def _until(
    run: Run, starts_at: datetime, ends_at: datetime | None, later: ModeSegment | None
) -> datetime | None:
    if ends_at is not None and ends_at <= starts_at:
        raise ModesOverlap("The mode would end before it begins. Correct one of the two times.")
    if ends_at is not None and later is not None and ends_at > later.starts_at:
        raise ModesOverlap(
            f"{later} is on record from {local(later.starts_at, run)} on. Let this mode end there, "
            "or correct that one first."
        )
    return ends_at or (later.starts_at if later else run.ended_at)


def _save_without_overlap(run: Run) -> None:
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as broken:
        if "no_overlap_of_a_patient" not in str(broken):
            raise
        raise _second_run(run) from broken


def _second_run(run: Run) -> SecondRunningRun:
    """Say which run is on record for that time, and who entered it when."""
    others = run.patient.runs.select_related("entered_by", "unit__centre")
    other = others.exclude(ended_at__lte=run.started_at).order_by("started_at").first()
    who = (
        f"{other.entered_by} entered flow on at {local(other.started_at, other)}, "
        f"recorded {local(other.entered_at, other)}"
        if other
        else "somebody else entered it"
    )
    return SecondRunningRun(
        f"{run.patient} is already on ECMO in that time ({other}): {who}. Open that run; if it "
        "has ended, record flow off there first.",
        errors=[{"parameter": "started_at", "rule": "second_running_run", "message": "overlaps"}],
    )
