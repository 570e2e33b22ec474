"""Journeys on support with their checklists, and where the patient lay."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.checklists import answer_item
from circuits.actions.transport import arrive, call_off, decide_leg, depart, plan_leg, stand_down
from circuits.care_policies import oxygen_policy
from circuits.forms.care import (
    ArrivalForm,
    BedForm,
    CallOffForm,
    DecisionForm,
    DepartureForm,
    LegForm,
    StandDownForm,
)
from circuits.journeys import PHASES, oxygen_of, phases
from circuits.views.form_page import form_page
from patients.access import note_reading, open_run
from patients.actions.beds import record_bed_move
from patients.models import TransportLeg
from patients.queries import banner_of
from web.pages import confirmed_in

PAGE = "circuits:transport"


@requires(Permission.PATIENT_VIEW)
def transport(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the journey at hand with its checklists and oxygen, earlier ones, and the beds."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="transport")
    legs = list(run.transport_legs.select_related("decided_by", "entered_by"))
    leg = next((one for one in legs if one.closed_at is None), None)
    found, rights = oxygen_policy(run.unit.centre, at), rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "leg": leg,
        "oxygen": oxygen_of(leg, found) if leg else None,
        "times": found.safety,
        "source": found.source,
        "phases": phases(run, str(leg.public_id), list(PHASES), at) if leg else [],
        "earlier": [one for one in legs if one is not leg],
        "moves": run.bed_moves.select_related("entered_by"),
        "may_edit": Permission.RUN_EDIT in rights,
        "may_decide": Permission.CARE_PLAN_SET in rights,
        "may_answer": Permission.CHECK_RECORD in rights,
        "at": at,
    }
    return render(request, "patients/transport.html", context)


@requires(Permission.RUN_EDIT)
def leg_plan(request: UserRequest, public_id: str) -> HttpResponse:
    """Plan a journey."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what="plan a transport")
    sizes = list(oxygen_policy(run.unit.centre, at).factors)
    form = LegForm(request.POST or None, at=at, sizes=sizes, initial={"planned_at": at})
    return form_page(
        request,
        run,
        form,
        lambda _: plan_leg(run=run, **form.leg(), by=request.user, at=at),
        title="Plan a transport",
        back=PAGE,
        done="Planned. The checklist before departure can begin.",
        at=at,
        is_wide=True,
    )


@requires(Permission.CARE_PLAN_SET)
def leg_decide(request: UserRequest, public_id: str) -> HttpResponse:
    """Sign go or no go."""
    at = timezone.now()
    leg = _leg(request, public_id, Permission.CARE_PLAN_SET)
    form = DecisionForm(request.POST or None)
    confirmed = confirmed_in(request)
    return form_page(
        request,
        leg.run,
        form,
        lambda facts: decide_leg(leg=leg, **facts, confirmed=confirmed, by=request.user, at=at),
        title="Go or no go",
        back=PAGE,
        done="Decision signed.",
        at=at,
    )


@requires(Permission.RUN_EDIT)
def leg_depart(request: UserRequest, public_id: str) -> HttpResponse:
    """Record the departure."""
    at = timezone.now()
    leg = _leg(request, public_id, Permission.RUN_EDIT)
    form = DepartureForm(request.POST or None, at=at, initial={"departed_at": at})
    confirmed = confirmed_in(request)
    return form_page(
        request,
        leg.run,
        form,
        lambda facts: depart(leg=leg, **facts, confirmed=confirmed, by=request.user, at=at),
        title="Departure",
        back=PAGE,
        done="On the way. Checks are now due more often.",
        at=at,
    )


@requires(Permission.RUN_EDIT)
def leg_arrive(request: UserRequest, public_id: str) -> HttpResponse:
    """Record the arrival."""
    at = timezone.now()
    leg = _leg(request, public_id, Permission.RUN_EDIT)
    form = ArrivalForm(request.POST or None, at=at, initial={"arrived_at": at})
    return form_page(
        request,
        leg.run,
        form,
        lambda facts: arrive(leg=leg, **facts, by=request.user, at=at),
        title="Arrival",
        back=PAGE,
        done="Arrived. A full check and the checklist after arrival come before stand-down.",
        at=at,
    )


@requires(Permission.RUN_EDIT)
def leg_stand_down(request: UserRequest, public_id: str) -> HttpResponse:
    """Close the journey."""
    at = timezone.now()
    leg = _leg(request, public_id, Permission.RUN_EDIT)
    confirmed = confirmed_in(request)
    return form_page(
        request,
        leg.run,
        StandDownForm(request.POST or None),
        lambda _: stand_down(leg=leg, confirmed=confirmed, by=request.user, at=at),
        title="Stand down",
        back=PAGE,
        done="Stood down.",
        at=at,
        note="Mains and wall gas connected, alarms on, full check of the circuit done.",
    )


@requires(Permission.RUN_EDIT)
def leg_call_off(request: UserRequest, public_id: str) -> HttpResponse:
    """Say that a journey does not take place."""
    at = timezone.now()
    leg = _leg(request, public_id, Permission.RUN_EDIT)
    return form_page(
        request,
        leg.run,
        CallOffForm(request.POST or None),
        lambda facts: call_off(leg=leg, **facts, by=request.user, at=at),
        title="Call the transport off",
        back=PAGE,
        done="Called off.",
        at=at,
    )


@requires(Permission.CHECK_RECORD)
def bed_move(request: UserRequest, public_id: str) -> HttpResponse:
    """Record that the patient lies in another bed."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="move to another bed")
    form = BedForm(request.POST or None, at=at, initial={"moved_at": at})
    return form_page(
        request,
        run,
        form,
        lambda facts: record_bed_move(run=run, **facts, by=request.user, at=at),
        title="Move to another bed",
        back=PAGE,
        done="Moved.",
        at=at,
    )


@require_POST
@requires(Permission.CHECK_RECORD)
def item_answer(request: UserRequest, public_id: str, kind: str, subject: str) -> HttpResponse:
    """Answer an item of a checklist of a run; the first answer begins the list."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="checklist")
    answer_item(
        run=run, kind=kind, subject=str(subject), **_answer(request), by=request.user, at=at
    )
    messages.success(request, "Answered.")
    page = PAGE if kind in PHASES else "circuits:decannulation"
    return redirect(f"{reverse(page, args=[run.public_id])}#{kind}")


def _answer(request: UserRequest) -> dict[str, Any]:
    item, answer = request.POST.get("item", ""), request.POST.get("answer", "")
    if answer not in {"done", "not_possible"}:
        raise Http404("There is no such answer.")
    return {"item": item, "answer": answer, "value": request.POST.get("value", "").strip()[:80]}


def _leg(request: UserRequest, public_id: str, permission: Permission) -> TransportLeg:
    rows = TransportLeg.objects.select_related("run__patient__centre", "run__unit__centre")
    leg = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, leg.run.patient, "transport", leg.public_id)
    return leg
