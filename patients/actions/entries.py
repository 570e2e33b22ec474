"""Procedures, cultures, lines about the family, blood drawn: record, or withdraw what was wrong."""

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from accounts.models import User
from audit.context import action
from patients.actions.times import refuse_future
from patients.models import (
    BloodDraw,
    BloodProduct,
    Complication,
    Diagnosis,
    FamilyEntry,
    Infection,
    Procedure,
    Run,
)

Entry = BloodDraw | BloodProduct | Complication | Diagnosis | FamilyEntry | Infection | Procedure
AnyEntry = TypeVar(
    "AnyEntry",
    BloodDraw,
    BloodProduct,
    Complication,
    Diagnosis,
    FamilyEntry,
    Infection,
    Procedure,
)


@action("recorded a procedure")
def record_procedure(
    *,
    run: Run,
    kind: str,
    performed_at: datetime,
    by: User,
    at: datetime,
    label: str = "",
    code: str = "",
) -> Procedure:
    """Add a procedure before or on ECLS; `code` is the registry's number, without its text."""
    run = Run.objects.locked(run.pk)
    refuse_future(performed_at, at, "time of the procedure")
    return Procedure.objects.create(
        run=run,
        kind=kind,
        label=label,
        code=code,
        performed_at=performed_at,
        entered_at=at,
        entered_by=by,
    )


@action("recorded a positive culture")
def record_infection(
    *,
    run: Run,
    organism: str,
    site: str,
    collected_at: datetime,
    by: User,
    at: datetime,
    note: str = "",
) -> Infection:
    """Add a positive culture; one taken before ECLS is kept, and not counted as of the run."""
    run = Run.objects.locked(run.pk)
    refuse_future(collected_at, at, "time of the culture")
    return Infection.objects.create(
        run=run,
        organism=organism,
        site=site,
        collected_at=collected_at,
        note=note,
        entered_at=at,
        entered_by=by,
    )


@action("recorded a line about the family")
def record_family_entry(
    *, run: Run, kind: str, text: str, occurred_at: datetime, by: User, at: datetime
) -> FamilyEntry:
    """Add one line: a talk, a consent, a refusal."""
    run = Run.objects.locked(run.pk)
    refuse_future(occurred_at, at, "time of the talk")
    return FamilyEntry.objects.create(
        run=run, kind=kind, text=text, occurred_at=occurred_at, entered_at=at, entered_by=by
    )


@action("recorded blood drawn")
def record_draw(
    *, run: Run, volume_ml: Decimal, drawn_at: datetime, by: User, at: datetime, note: str = ""
) -> BloodDraw:
    """Add blood drawn for tests, in mL, discard included."""
    run = Run.objects.locked(run.pk)
    refuse_future(drawn_at, at, "time of the sample")
    return BloodDraw.objects.create(
        run=run, volume_ml=volume_ml, drawn_at=drawn_at, note=note, entered_at=at, entered_by=by
    )


@action("withdrew an entry")
def withdraw_entry(*, entry: AnyEntry, by: User, at: datetime, reason: str) -> AnyEntry:
    """Mark an entry as made in error; it stays readable. Twice changes nothing more."""
    Run.objects.locked(entry.run_id)
    if entry.withdrawn_at is None:
        entry.withdrawn_at = at
        entry.save(update_fields=["withdrawn_at"])
    return entry
