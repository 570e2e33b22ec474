"""A call for help: what is told, who has it, who the patient is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Unit, User
from audit.context import action
from clinical.lifecycle import State
from patients.actions.patient import admit_patient
from patients.actions.steps import step_referral
from patients.actions.times import refuse_future
from patients.models import CallLogEntry, EpisodeStep, LogKind, Patient, Referral
from patients.models.patient import search_key
from web.problems import ErrorItem, RuleBroken

NEEDS_A_NUMBER = "Enter the number to call back first: without it nobody can be reached again."


class NoCallBack(RuleBroken):
    code = "no_call_back"
    status = 422


class NobodyToHandOverTo(RuleBroken):
    code = "nobody_to_hand_over_to"


class AnotherPatient(RuleBroken):
    code = "another_patient"


@action("recorded a referral")
def record_referral(
    *,
    unit: Unit,
    call_back: str,
    called_at: datetime,
    by: User,
    at: datetime,
    public_id: UUID | None = None,
    **facts: Any,
) -> Referral:
    """Begin a referral: the call-back number is enough. `facts`: columns of Referral."""
    refuse_future(called_at, at, "time of the call")
    if not call_back.strip():
        raise NoCallBack(NEEDS_A_NUMBER, errors=[_error("call_back", NEEDS_A_NUMBER)])
    given = {"public_id": public_id} if public_id else {}
    referral = Referral.objects.create(
        unit=unit,
        call_back=call_back.strip(),
        called_at=called_at,
        state=State.REFERRED,
        state_since=called_at,
        owner=by,
        owned_since=at,
        entered_at=at,
        entered_by=by,
        **given,
        **facts,
    )
    EpisodeStep.objects.create(
        referral=referral,
        target=State.REFERRED,
        happened_at=called_at,
        entered_at=at,
        entered_by=by,
    )
    return referral


@action("added to a referral")
def change_referral(*, referral: Referral, by: User, at: datetime, **facts: Any) -> Referral:
    """Write down more of what was told; the history keeps what was there before."""
    referral = Referral.objects.locked(referral.pk)
    if called_at := facts.get("called_at"):
        refuse_future(called_at, at, "time of the call")
    if "call_back" in facts and not facts["call_back"].strip():
        raise NoCallBack(NEEDS_A_NUMBER, errors=[_error("call_back", NEEDS_A_NUMBER)])
    changed = [name for name, value in facts.items() if getattr(referral, name) != value]
    for name in changed:
        setattr(referral, name, facts[name])
    if changed:
        referral.save(update_fields=changed)
    return referral


@action("took on a referral")
def take_on(
    *,
    referral: Referral,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> EpisodeStep:
    """Acknowledge a referral, or take it on again: whoever does owns it from now."""
    step = step_referral(
        referral=referral, to=State.TRIAGE, happened_at=happened_at, facts=facts, by=by, at=at
    )
    _give_to(Referral.objects.locked(referral.pk), by, at)
    return step


@action("wrote into the call log")
def log_call(
    *,
    referral: Referral,
    text: str,
    happened_at: datetime,
    by: User,
    at: datetime,
    kind: str = LogKind.CALL,
    spoke_with: str = "",
) -> CallLogEntry:
    """Add what was said to the log of a referral."""
    referral = Referral.objects.locked(referral.pk)
    refuse_future(happened_at, at, "time of the call")
    return CallLogEntry.objects.create(
        referral=referral,
        kind=kind,
        spoke_with=spoke_with,
        text=text,
        happened_at=happened_at,
        entered_at=at,
        entered_by=by,
    )


@action("handed a referral over")
def hand_over(*, referral: Referral, to: User, text: str, by: User, at: datetime) -> CallLogEntry:
    """Give a referral to the next coordinator; its clock runs on."""
    referral = Referral.objects.locked(referral.pk)
    if to.pk == referral.owner_id:
        raise NobodyToHandOverTo(f"{to} has this referral already. Choose who takes it from here.")
    _give_to(referral, to, at)
    return CallLogEntry.objects.create(
        referral=referral,
        kind=LogKind.HANDOVER,
        to=to,
        text=text,
        happened_at=at,
        entered_at=at,
        entered_by=by,
    )


@action("said who the referred patient is")
def name_patient(
    *, referral: Referral, mrn: str, family_name: str, by: User, at: datetime, **facts: Any
) -> Referral:
    """Link a referral to the patient of this MRN, admitted if the centre does not know it yet.

    Raises AnotherPatient if the MRN is known under another family name: a slip of one digit would
    link a stranger.
    """
    referral = Referral.objects.locked(referral.pk)
    found = Patient.objects.select_related("merged_into")
    known = found.filter(centre=referral.unit.centre, mrn=mrn.strip()).first()
    known = known.as_kept if known else None
    if known and search_key(known.family_name) != search_key(family_name.strip()):
        said = (
            f"MRN {mrn.strip()} belongs to {known}. Check the number; if that is the patient, "
            "type the family name as it is there."
        )
        raise AnotherPatient(said, errors=[_error("mrn", said)])
    if (
        referral.run_id
        and referral.patient_id
        and (known is None or known.pk != referral.patient_id)
    ):
        raise AnotherPatient(
            "Flow is on under another patient's record. Correct that patient's details instead."
        )
    referral.patient = known or admit_patient(
        unit=referral.unit, mrn=mrn, family_name=family_name, by=by, at=at, **facts
    )
    referral.save(update_fields=["patient"])
    return referral


def _give_to(referral: Referral, user: User, at: datetime) -> None:
    referral.owner, referral.owned_since = user, at
    referral.save(update_fields=["owner", "owned_since"])


def _error(parameter: str, message: str) -> ErrorItem:
    return ErrorItem(parameter=parameter, rule="required", message=message)
