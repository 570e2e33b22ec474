"""An episode from flow on: its page, its steps, how it ends, follow-up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from audit.actions import record_accesses
from circuits.actions.holds import release_circuits
from clinical.lifecycle import State, asked_for, refusal
from episodes.actions.ending import (
    record_death,
    record_end_of_life,
    record_withdrawal,
    take_back_death,
)
from episodes.actions.follow_up import plan_visit, record_visit
from episodes.actions.steps import BY_NAME, step_run
from episodes.forms import (
    DeathForm,
    EndOfLifeForm,
    ReasonForm,
    ResultForm,
    StepForm,
    VisitForm,
    WithdrawalForm,
)
from episodes.policy import referral_policy
from patients.access import note_reading, open_run
from patients.episode import follow_up_list, followed, lifecycle_of, state_of
from patients.models import EndOfLife, FollowUpVisit, Run
from patients.queries import banner_of
from web.pages import act_on_form

PAGE = 50
Act = Callable[..., object]


@requires(Permission.PATIENT_VIEW)
def run_episode(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show the episode of a run: where it is, what may follow, its steps, its end, its visits."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="episode")
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "episode": lifecycle_of(run, referral_policy(run.unit.centre, at).decline_reasons),
        "hold": run.holds.filter(released_at=None).select_related("held_by").first(),
        "today": timezone.localdate(at),
        "may_edit": Permission.RUN_EDIT in rights_in(request.user, run.unit),
        "at": at,
    }
    return render(request, "episodes/run_episode.html", context)


@requires(Permission.RUN_EDIT)
def run_step(request: UserRequest, public_id: UUID, target: str) -> HttpResponse:
    """Take a run to a state that has no page of its own."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what=f"step to {target}")
    if target not in BY_NAME:
        raise Http404("No step of a run is called so.")
    to, here = State(target), state_of(run)
    step = asked_for(here, to, of_run=True)
    if step is None:
        raise Http404("No step of a run leads there.")
    policy = referral_policy(run.unit.centre, at)
    form = StepForm(
        request.POST or None, step=step, policy=policy, at=at, initial={"happened_at": at}
    )

    def act(facts: dict[str, Any]) -> object:
        return step_run(
            run=run,
            to=to,
            happened_at=facts["happened_at"],
            facts=form.facts(),
            by=request.user,
            at=at,
        )

    said = refusal(here, to) if request.method == "GET" else None
    return _page(request, run, form, act, step.verb, note=said or step.follows)


@requires(Permission.RUN_EDIT)
def run_death(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Record death, with the clamp apart from it."""
    at = timezone.now()
    note = (
        "Everything that reminds of this patient stops: what is due, messages, alerts, visits. "
        "Clamp and death have times of their own."
    )
    initial = _kept(_run(request, public_id))
    return _entry(request, public_id, DeathForm, record_death, "Death", at, note, initial)


@requires(Permission.RUN_EDIT)
def run_withdrawal(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Keep the decision to withdraw support."""
    at = timezone.now()
    note = "The decision is kept with its time. Flow off and death are recorded when they come."
    return _entry(
        request, public_id, WithdrawalForm, record_withdrawal, "Support withdrawn", at, note
    )


@requires(Permission.RUN_EDIT)
def run_end_of_life(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Answer what must not be forgotten at the end."""
    at = timezone.now()
    initial = _kept(_run(request, public_id))
    title = "Donation, coroner, family"
    return _entry(request, public_id, EndOfLifeForm, record_end_of_life, title, at, "", initial)


@requires(Permission.RUN_EDIT)
def run_release(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Let a held circuit go."""
    at = timezone.now()
    note = "Say who released it. From then on it may be discarded."
    return _entry(request, public_id, ReasonForm, release_circuits, "Release the circuit", at, note)


@requires(Permission.RUN_EDIT)
def run_take_back(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Undo the newest step of a run, which was an error."""
    at = timezone.now()
    title = "Take the newest step back"
    note = "The step and its taking back both stay readable."
    return _entry(request, public_id, ReasonForm, take_back_death, title, at, note)


@requires(Permission.RUN_EDIT)
def visit_create(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Plan a look at the patient."""
    at = timezone.now()
    return _entry(request, public_id, VisitForm, plan_visit, "Plan a visit", at, "")


@requires(Permission.RUN_EDIT)
def visit_record(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Enter how a visit went."""
    at = timezone.now()
    rows = FollowUpVisit.objects.select_related("run__patient__centre", "run__unit__centre")
    visit = row_or_refuse(rows, request.user, Permission.RUN_EDIT, public_id=public_id)
    note_reading(request, visit.run.patient, "visit", visit.public_id)
    form = ResultForm(request.POST or None)

    def act(facts: dict[str, Any]) -> object:
        return record_visit(visit=visit, **facts, by=request.user, at=at)

    return _page(request, visit.run, form, act, visit.name)


@requires(Permission.PATIENT_VIEW)
def follow_up(request: UserRequest) -> HttpResponse:
    """Show whose follow-up is still to come or to be planned."""
    at = timezone.now()
    page = Paginator(follow_up_list(request.user, at), PAGE).get_page(request.GET.get("page"))
    record_accesses(
        by=request.user,
        at=at,
        what="follow-up",
        patient_keys=[run.patient.public_id for run in page],
        request_id=request.id,
    )
    context = {
        "page": page,
        "rows": followed(page),
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "episodes/follow_up.html", context)


def _run(request: UserRequest, public_id: UUID) -> Run:
    rows = Run.objects.select_related("patient", "unit__centre")
    return row_or_refuse(rows, request.user, Permission.RUN_EDIT, public_id=public_id)


def _kept(run: Run) -> dict[str, Any]:
    """Return what is kept about the end already, for a form that adds to it."""
    names = EndOfLifeForm.base_fields.keys() - {"client_uuid"}
    return EndOfLife.objects.filter(run=run).values("clamped_at", *names).first() or {}


def _entry(
    request: UserRequest,
    public_id: UUID,
    form_class: type[Any],
    act: Act,
    title: str,
    at: datetime,
    note: str,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    run = open_run(request, public_id, Permission.RUN_EDIT, what=title.lower())
    clock = {"at": at} if hasattr(form_class, "show_before") else {}
    form = form_class(request.POST or None, initial=initial, **clock)

    def record(facts: dict[str, Any]) -> object:
        return act(run=run, **facts, by=request.user, at=at)

    return _page(request, run, form, record, title, note=note)


def _page(
    request: UserRequest,
    run: Run,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    title: str,
    *,
    note: str = "",
) -> HttpResponse:
    back = reverse("episodes:run-episode", args=[run.public_id])
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, timezone.now()),
        "title": title,
        "note": note,
        "back": back,
    }
    return act_on_form(
        request,
        form,
        act,
        page="circuits/entry_form.html",
        context=context,
        then=back,
        done=f"{title}: recorded.",
    )
