"""A referral with what follows by itself: who is told, what falls due, what stops."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import Unit, User
from audit.context import action
from circuits.actions.support import record_weight, start_support
from clinical.lifecycle import State, label
from episodes.actions.waiting import (
    prefix_of,
    reassess_referral,
    tell_new_owner,
    tell_of_call,
)
from episodes.policy import referral_policy
from notifications.actions import withdraw_notifications
from patients.actions import referral as plain
from patients.actions import steps
from patients.actions.patient import admit_unknown
from patients.models import CallLogEntry, EpisodeStep, Patient, Referral, Run, WeightBasis
from web.problems import ErrorItem, RuleBroken


class WatchedTooLong(RuleBroken):
    code = "watched_too_long"


class NeedsPhysicians(RuleBroken):
    code = "needs_physicians"


class UnknownReason(RuleBroken):
    code = "unknown_reason"
    status = 400


class StepElsewhere(RuleBroken):
    code = "step_elsewhere"


@action("recorded a referral")
def receive_referral(
    *,
    unit: Unit,
    call_back: str,
    called_at: datetime,
    by: User,
    at: datetime,
    public_id: UUID | None = None,
    **facts: Any,
) -> Referral:
    """Begin a referral: its clock runs, and the physician on call is told."""
    referral = plain.record_referral(
        unit=unit,
        call_back=call_back,
        called_at=called_at,
        by=by,
        at=at,
        public_id=public_id,
        **facts,
    )
    reassess_referral(referral=referral, at=at)
    tell_of_call(referral=referral, at=at)
    return referral


@action("took a step of a referral")
def step_referral(
    *,
    referral: Referral,
    to: State,
    happened_at: datetime,
    by: User,
    at: datetime,
    facts: Mapping[str, str] | None = None,
    review_at: datetime | None = None,
) -> EpisodeStep:
    """Take a referral on, weigh it, watch, accept or decline it, send the team, cannulate, or end it.

    Raises WatchedTooLong, NeedsPhysicians and UnknownReason beside what the table refuses.
    """
    if to in {State.SUPPORTING, State.REFERRED}:
        raise StepElsewhere(
            f"“{label(to)}” is no step to choose: flow on starts it, with the run and its clocks."
        )
    told = dict(facts or {})
    _check_plan(referral, to, told, review_at, at)
    if to is State.TRIAGE:
        step = plain.take_on(referral=referral, happened_at=happened_at, by=by, at=at, facts=told)
    else:
        step = steps.step_referral(
            referral=referral,
            to=to,
            happened_at=happened_at,
            by=by,
            at=at,
            facts=told,
            review_at=review_at,
        )
    referral = Referral.objects.locked(referral.pk)
    if not referral.is_open:
        withdraw_notifications(prefixes=[prefix_of(referral)])
    reassess_referral(referral=referral, at=at)
    return step


@action("took a step back")
def take_back(*, referral: Referral, by: User, at: datetime, reason: str) -> EpisodeStep:
    """Undo the newest step of a referral; what it waits for is what it waited for before."""
    step = steps.take_back(of=referral, by=by, at=at, reason=reason)
    reassess_referral(referral=Referral.objects.locked(referral.pk), at=at)
    return step


@action("wrote into the call log")
def log_call(*, referral: Referral, by: User, at: datetime, **facts: Any) -> CallLogEntry:
    """Add to the log of a referral. `facts`: text, happened_at, kind, spoke_with."""
    entry = plain.log_call(referral=referral, by=by, at=at, **facts)
    reassess_referral(referral=Referral.objects.locked(referral.pk), at=at)
    return entry


@action("handed a referral over")
def hand_over(*, referral: Referral, to: User, text: str, by: User, at: datetime) -> CallLogEntry:
    """Give a referral with its running clock to the next coordinator, who is told and reminded."""
    entry = plain.hand_over(referral=referral, to=to, text=text, by=by, at=at)
    referral = Referral.objects.locked(referral.pk)
    tell_new_owner(referral=referral, to=to, at=at)
    reassess_referral(referral=referral, at=at)
    return entry


@action("turned flow on")
def start_from_referral(
    *,
    referral: Referral,
    started_at: datetime,
    by: User,
    at: datetime,
    public_id: UUID | None = None,
    **facts: Any,
) -> Run:
    """Flow on for a referred patient: one tap and a time; what was told comes along.

    A patient whom nobody has named yet gets a temporary identity. The weight that was told is
    taken as an estimate. Raises StepRefused if the referral has a run already.
    """
    referral = Referral.objects.locked(referral.pk)
    support_type = facts.pop("support_type", "") or referral.support_type
    run = start_support(
        patient=referral.patient or _unknown(referral, support_type, started_at, by, at),
        unit=referral.unit,
        started_at=started_at,
        support_type=support_type,
        referral=referral,
        public_id=public_id,
        by=by,
        at=at,
        **facts,
    )
    withdraw_notifications(prefixes=[prefix_of(referral)])
    if referral.weight_kg:
        record_weight(
            run=run,
            weight_kg=referral.weight_kg,
            basis=WeightBasis.ESTIMATED,
            measured_at=referral.called_at,
            by=by,
            at=at,
        )
    return run


def _unknown(
    referral: Referral, support_type: str, started_at: datetime, by: User, at: datetime
) -> Patient:
    return admit_unknown(
        unit=referral.unit,
        seen_at=started_at,
        called="ECPR" if support_type == "ecpr" or referral.had_arrest else "ECMO",
        name=referral.patient_name,
        by=by,
        at=at,
    )


def _check_plan(
    referral: Referral, to: State, told: Mapping[str, str], review_at: datetime | None, at: datetime
) -> None:
    """Hold a plan against the site's policy: how long to watch, who accepts, why it is declined."""
    policy = referral_policy(referral.unit.centre, at)
    if to is State.WATCH and review_at is not None:
        _check_watch(review_at, at, policy.longest_watch_h)
    code = told.get("reason", "").strip()
    if to is State.DECLINED and code and code not in policy.decline_reasons:
        known = ", ".join(policy.decline_reasons)
        raise UnknownReason(f"“{code}” is no reason of the site's list: {known}.")
    if to is State.ACCEPTED and (names := told.get("physicians", "").strip()):
        count = len([name for name in names.replace("\n", ",").split(",") if name.strip()])
        if count < policy.accepting_physicians:
            said = (
                f"Accepting takes {policy.accepting_physicians} physicians. Name each, with a "
                "comma between them; if flow is on already, record flow on instead."
            )
            raise NeedsPhysicians(said, errors=[_error("physicians", said)])


def _check_watch(review_at: datetime, at: datetime, longest_h: float) -> None:
    said = ""
    if review_at <= at:
        said = "The time to look again must lie ahead. Choose a later one, or decide now."
    elif review_at > at + timedelta(hours=longest_h):
        said = (
            f"A watched patient is looked at again within {longest_h:g} h. Choose an earlier time."
        )
    if said:
        raise WatchedTooLong(said, errors=[_error("review_at", said)])


def _error(parameter: str, message: str) -> ErrorItem:
    return ErrorItem(parameter=parameter, rule="policy", message=message)
