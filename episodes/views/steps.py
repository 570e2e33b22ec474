"""Steps of a referral, its log, and flow on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone

from accounts.access import UserRequest, require_in_unit, requires
from accounts.permissions import Permission
from clinical.lifecycle import State, asked_for, refusal
from episodes.actions import referrals as actions
from episodes.forms import (
    FlowIsOnForm,
    HandOverForm,
    LogForm,
    NameForm,
    ReasonForm,
    StepForm,
)
from episodes.policy import referral_policy
from episodes.queries import who_may_own
from episodes.views.referrals import open_referral
from patients.actions.referral import name_patient
from patients.models import Referral
from web.once import KEY
from web.pages import act_on_form, confirmed_in

Act = Callable[[dict[str, Any]], object]


@requires(Permission.REFERRAL_RECORD)
def referral_step(request: UserRequest, public_id: UUID, target: str) -> HttpResponse:
    """Take a referral to another state."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.PATIENT_VIEW, f"step to {target}")
    to = _state(target)
    step = asked_for(State(referral.state), to, of_run=False)
    if step is None:
        raise Http404("No step of a referral leads there.")
    require_in_unit(request.user, Permission(step.who), referral.unit, at)
    policy = referral_policy(referral.unit.centre, at)
    form = StepForm(
        request.POST or None, step=step, policy=policy, at=at, initial={"happened_at": at}
    )

    def act(facts: dict[str, Any]) -> object:
        return actions.step_referral(
            referral=referral,
            to=to,
            happened_at=facts["happened_at"],
            facts=form.facts(),
            review_at=facts.get("review_at"),
            by=request.user,
            at=at,
        )

    said = refusal(State(referral.state), to) if request.method == "GET" else None
    return _page(request, referral, form, act, step.verb, step.verb, note=said or step.follows)


@requires(Permission.REFERRAL_RECORD)
def referral_log(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Write into the call log."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.REFERRAL_RECORD, "call log")
    form = LogForm(request.POST or None, at=at, initial={"happened_at": at})
    act = _with(actions.log_call, referral, request, at)
    return _page(request, referral, form, act, "Call or note", "Save")


@requires(Permission.REFERRAL_RECORD)
def referral_hand_over(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Give a referral to the next coordinator."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.REFERRAL_RECORD, "handover")
    people = who_may_own(referral.unit, at)
    if referral.owner:
        people = people.exclude(pk=referral.owner.pk)
    form = HandOverForm(request.POST or None, at=at, people=people)
    act = _with(actions.hand_over, referral, request, at)
    note = "The clock runs on; whoever takes it is told, and reminded of what is due."
    return _page(request, referral, form, act, "Hand over", "Hand over", note=note)


@requires(Permission.REFERRAL_RECORD)
def referral_name(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Say who the patient is."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.REFERRAL_RECORD, "who it is")
    initial = {"family_name": referral.patient_name}
    form = NameForm(request.POST or None, at=at, initial=initial)
    act = _with(name_patient, referral, request, at)
    note = "A patient whom the centre knows is found by the MRN; a new one is admitted."
    return _page(request, referral, form, act, "Who the patient is", "Save", note=note)


@requires(Permission.RUN_START)
def referral_flow_on(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Flow on for a referred patient: one tap and a time."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.RUN_START, "flow on")
    initial = {"started_at": at, "support_type": referral.support_type}
    form = FlowIsOnForm(request.POST or None, at=at, initial=initial)

    def act(facts: dict[str, Any]) -> object:
        return actions.start_from_referral(
            referral=referral,
            **facts,
            public_id=form.cleaned_data[KEY],
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    note = (
        "" if referral.patient else "Nobody has named the patient yet: a temporary name is given."
    )
    return _page(request, referral, form, act, "Flow on", "Flow is on", note=note, is_big=True)


@requires(Permission.REFERRAL_TRIAGE)
def referral_take_back(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Undo the newest step, which was an error."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.REFERRAL_TRIAGE, "take back")
    form = ReasonForm(request.POST or None)
    act = _with(actions.take_back, referral, request, at)
    note = "The step and its taking back both stay readable."
    return _page(request, referral, form, act, "Take the newest step back", "Take back", note=note)


def _with(act: Any, referral: Referral, request: UserRequest, at: datetime) -> Act:
    return lambda facts: act(referral=referral, **facts, by=request.user, at=at)


def _page(
    request: UserRequest,
    referral: Referral,
    form: forms.BaseForm,
    act: Act,
    title: str,
    button: str,
    *,
    note: str = "",
    is_big: bool = False,
) -> HttpResponse:
    back = referral.get_absolute_url()
    context = {
        "referral": referral,
        "title": title,
        "button": button,
        "note": note,
        "back": back,
        "is_big": is_big,
    }
    return act_on_form(
        request,
        form,
        act,
        page="patients/referral_entry.html",
        context=context,
        then=back,
        done=f"{title}: recorded.",
    )


def _state(target: str) -> State:
    try:
        return State(target)
    except ValueError as unknown:
        raise Http404("There is no such state of a referral.") from unknown
