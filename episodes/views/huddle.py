"""The huddle of a unit: everything on one screen, planned procedures, actions with owners."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, require_in_unit, requires, rights_in, row_or_refuse
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import units_of
from audit.actions import record_accesses
from episodes.actions.huddle import add_action, close_action, close_procedure, plan_procedure
from episodes.huddle import huddle_of
from episodes.huddle_forms import ActionForm, ClosingForm, ProcedureForm
from episodes.models import HuddleAction, PlannedProcedure
from episodes.queries import who_may
from patients.access import note_reading, open_run
from patients.queries import banner_of, census
from web.pages import act_on_form

P = Permission
FORM = "episodes/huddle_form.html"


@requires(P.PATIENT_VIEW)
def huddle(request: UserRequest) -> HttpResponse:
    """Show one unit; without one asked for, the first that the user may see."""
    at = timezone.now()
    units = list(units_of(request.user, P.PATIENT_VIEW, at))
    unit = _asked(units, request.GET.get("unit"))
    runs = list(census(request.user, at).filter(unit=unit))
    record_accesses(
        by=request.user,
        at=at,
        what="huddle",
        patient_keys=[run.patient.public_id for run in runs],
        request_id=request.id,
    )
    rights = rights_in(request.user, unit)
    context = {
        "unit": unit,
        "units": units,
        "huddle": huddle_of(unit, runs, at),
        "may_plan": P.RUN_EDIT in rights,
        "may_act": P.CHECK_RECORD in rights,
        "at": at,
    }
    return render(request, "episodes/huddle.html", context)


@requires(P.RUN_EDIT)
def procedure_create(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Plan a procedure."""
    at = timezone.now()
    run = open_run(request, public_id, P.RUN_EDIT, what="planned procedure")
    form = ProcedureForm(request.POST or None, at=at, people=who_may(P.CHECK_RECORD, run.unit, at))
    back = _page(run.unit)
    return act_on_form(
        request,
        form,
        lambda facts: plan_procedure(run=run, **facts, by=request.user, at=at),
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": "Plan a procedure",
            "note": "Off and on are what was agreed, for people to read: no infusion is changed.",
            "back": back,
        },
        then=back,
        done="Planned: it stands in the huddle and on the handover.",
    )


@requires(P.RUN_EDIT)
def procedure_close(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Say that a procedure was done or called off."""
    at = timezone.now()
    rows = PlannedProcedure.objects.select_related("run__patient__centre", "run__unit__centre")
    row = row_or_refuse(rows, request.user, P.RUN_EDIT, public_id=public_id)
    note_reading(request, row.run.patient, "planned procedure", row.public_id)
    back = _page(row.run.unit)
    return act_on_form(
        request,
        ClosingForm(request.POST or None),
        lambda facts: close_procedure(procedure=row, **facts, by=request.user, at=at),
        page="circuits/entry_form.html",
        context={
            "run": row.run,
            "banner": banner_of(row.run.patient, row.run, at),
            "title": row.what,
            "note": "What was done to the patient is charted under Events.",
            "back": back,
        },
        then=back,
        done="Closed.",
    )


@requires(P.CHECK_RECORD)
def action_create(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Take on an action."""
    at = timezone.now()
    unit = _unit(request, public_id, at)
    runs = census(request.user, at).filter(unit=unit)
    people = who_may(P.CHECK_RECORD, unit, at)
    form = ActionForm(request.POST or None, at=at, people=people, runs=runs)
    return act_on_form(
        request,
        form,
        lambda facts: add_action(unit=unit, **facts, by=request.user, at=at),
        page=FORM,
        context={"title": "Add an action", "unit": unit, "back": _page(unit)},
        then=_page(unit),
        done="Kept until somebody closes it.",
    )


@requires(P.CHECK_RECORD)
def action_close(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Say that an action was done or dropped."""
    at = timezone.now()
    rows = HuddleAction.objects.select_related("unit__centre", "run__patient")
    row = row_or_refuse(rows, request.user, P.CHECK_RECORD, public_id=public_id)
    if row.run is not None:
        note_reading(request, row.run.patient, "huddle action", row.public_id)
    return act_on_form(
        request,
        ClosingForm(request.POST or None),
        lambda facts: close_action(row=row, **facts, by=request.user, at=at),
        page=FORM,
        context={"title": row.text, "unit": row.unit, "back": _page(row.unit)},
        then=_page(row.unit),
        done="Closed.",
    )


def _unit(request: UserRequest, public_id: UUID, at: datetime) -> Unit:
    units = Unit.objects.with_permission(request.user, P.PATIENT_VIEW, at)
    unit = units.select_related("centre").filter(public_id=public_id).first()
    if unit is None:
        raise Http404("There is no such unit, or it is not yours to see.")
    require_in_unit(request.user, P.CHECK_RECORD, unit, at)
    return unit


def _asked(units: list[Unit], wanted: Any) -> Unit:
    return next((unit for unit in units if str(unit.public_id) == wanted), units[0])


def _page(unit: Unit) -> str:
    return f"{reverse('episodes:huddle')}?unit={unit.public_id}"
