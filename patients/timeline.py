"""What happened in a run, line by line, and what was entered in error."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from audit.queries import Trace, first_changes_to
from patients.models import Run

WITHDRAWN_FROM = {
    "complication": "complications",
    "product": "blood_products",
    "diagnosis": "diagnoses",
    "procedure": "procedures",
    "infection": "infections",
    "family": "family_entries",
    "draw": "blood_draws",
}
"""Where the entries of a kind stand that can be withdrawn."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline: when, what kind, what in words, and when it was entered.

    An entry that can be withdrawn has a `key` (its kind in addresses) and its public id; one that
    was has `undone`: by whom and why.
    """

    at: datetime
    kind: str
    text: str
    detail: str
    entered_at: datetime
    key: str = ""
    public_id: UUID | None = None
    withdrawn_at: datetime | None = None
    undone: Trace | None = None


def timeline(run: Run) -> list[Event]:
    """Return what happened to the patient in a run, newest first (eleven statements)."""
    events = [
        *_clinical_events(run),
        *(
            Event(one.starts_at, "Bleeding", f"{one.site}, grade {one.grade}", "", one.entered_at)
            for one in run.bleedings.all()
        ),
        *(
            Event(one.starts_at, "Mode", str(one), one.configuration, one.entered_at)
            for one in run.modes.all()
        ),
        *(
            Event(one.measured_at, "Weight", str(one), one.get_basis_display(), one.entered_at)
            for one in run.weights.all()
        ),
        *_cannula_events(run),
        Event(run.started_at, "Run", "Flow on", "", run.entered_at),
    ]
    if run.ended_at:
        events.append(Event(run.ended_at, "Run", "Flow off", run.end_reason, run.ended_at))
    return sorted(events, key=lambda one: (one.at, one.entered_at), reverse=True)


def withdrawn(run: Run) -> list[Event]:
    """Return entries that were made in error, the newest first, each with who said so and why.

    Seven statements, and one for each kind of which there is one.
    """
    events = [*_clinical_events(run, is_withdrawn=True), *diagnoses_of(run, is_withdrawn=True)]
    undone: dict[object, Trace] = {}
    for key in {one.key for one in events}:
        model: Any = run._meta.get_field(WITHDRAWN_FROM[key]).related_model
        mine = [one.public_id for one in events if one.key == key]
        undone |= first_changes_to(model, mine, withdrawn_at__isnull=False)
    told = [replace(one, undone=undone.get(one.public_id)) for one in events]
    return sorted(told, key=lambda one: one.entered_at, reverse=True)


def diagnoses_of(run: Run, *, is_withdrawn: bool = False) -> Iterator[Event]:
    """Yield the diagnoses of a run, at the time of their entry (one statement)."""
    for one in run.diagnoses.filter(withdrawn_at__isnull=not is_withdrawn):
        told = f"{one.icd10} {one.label}".strip()
        yield _event("diagnosis", "Diagnosis", one.entered_at, told, "", one)


def _clinical_events(run: Run, *, is_withdrawn: bool = False) -> Iterator[Event]:
    """Entries that can be withdrawn, without those that were, or only those."""
    stands = Q(withdrawn_at__isnull=not is_withdrawn)
    for one in run.complications.filter(stands):
        told = one.label if one.occurred_at else f"{one.label} (time not known)"
        when = one.occurred_at or one.entered_at
        yield _event("complication", "Complication", when, told, one.note, one)
    for bag in run.blood_products.filter(stands):
        whither = bag.get_given_to_display()
        yield _event("product", "Blood product", bag.started_at, str(bag), whither, bag)
    for draw in run.blood_draws.filter(stands):
        yield _event("draw", "Blood drawn", draw.drawn_at, str(draw), draw.note, draw)
    for done in run.procedures.filter(stands):
        code = f"code {done.code}" if done.code else ""
        yield _event("procedure", "Procedure", done.performed_at, str(done), code, done)
    for culture in run.infections.filter(stands):
        note = culture.note
        yield _event("infection", "Culture", culture.collected_at, str(culture), note, culture)
    for line in run.family_entries.filter(stands):
        said = line.get_kind_display()
        yield _event("family", said, line.occurred_at, line.text, "", line)


def _event(key: str, kind: str, at: datetime, text: str, detail: str, row: Any) -> Event:
    return Event(
        at, kind, text, detail, row.entered_at, key, row.public_id, withdrawn_at=row.withdrawn_at
    )


def _cannula_events(run: Run) -> list[Event]:
    events = []
    for one in run.cannulas.all():
        size = f"{one.size_fr:g} Fr" if one.size_fr else "size not entered"
        events.append(Event(one.inserted_at, "Cannula", f"{one} in", size, one.entered_at))
        if one.removed_at:
            why = one.removed_reason.replace("_", " ")
            events.append(Event(one.removed_at, "Cannula", f"{one} out", why, one.removed_at))
    return events
