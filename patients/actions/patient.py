"""Admit a patient; correct who they are."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Unit, User
from audit.context import action
from patients.actions.times import refuse_future
from patients.models import Patient
from patients.models.patient import search_key
from web.problems import RuleBroken


class MrnTaken(RuleBroken):
    code = "mrn_taken"


class RecordMerged(RuleBroken):
    code = "record_merged"


@action("admitted a patient")
def admit_patient(
    *, unit: Unit, mrn: str, family_name: str, by: User, at: datetime, **facts: Any
) -> Patient:
    """Add a patient to a unit.

    `facts`: given_name, assigning_authority, born_at, is_birth_time_known, sex, race, bed,
    registry_id, public_id. Raises MrnTaken if the centre knows the MRN already.
    """
    if facts.get("born_at"):
        refuse_future(facts["born_at"], at, "birth date")
    patient = Patient(
        centre=unit.centre,
        unit=unit,
        mrn=mrn.strip(),
        family_name=family_name.strip(),
        entered_at=at,
        **facts,
    )
    _index(patient)
    return _save_unique(patient)


@action("admitted a patient whom nobody knows yet")
def admit_unknown(
    *,
    unit: Unit,
    seen_at: datetime,
    by: User,
    at: datetime,
    called: str = "",
    name: str = "",
    **facts: Any,
) -> Patient:
    """Give a patient whom nobody knows a temporary identity, such as "Unknown, ECPR 03:12".

    `called` says why they are here; `name` is what somebody called them. Correcting the details
    later changes this same patient, so nothing that was charted is lost.
    """
    local = seen_at.astimezone(unit.centre.tz)
    return admit_patient(
        unit=unit,
        mrn=f"UNKNOWN-{local:%Y%m%d-%H%M}-{token_hex(2)}",
        family_name=name.strip() or "Unknown",
        given_name=f"{called} {local:%H:%M}".strip(),
        is_identity_known=False,
        by=by,
        at=at,
        **facts,
    )


@action("corrected a patient's details")
def correct_patient(
    *, patient: Patient, by: User, at: datetime, reason: str, **facts: Any
) -> Patient:
    """Change who the patient is said to be; the history keeps what was said before.

    With a new MRN it is known who an unknown patient is.
    """
    if patient.merged_into:
        raise RecordMerged(
            f"This record went into that of {patient.merged_into} and stays as it was. Correct that "
            "one, or take the merge back."
        )
    if facts.get("born_at"):
        refuse_future(facts["born_at"], at, "birth date")
    if facts.get("mrn", patient.mrn).strip() != patient.mrn:
        facts["is_identity_known"] = True
    for name, value in facts.items():
        setattr(patient, name, value)
    _index(patient)
    return _save_unique(patient, [*facts, "search", "sort_key"])


@action("moved a patient to another bed")
def move_to_bed(*, patient: Patient, bed: str, by: User, at: datetime) -> Patient:
    """Note where the patient lies now."""
    patient.bed = bed.strip()
    patient.save(update_fields=["bed"])
    return patient


def _index(patient: Patient) -> None:
    name = f"{patient.family_name} {patient.given_name}"
    patient.sort_key = search_key(name)[:420]
    patient.search = f"{search_key(name)} {patient.mrn.casefold()}"[:500]


def _save_unique(patient: Patient, fields: list[str] | None = None) -> Patient:
    try:
        with transaction.atomic():
            patient.save(update_fields=fields)
    except IntegrityError as broken:
        if "mrn_unique" not in str(broken):
            raise
        raise MrnTaken(
            f"{patient.centre} already has a patient with MRN {patient.mrn}. Search for the MRN "
            "and open that patient, or correct the number.",
            errors=[{"parameter": "mrn", "rule": "taken", "message": "already in use"}],
        ) from broken
    return patient
