"""What happened to the patient on the way."""

from datetime import datetime
from decimal import Decimal

from accounts.models import User
from audit.context import action
from patients.actions.times import refuse_future
from patients.models import BleedingEvent, BloodProduct, Complication, Diagnosis, Run


@action("recorded a complication")
def record_complication(
    *,
    run: Run,
    code: str,
    label: str,
    occurred_at: datetime | None,
    by: User,
    at: datetime,
    note: str = "",
) -> Complication:
    """Add a complication with its registry code; its time may not be known yet."""
    run = Run.objects.locked(run.pk)
    if occurred_at:
        refuse_future(occurred_at, at, "time of the complication")
    return Complication.objects.create(
        run=run,
        code=code,
        label=label,
        occurred_at=occurred_at,
        note=note,
        entered_at=at,
        entered_by=by,
    )


@action("withdrew a complication")
def withdraw_complication(
    *, complication: Complication, by: User, at: datetime, reason: str
) -> Complication:
    """Mark a complication as entered in error; it stays readable."""
    Run.objects.locked(complication.run_id)
    complication.withdrawn_at = at
    complication.save(update_fields=["withdrawn_at"])
    return complication


@action("recorded bleeding")
def record_bleeding(
    *, run: Run, grade: int, site: str, starts_at: datetime, by: User, at: datetime
) -> BleedingEvent:
    """Open a bleeding of grade 1 to 4."""
    run = Run.objects.locked(run.pk)
    refuse_future(starts_at, at, "start of the bleeding")
    return BleedingEvent.objects.create(
        run=run, grade=grade, site=site, starts_at=starts_at, entered_at=at, entered_by=by
    )


@action("recorded that bleeding stopped")
def end_bleeding(
    *, bleeding: BleedingEvent, ends_at: datetime, by: User, at: datetime
) -> BleedingEvent:
    """Close a bleeding."""
    Run.objects.locked(bleeding.run_id)
    refuse_future(ends_at, at, "end of the bleeding")
    bleeding.ends_at = ends_at
    bleeding.save(update_fields=["ends_at"])
    return bleeding


@action("recorded a blood product")
def record_product(
    *,
    run: Run,
    product: str,
    volume_ml: Decimal,
    given_to: str,
    started_at: datetime,
    by: User,
    at: datetime,
    donation_id: str = "",
    indication: str = "",
) -> BloodProduct:
    """Add a product begun, in mL, to the patient or to the circuit's prime."""
    run = Run.objects.locked(run.pk)
    refuse_future(started_at, at, "start of the product")
    return BloodProduct.objects.create(
        run=run,
        product=product,
        volume_ml=volume_ml,
        given_to=given_to,
        started_at=started_at,
        donation_id=donation_id,
        indication=indication,
        entered_at=at,
        entered_by=by,
    )


@action("recorded a diagnosis")
def record_diagnosis(
    *, run: Run, icd10: str, label: str, is_primary: bool, by: User, at: datetime
) -> Diagnosis:
    """Add a diagnosis. A second primary one is kept as told; the findings ask which it is."""
    run = Run.objects.locked(run.pk)
    return Diagnosis.objects.create(
        run=run, icd10=icd10, label=label, is_primary=is_primary, entered_at=at, entered_by=by
    )
