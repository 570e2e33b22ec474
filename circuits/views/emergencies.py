"""Emergencies: two taps from anywhere to a running clock, and all that follows on one page."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, require_in_unit, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.actions.emergencies import (
    debrief_emergency,
    end_emergency,
    name_patient,
    note_in_emergency,
    open_card,
    start_emergency,
)
from circuits.emergencies import Card, cards_of, debriefs_for, opened_cards, runs_for, timeline
from circuits.forms.emergency import DebriefForm, EndForm, EntryForm, NameForm, StartForm
from circuits.models import Emergency
from patients.access import note_reading
from patients.care import emergency_plan_of
from staffing.queries import on_duty
from web.checklist_forms import fresh
from web.checklists import progress_of
from web.models import ChecklistRun
from web.once import KEY
from web.pages import act_on_form

P = Permission
DETAIL = "circuits/emergency_detail.html"
FORM = "circuits/emergency_form.html"
RECENT = 8
NO_CONTENT = 204


@requires(P.CHECKLIST_ANSWER)
def emergency_start(request: UserRequest) -> HttpResponse:
    """Offer the cards; one tap on a card starts the clock."""
    at = timezone.now()
    units = list(units_of(request.user, P.CHECKLIST_ANSWER, at))
    form = StartForm(request.POST or None, runs=runs_for(request.user, at), units=units)
    asked = request.GET.get("run", "")
    form.initial["where"] = asked if asked in form.runs else next(iter(form.units), "")
    emergencies = Emergency.objects.visible_to(request.user, at).select_related(
        "unit", "run__patient"
    )
    key = _key_of(request)

    def start(_: dict[str, Any]) -> Emergency:
        return start_emergency(**form.chosen(), public_id=key, by=request.user, at=at)

    return act_on_form(
        request,
        form,
        start,
        page="circuits/emergency_start.html",
        context={
            "cards": cards_of(units[0].centre, at) if units else [],
            "running": emergencies.running(),
            "recent": emergencies.exclude(ended_at=None)[:RECENT],
            "at": at,
        },
        then=reverse("circuits:emergency", args=[key]) if key else request.path,
        done="The clock runs. Whoever is on call is being told.",
    )


@requires(P.CATALOGUE_VIEW)
def emergency_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the clock, the plan, the steps and what happened; htmx asks for the news with `lines`."""
    emergency = _open(request, public_id)
    context = _context(request, emergency)
    if request.headers.get("HX-Request"):
        if request.GET.get("lines") == str(len(context["lines"])):
            return HttpResponse(status=NO_CONTENT)
        return render(request, "circuits/_emergency_log.html", context)
    return render(request, DETAIL, context)


@require_POST
@requires(P.CHECKLIST_ANSWER)
def emergency_card(request: UserRequest, public_id: str, card: str) -> HttpResponse:
    """Open another card beside those that are open."""
    emergency = _open(request, public_id, P.CHECKLIST_ANSWER)
    opened = open_card(emergency=emergency, card=card, by=request.user, at=timezone.now())
    return redirect(f"{_page(emergency)}?card={opened.public_id}")


@requires(P.CHECKLIST_ANSWER)
def emergency_note(request: UserRequest, public_id: str) -> HttpResponse:
    """Add a line: said, given, read, called."""
    at = timezone.now()
    emergency = _open(request, public_id, P.CHECKLIST_ANSWER)
    return act_on_form(
        request,
        EntryForm(request.POST or None, at=at),
        lambda facts: note_in_emergency(emergency=emergency, **facts, by=request.user, at=at),
        page=DETAIL,
        context=_context(request, emergency),
        then=_page(emergency),
        done="Kept on the timeline.",
    )


@require_POST
@requires(P.CHECKLIST_ANSWER)
def emergency_name(request: UserRequest, public_id: str) -> HttpResponse:
    """Say whose emergency it is."""
    at = timezone.now()
    emergency = _open(request, public_id, P.CHECKLIST_ANSWER)
    form = NameForm(request.POST, runs=runs_for(request.user, at))
    return act_on_form(
        request,
        form,
        lambda facts: name_patient(
            emergency=emergency, run=form.runs[facts["run"]], by=request.user, at=at
        ),
        page=FORM,
        context={"title": "Whose emergency is it?", "emergency": emergency},
        then=_page(emergency),
        done="The patient is named; plan and ceiling of care are shown on top.",
    )


@requires(P.CHECKLIST_ANSWER)
def emergency_end(request: UserRequest, public_id: str) -> HttpResponse:
    """Stop the clock."""
    at = timezone.now()
    emergency = _open(request, public_id, P.CHECKLIST_ANSWER)
    return act_on_form(
        request,
        EndForm(request.POST or None, at=at, initial={"ended_at": at}),
        lambda facts: end_emergency(emergency=emergency, **facts, by=request.user, at=at),
        page=FORM,
        context={"title": "End of the emergency", "emergency": emergency},
        then=_page(emergency),
        done="Ended. Late lines are still taken. Talk it over while all are here.",
    )


@requires(P.CHECKLIST_ANSWER)
def emergency_debrief(request: UserRequest, public_id: str) -> HttpResponse:
    """Keep what was said soon after."""
    at = timezone.now()
    emergency = _open(request, public_id, P.CHECKLIST_ANSWER)
    initial = {"held_at": at, "led_by": str(request.user)}
    return act_on_form(
        request,
        DebriefForm(request.POST or None, at=at, initial=initial),
        lambda facts: debrief_emergency(emergency=emergency, **facts, by=request.user, at=at),
        page=FORM,
        context={
            "title": "Debrief",
            "emergency": emergency,
            "sub": "Read only with the right to peer review, and by who writes it.",
        },
        then=_page(emergency),
        done="The debrief is kept.",
    )


def _open(request: UserRequest, public_id: str, permission: Permission | None = None) -> Emergency:
    """Return the emergency; without a `permission`, to whoever may see it in the list."""
    rows = Emergency.objects.select_related(
        "unit__centre", "run__patient__centre", "run__unit__centre", "started_by", "ended_by"
    )
    if permission is None:
        visible = rows.visible_to(request.user, timezone.now())
        emergency = get_object_or_404(visible, public_id=public_id)
    else:
        emergency = row_or_refuse(rows, request.user, permission, public_id=public_id)
    if emergency.run is not None:
        require_in_unit(request.user, P.PATIENT_VIEW, emergency.unit, timezone.now())
        note_reading(request, emergency.run.patient, "emergency", emergency.public_id)
    return emergency


def _key_of(request: UserRequest) -> UUID | None:
    """Return the key of the form, which becomes that of the emergency: sent twice, it is one."""
    try:
        return UUID(request.POST.get(KEY, ""))
    except ValueError:
        return None


def _page(emergency: Emergency) -> str:
    return reverse("circuits:emergency", args=[emergency.public_id])


def _context(request: UserRequest, emergency: Emergency) -> dict[str, Any]:
    at, run = timezone.now(), emergency.run
    cards = list(opened_cards(emergency))
    rights = rights_in(request.user, emergency.unit)
    may_answer = P.CHECKLIST_ANSWER in rights
    plan = emergency_plan_of(run) if run else None
    return {
        **_steps(request, cards),
        "emergency": emergency,
        "cards": cards,
        "lines": timeline(emergency, cards),
        "may_answer": may_answer,
        "plan": plan,
        "is_stale": plan is not None and plan.review_by < at,
        "on_duty": on_duty(emergency.unit, at),
        "form": EntryForm(at=at),
        "more": _others(emergency, cards) if may_answer else [],
        "naming": NameForm(runs=runs_for(request.user, at)) if may_answer and not run else None,
        "debriefs": debriefs_for(request.user, emergency, may_review=P.PEER_REVIEW in rights),
        "at": at,
        "zone": timezone.get_current_timezone_name(),
    }


def _steps(request: UserRequest, cards: list[ChecklistRun]) -> dict[str, Any]:
    """Return the steps of the card that is asked for, else of the newest."""
    asked = request.GET.get("card", "")
    card = next((one for one in cards if str(one.public_id) == asked), cards[0])
    progress = progress_of(card)
    return {
        "checklist": card,
        "progress": progress,
        "shown": [fresh(state) for state in progress.states],
    }


def _others(emergency: Emergency, cards: list[ChecklistRun]) -> list[Card]:
    opened = {card.kind for card in cards}
    rows = cards_of(emergency.unit.centre, timezone.now())
    return [row for row in rows if row.kind not in opened]
