"""The readiness board; standby circuits from assembly to use."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, held, requires, rights_in, row_or_refuse
from accounts.models import Membership, Unit, User
from accounts.permissions import Permission, Role, roles_with
from accounts.queries import units_of
from audit.actions import record_accesses
from circuits.actions.activate import Replacing, activate_standby
from circuits.actions.prime import prime_standby, record_prime_chemistry
from circuits.actions.standby import (
    LISTS,
    assemble_standby,
    begin_standby_list,
    change_standby,
    lists_of,
)
from circuits.forms.standby import (
    ActivateForm,
    AssembleForm,
    ChemistryForm,
    PrimeForm,
    StatusForm,
)
from circuits.models import RemovalReason, StandbyCircuit
from circuits.readiness import boards, standby_row
from circuits.standby_policies import chemistry_table
from patients.models import Run
from web.pages import act_on_form, confirmed_in

P = Permission
FORM = "circuits/standby_form.html"


@requires(P.CATALOGUE_VIEW)
def readiness(request: UserRequest) -> HttpResponse:
    """Show what stands ready in each unit; what was not looked at is not ready."""
    at = timezone.now()
    shown = boards(request.user, at)
    looking = [
        one.unit.pk for one in shown if P.CHECKLIST_ANSWER in rights_in(request.user, one.unit)
    ]
    keeping = [one.unit.pk for one in shown if P.STANDBY_KEEP in rights_in(request.user, one.unit)]
    context = {
        "boards": shown,
        "may_keep": P.STANDBY_KEEP in held(request),
        "may_look": looking,
        "may_keep_in": keeping,
        "at": at,
    }
    return render(request, "circuits/readiness.html", context)


@requires(P.CATALOGUE_VIEW)
def standby_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show a circuit: its clock, parts, prime, chemistry, checklists and what became of it."""
    at = timezone.now()
    standby = _open(request, public_id, P.CATALOGUE_VIEW)
    rights = rights_in(request.user, standby.unit)
    context = {
        "standby": standby,
        "row": standby_row(standby, at),
        "parts": standby.parts.select_related("component__model"),
        "primes": standby.primes.select_related("primed_by", "verified_by").prefetch_related(
            "products", "chemistries__entered_by", "chemistries__overridden_by"
        ),
        "changes": standby.changes.select_related("by"),
        "lists": lists_of(standby).select_related("started_by", "ended_by"),
        "kinds": LISTS,
        "is_kept": standby.status in {"ready", "quarantined"},
        "may_keep": P.STANDBY_KEEP in rights,
        "may_answer": P.CHECKLIST_ANSWER in rights,
        "may_connect": P.COMPONENT_EXCHANGE in rights,
        "at": at,
    }
    return render(request, "circuits/standby_detail.html", context)


@requires(P.STANDBY_KEEP)
def standby_create(request: UserRequest) -> HttpResponse:
    """Put a circuit together."""
    at = timezone.now()
    units = units_of(request.user, P.STANDBY_KEEP, at)
    form = AssembleForm(request.POST or None, at=at, units=units, initial={"assembled_at": at})

    def assemble(_: dict[str, Any]) -> object:
        return assemble_standby(**form.facts(), parts=form.parts(), by=request.user, at=at)

    back = reverse("circuits:readiness")
    context = {"title": "Assemble a standby circuit", "back": back, "is_wide": True}
    return act_on_form(
        request, form, assemble, page=FORM, context=context, then=back, done="Assembled, dry."
    )


@requires(P.STANDBY_KEEP)
def standby_prime(request: UserRequest, public_id: str) -> HttpResponse:
    """Fill a circuit."""
    at = timezone.now()
    standby = _open(request, public_id, P.STANDBY_KEEP)
    initial = {"primed_at": at, "primed_by": request.user}
    people = members(standby.unit, list(Role))
    form = PrimeForm(request.POST or None, at=at, people=people, initial=initial)

    def prime(_: dict[str, Any]) -> object:
        facts = {**form.facts(), "products": form.products()}
        return prime_standby(standby=standby, **facts, by=request.user, at=at)

    return _page(request, standby, form, prime, "Prime", "Primed. Its time counts from now on.")


@requires(P.STANDBY_KEEP)
def prime_chemistry(request: UserRequest, public_id: str) -> HttpResponse:
    """Keep an analysis of the newest prime."""
    at = timezone.now()
    standby = _open(request, public_id, P.STANDBY_KEEP)
    prime = standby.primes.last()
    if prime is None:
        return redirect("circuits:standby-prime", standby.public_id)
    table = chemistry_table(standby.unit.centre, at)
    form = ChemistryForm(
        request.POST or None,
        at=at,
        chemicals=table.chemicals,
        physicians=members(standby.unit, roles_with(P.LIMIT_SET)),
        initial={"sampled_at": at},
    )

    def record(facts: dict[str, Any]) -> object:
        return record_prime_chemistry(
            prime=prime,
            values=form.values(),
            sampled_at=facts["sampled_at"],
            overridden_by=facts["overridden_by"],
            override_reason=facts["override_reason"],
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    note = f"Lines: {table.source}. A physician may decide otherwise; nothing holds an activation."
    title = "Chemistry of the prime"
    return _page(request, standby, form, record, title, "Chemistry kept.", note=note)


@requires(P.STANDBY_KEEP)
def standby_status(request: UserRequest, public_id: str) -> HttpResponse:
    """Set a circuit apart, discard it, or take it back."""
    at = timezone.now()
    standby = _open(request, public_id, P.STANDBY_KEEP)
    initial = {"changed_at": at, "status": standby.status}
    form = StatusForm(request.POST or None, at=at, initial=initial)

    def change(facts: dict[str, Any]) -> object:
        return change_standby(standby=standby, **facts, by=request.user, at=at)

    return _page(request, standby, form, change, "What it is good for", "Noted.")


@requires(P.COMPONENT_EXCHANGE)
def standby_activate(request: UserRequest, public_id: str) -> HttpResponse:
    """Record that a circuit carries a patient."""
    at = timezone.now()
    standby = _open(request, public_id, P.COMPONENT_EXCHANGE)
    runs = Run.objects.running().filter(unit=standby.unit).select_related("patient")
    record_accesses(
        by=request.user,
        at=at,
        what="connect a standby circuit",
        patient_keys=[run.patient.public_id for run in runs],
        request_id=request.id,
    )
    form = ActivateForm(request.POST or None, at=at, runs=runs, initial={"activated_at": at})

    def activate(facts: dict[str, Any]) -> object:
        replacing = Replacing(
            reason=facts["reason"] or RemovalReason.OTHER,
            urgency=facts["urgency"],
            off_support_s=facts["off_support_s"],
        )
        return activate_standby(
            run=facts["run"],
            standby=standby,
            activated_at=facts["activated_at"],
            replacing=replacing,
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    note = "Its parts go into the patient's circuit with their history. Nothing holds this up."
    title = f"Connect {standby.label}"
    return _page(request, standby, form, activate, title, "Connected.", note=note)


@require_POST
@requires(P.CHECKLIST_ANSWER)
def standby_list(request: UserRequest, public_id: str, kind: str) -> HttpResponse:
    """Begin a checklist of a circuit, or go on with the one that is open."""
    standby = _open(request, public_id, P.CHECKLIST_ANSWER)
    begun = begin_standby_list(standby=standby, kind=kind, by=request.user, at=timezone.now())
    return redirect("checklist", begun.public_id)


def members(unit: Unit, roles: list[Any]) -> QuerySet[User]:
    """Return the people who work in a unit in one of the roles."""
    held_there = Membership.objects.filter(role__in=roles, centre=unit.centre_id)
    here = held_there.filter(unit=unit) | held_there.filter(unit=None)
    return User.objects.filter(pk__in=here.values("user"), is_active=True).order_by("last_name")


def _open(request: UserRequest, public_id: str, permission: Permission) -> StandbyCircuit:
    rows = StandbyCircuit.objects.select_related("unit__centre", "circuit__run")
    return row_or_refuse(rows, request.user, permission, public_id=public_id)


def _page(
    request: UserRequest,
    standby: StandbyCircuit,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    title: str,
    done: str,
    note: str = "",
) -> HttpResponse:
    back = reverse("circuits:standby-detail", args=[standby.public_id])
    context = {"title": title, "sub": standby.label, "note": note, "back": back, "is_wide": True}
    return act_on_form(request, form, act, page=FORM, context=context, then=back, done=done)
