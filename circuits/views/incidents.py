"""Device incidents: the list, one case, and each step of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import M, UserRequest, VisibleTo, held, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.actions.incidents import (
    close_incident,
    hand_over,
    judge_harm,
    record_incident,
    release_part,
    report_incident,
)
from circuits.actions.incidents_outside import record_incident_outside
from circuits.forms.incident import (
    HandOverForm,
    HarmForm,
    IncidentForm,
    OutcomeForm,
    OutsideForm,
    ReleaseForm,
    ReportedForm,
)
from circuits.models import Component, ComponentUse, Console, DeviceIncident, StockLot
from circuits.queries import uses_of
from patients.access import note_reading, open_run
from patients.queries import banner_of
from web.formbase import ClockedForm
from web.once import KEY
from web.pages import act_on_form, confirmed_in

P = Permission
PAGE = 50
OUTSIDE = ("unit", "happened_at", "what", "harm", "harm_note", "holder", "place")
STEPS: dict[str, tuple[str, Permission, type[ClockedForm], Callable[..., object]]] = {
    "hand-over": ("Hand the part over", P.INCIDENT_RECORD, HandOverForm, hand_over),
    "harm": ("Harm to the patient", P.INCIDENT_RECORD, HarmForm, judge_harm),
    "release": ("Let the part go", P.CATALOGUE_EDIT, ReleaseForm, release_part),
    "report": ("Report sent", P.CATALOGUE_EDIT, ReportedForm, report_incident),
    "close": ("Close the case", P.CATALOGUE_EDIT, OutcomeForm, close_incident),
}
"""Each step by its place in the address: title, right, form, action."""


@require_safe
@requires(P.CATALOGUE_VIEW)
def incident_list(request: UserRequest) -> HttpResponse:
    """Show the incidents of one's units, the open ones first."""
    at = timezone.now()
    rows = DeviceIncident.objects.visible_to(request.user, at)
    related = rows.select_related("component__model", "unit", "run__patient")
    context = {
        "page": Paginator(related, PAGE).get_page(request.GET.get("page")),
        "may_record": P.INCIDENT_RECORD in held(request),
        "at": at,
    }
    return render(request, "circuits/incident_list.html", context)


@requires(P.INCIDENT_RECORD)
def incident_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Record an incident with a part of a run; the part is kept aside."""
    at = timezone.now()
    run = open_run(request, public_id, P.INCIDENT_RECORD, what="device incident")
    form = IncidentForm(
        request.POST or None,
        at=at,
        uses=uses_of(run).reverse(),
        initial={"part": request.GET.get("part", "")},
    )
    back = reverse("circuits:circuit-detail", args=[run.public_id])

    def record(facts: dict[str, Any]) -> None:
        facts.pop("part")
        use = form.use()
        component = use.component if use else None
        found = {"unit": run.unit, "run": run, "component": component, **facts}
        record_incident(**found, public_id=form.cleaned_data[KEY], by=request.user, at=at)

    return act_on_form(
        request,
        form,
        record,
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": "Device incident",
            "note": "What was done for the patient is charted first; this is about the device.",
            "back": back,
        },
        then=_case_of(request) or back,
        done="Incident recorded.",
    )


@requires(P.INCIDENT_RECORD)
def incident_record(request: UserRequest) -> HttpResponse:
    """Record an incident with a device on which no patient is: `?console=` or `?lot=` names it."""
    at = timezone.now()
    lot = _named(request, StockLot.objects.select_related("model", "unit"), "lot")
    console = _named(request, Console.objects.select_related("component", "unit"), "console")
    form = OutsideForm(
        request.POST or None,
        request.FILES or None,
        at=at,
        units=units_of(request.user, P.INCIDENT_RECORD, at),
        initial=_label_of(lot or (console.component if console else None), lot or console),
    )
    back = reverse("circuits:incident-list")

    def record(facts: dict[str, Any]) -> None:
        told = {name: facts[name] for name in OUTSIDE}
        part = form.part()
        is_of_lot = lot and part and (lot.unit, lot.model) == (told["unit"], part.model)
        record_incident_outside(
            **told,
            part=part,
            lot=lot if is_of_lot else None,
            public_id=form.cleaned_data[KEY],
            by=request.user,
            at=at,
        )

    return act_on_form(
        request,
        form,
        record,
        page="circuits/equipment_form.html",
        context={
            "title": "Device incident",
            "sub": "no patient on it; with one, record it from the patient's circuit",
            "has_files": True,
            "back": back,
        },
        then=_case_of(request) or back,
        done="Incident recorded.",
    )


@require_safe
@requires(P.CATALOGUE_VIEW)
def incident_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one case: what happened, who holds the part, what is owed."""
    at = timezone.now()
    incident = _incident(request, public_id, P.CATALOGUE_VIEW)
    rights = rights_in(request.user, incident.unit)
    sees_patient = incident.run is not None and P.PATIENT_VIEW in rights
    uses = ComponentUse.objects.filter(component=incident.component_id or 0)
    context = {
        "incident": incident,
        "custody": list(incident.custody.select_related("entered_by")),
        "still_in": uses.select_related("circuit").filter(removed_at=None).first(),
        "sees_patient": sees_patient,
        "may_record": P.INCIDENT_RECORD in rights,
        "may_work": P.CATALOGUE_EDIT in rights,
        "at": at,
    }
    return render(request, "circuits/incident_detail.html", context)


def incident_step(request: UserRequest, public_id: str, step: str) -> HttpResponse:
    """Take one step of a case."""
    at = timezone.now()
    title, permission, shape, act = STEPS[step]
    incident = _incident(request, public_id, permission)
    form = shape(request.POST or None, at=at)
    back = reverse("circuits:incident-detail", args=[incident.public_id])
    told = {"confirmed": confirmed_in(request)} if act is release_part else {}
    return act_on_form(
        request,
        form,
        lambda facts: act(incident=incident, **facts, **told, by=request.user, at=at),
        page="circuits/incident_step.html",
        context={"incident": incident, "title": title, "back": back},
        then=back,
        done="Noted.",
    )


def step_view(step: str) -> Callable[..., Any]:
    """Return the guarded view of one step."""

    def view(request: UserRequest, public_id: str) -> HttpResponse:
        return incident_step(request, public_id, step)

    return requires(STEPS[step][1])(view)


def _case_of(request: UserRequest) -> str:
    """Return the page of the case that this form makes: its key is that of the form."""
    try:
        return reverse("circuits:incident-detail", args=[UUID(request.POST.get(KEY, ""))])
    except ValueError:
        return ""


def _named(request: UserRequest, rows: VisibleTo[M], name: str) -> M | None:
    """Return the row of one's units that the address names, if it names one."""
    try:
        key = UUID(request.GET.get(name, ""))
    except ValueError:
        return None
    return row_or_refuse(rows, request.user, P.INCIDENT_RECORD, public_id=key)


def _label_of(part: StockLot | Component | None, kept: StockLot | Console | None) -> dict[str, Any]:
    """Return what the form knows of a device that the address names; nothing of one it does not."""
    if part is None or kept is None:
        return {}
    names = ("model", "lot", "serial", "udi", "expires_on")
    return {"unit": kept.unit, **{name: getattr(part, name, "") for name in names}}


def _incident(request: UserRequest, public_id: str, permission: Permission) -> DeviceIncident:
    rows = DeviceIncident.objects.select_related(
        "unit__centre", "run__patient", "component__model", "entered_by"
    )
    incident = row_or_refuse(rows, request.user, permission, public_id=public_id)
    if incident.run and P.PATIENT_VIEW in rights_in(request.user, incident.unit):
        note_reading(request, incident.run.patient, "device incident", incident.public_id)
    return incident
