"""What happened to the patient on the way."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from audit.context import action
from patients.actions.times import refuse_future
from patients.models import (
    BleedingEvent,
    BloodProduct,
    Complication,
    Diagnosis,
    DiagnosisCode,
    Run,
)
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

CIRCUIT = "circuit"
IDENTITY = "identity"
PRIME_IDENTITY = {
    "donation_id": "donation number",
    "product_code": "product code",
    "abo_rhd": "ABO and RhD",
    "expires_at": "expiry",
}


class IdentityMissing(NeedsConfirmation):
    """A bag of the prime without its full identity."""


class DiagnosisUnnamed(RuleBroken):
    code = "diagnosis_unnamed"


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
    confirmed: Collection[str] = (),
    **identity: Any,
) -> BloodProduct:
    """Add a product begun, in mL, to the patient or to the circuit's prime.

    `identity`: donation_id, product_code, abo_rhd, expires_at, indication. Raises IdentityMissing
    where a bag of the prime has less than its full identity, until that is confirmed.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(started_at, at, "start of the product")
    if given_to == CIRCUIT and IDENTITY not in confirmed:
        _ask_for_identity(identity)
    return BloodProduct.objects.create(
        run=run,
        product=product,
        volume_ml=volume_ml,
        given_to=given_to,
        started_at=started_at,
        entered_at=at,
        entered_by=by,
        **identity,
    )


@action("recorded a diagnosis")
def record_diagnosis(
    *, run: Run, icd10: str, label: str, is_primary: bool, by: User, at: datetime
) -> Diagnosis:
    """Add a diagnosis; a blank text is taken from the site's own list by its code.

    A second primary one is kept as told; the findings ask which it is.
    """
    run = Run.objects.locked(run.pk)
    icd10 = icd10.strip().upper()
    text = label.strip() or _listed(run, icd10)
    return Diagnosis.objects.create(
        run=run, icd10=icd10, label=text, is_primary=is_primary, entered_at=at, entered_by=by
    )


def _ask_for_identity(identity: dict[str, Any]) -> None:
    missing = [words for name, words in PRIME_IDENTITY.items() if not identity.get(name)]
    if missing:
        message = (
            f"A bag in the prime is kept with its full identity; missing: {', '.join(missing)}. "
            "Read it from the bag, or confirm that it is not to be had."
        )
        raise IdentityMissing(
            message,
            errors=[ErrorItem(parameter=IDENTITY, rule="prime_identity", message=message)],
        )


def _listed(run: Run, icd10: str) -> str:
    found = DiagnosisCode.objects.in_use(run.unit.centre).filter(code=icd10).first()
    if found is None:
        message = "Write the diagnosis: its code is not in the list of this centre."
        raise DiagnosisUnnamed(
            message, errors=[ErrorItem(parameter="label", rule="missing", message=message)]
        )
    return found.label
