"""What holds, what goes on and what is planned in the next day."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from circuits.models import PlannedChange
from episodes.handover.lines import Line, Section
from episodes.models import PlannedProcedure
from patients.models import Run
from web.times import clinical_time

AHEAD = timedelta(hours=24)


def procedures(run: Run, at: datetime) -> Section:
    """Return what is planned or under way: changes, trials, transports, what was done today."""
    lines = [*_planned(run, at), *_changes(run, at), *_trials(run), *_legs(run), *_done(run, at)]
    empty = "Nothing is planned in the next 24 hours."
    return Section("day", "Procedures of the day", empty, tuple(lines))


def holds(run: Run) -> Section:
    """Return what may not be discarded or touched, and who holds it."""
    rows = run.holds.filter(released_at=None).select_related("held_by")
    lines = tuple(
        Line("Circuit held", one.reason, one.held_at, f"held by {one.held_by}", 1) for one in rows
    )
    return Section("holds", "Holds", "No part is held.", lines)


def _planned(run: Run, at: datetime) -> Iterator[Line]:
    """Yield planned procedures, each with when anticoagulation goes off and on."""
    rows = PlannedProcedure.objects.open().filter(run=run, planned_for__lt=at + AHEAD)
    for one in rows.select_related("owner"):
        zone = run.unit.centre.tz
        times = (("off", one.anticoagulation_off_at), ("on", one.anticoagulation_on_at))
        said = [f"{word} {clinical_time(time.astimezone(zone))}" for word, time in times if time]
        plan = f"anticoagulation {', '.join(said)}" if said else "no word on anticoagulation"
        text = "; ".join(part for part in (one.what, plan, one.note) if part)
        late = 1 if one.planned_for < at else 0
        yield Line("Procedure", text, one.planned_for, f"owner {one.owner}", late)


def _changes(run: Run, at: datetime) -> Iterator[Line]:
    rows = PlannedChange.objects.open().filter(run=run, starts_at__lt=at + AHEAD)
    for one in rows.select_related("owner").prefetch_related("parts__use"):
        kinds = ", ".join(part.use.get_kind_display() for part in one.parts.all())
        kit = "kit ready" if one.is_kit_ready else "kit not ready"
        text = f"{kinds}: {one.why}; {one.get_state_display().lower()}, {kit}"
        late = 2 if one.ends_at < at else 0
        yield Line(f"Change, {one.urgency}", text, one.starts_at, f"owner {one.owner}", late)


def _trials(run: Run) -> Iterator[Line]:
    for one in run.weaning_trials.filter(ended_at=None).select_related("entered_by"):
        yield Line(
            "Trial", f"{one.get_kind_display()}: goes on", one.started_at, str(one.entered_by), 1
        )


def _legs(run: Run) -> Iterator[Line]:
    for one in run.transport_legs.filter(closed_at=None, arrived_at=None):
        state = "under way" if one.is_under_way else one.get_decision_display().lower()
        yield Line("Transport", f"{one}: {state}", one.departed_at or one.planned_at, "transport")


def _done(run: Run, at: datetime) -> Iterator[Line]:
    rows = run.procedures.filter(withdrawn_at=None, performed_at__gt=at - AHEAD)
    for one in rows:
        yield Line("Done", str(one), one.performed_at, "procedure")
