"""Devices that are not used up: the list, one device, the hygiene of heater units, each step."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import UserRequest, held, requires, rights_in
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.access import open_shared
from circuits.actions.consoles import (
    add_console,
    lend_console,
    record_service,
    record_water,
    return_console,
    set_state,
)
from circuits.actions.equipment_dues import kinds_of
from circuits.consoles import alarm_limits, console_lines
from circuits.equipment_policy import equipment_policy
from circuits.forms.console import (
    AlarmLimitsForm,
    ConsoleForm,
    LendForm,
    ReturnForm,
    ServiceForm,
    StateForm,
    WaterForm,
)
from circuits.models import Console, ConsoleQuerySet, RecordKind, Verdict
from web.pages import act_on_form

P = Permission
RELATED = ("component__model", "unit__centre", "state_by")


@require_safe
@requires(P.CATALOGUE_VIEW)
def console_list(request: UserRequest) -> HttpResponse:
    """Show every device of one's centres: where it is, and what is due."""
    at = timezone.now()
    rows = Console.objects.visible_to(request.user, at).present().select_related(*RELATED)
    context = {
        "lines": console_lines(rows, request.user, at),
        "may_work": P.CATALOGUE_EDIT in held(request),
        "at": at,
    }
    return render(request, "circuits/console_list.html", context)


@require_safe
@requires(P.CATALOGUE_VIEW)
def hygiene(request: UserRequest) -> HttpResponse:
    """Show each heater unit with what was done to its water, and what is due."""
    at = timezone.now()
    rows = Console.objects.visible_to(request.user, at).present().heaters()
    lines = console_lines(rows.select_related(*RELATED), request.user, at)
    units = {line.console.unit for line in lines}
    centres = {unit.centre_id: unit.centre for unit in units}
    context = {
        "lines": lines,
        "policies": [equipment_policy(one, at) for one in centres.values()],
        "may_work": {u.pk for u in units if P.CATALOGUE_EDIT in rights_in(request.user, u)},
        "at": at,
    }
    return render(request, "circuits/hygiene.html", context)


@require_safe
@requires(P.CATALOGUE_VIEW)
def console_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one device: where it is, what is due, and everything that was done to it."""
    at = timezone.now()
    console = _console(request, public_id, P.CATALOGUE_VIEW)
    (line,) = console_lines([console], request.user, at)
    context = {
        "console": console,
        "line": line,
        "limits": alarm_limits(line.alarm_limits.details) if line.alarm_limits else [],
        "records": console.records.select_related("entered_by")[:100],
        "results": console.water_results.select_related("entered_by", "superseded_by"),
        "policy": equipment_policy(console.unit.centre, at),
        "may_work": P.CATALOGUE_EDIT in rights_in(request.user, console.unit),
        "at": at,
    }
    return render(request, "circuits/console_detail.html", context)


@requires(P.CATALOGUE_EDIT)
def console_create(request: UserRequest) -> HttpResponse:
    """Add a device."""
    at = timezone.now()
    form = ConsoleForm(
        request.POST or None,
        request.FILES or None,
        at=at,
        units=units_of(request.user, P.CATALOGUE_EDIT, at),
    )

    def add(facts: dict[str, Any]) -> Console:
        for name in ("label_seen", "label_photo"):
            facts.pop(name)
        return add_console(**facts, by=request.user, at=at)

    back = reverse("circuits:console-list")
    context = {
        "title": "Add a device",
        "sub": "a console, a heater unit, or another device that is not used up",
        "back": back,
        "has_files": True,
    }
    return act_on_form(
        request,
        form,
        add,
        page="circuits/equipment_form.html",
        context=context,
        then=back,
        done="Device added.",
    )


@requires(P.CATALOGUE_EDIT)
def console_service(request: UserRequest, public_id: str) -> HttpResponse:
    """Note a maintenance, a test, or something done to the water."""
    console = _console(request, public_id, P.CATALOGUE_EDIT)
    form = ServiceForm(
        request.POST or None,
        at=timezone.now(),
        kinds=kinds_of(console),
        initial={"kind": request.GET.get("kind", "")},
    )
    return _step(request, console, form, "Done to it", lambda _: form.facts(), record_service)


@requires(P.CATALOGUE_EDIT)
def console_limits(request: UserRequest, public_id: str) -> HttpResponse:
    """Note the alarm limits as they stand on the console."""
    console = _console(request, public_id, P.CATALOGUE_EDIT)
    form = AlarmLimitsForm(request.POST or None, at=timezone.now())

    def facts(typed: dict[str, Any]) -> dict[str, Any]:
        same = {name: typed[name] for name in ("done_at", "note")}
        kind = {"kind": RecordKind.ALARM_LIMITS, "verdict": Verdict.DONE}
        return {**same, **kind, "details": form.limits()}

    return _step(request, console, form, "Alarm limits as configured", facts, record_service)


@requires(P.CATALOGUE_EDIT)
def console_water(request: UserRequest, public_id: str) -> HttpResponse:
    """Note what the laboratory found in the water."""
    console = _console(request, public_id, P.CATALOGUE_EDIT)
    standing = console.water_results.filter(superseded_by=None)
    form = WaterForm(request.POST or None, at=timezone.now(), results=standing)
    return _step(request, console, form, "Water result", lambda typed: typed, record_water)


@requires(P.CATALOGUE_EDIT)
def console_state(request: UserRequest, public_id: str) -> HttpResponse:
    """Put it in or out of service, or say where it stands."""
    console = _console(request, public_id, P.CATALOGUE_EDIT)
    form = StateForm(request.POST or None, at=timezone.now(), initial={"state": console.state})
    return _step(request, console, form, "State and place", lambda typed: typed, set_state)


@requires(P.CATALOGUE_EDIT)
def console_lend(request: UserRequest, public_id: str) -> HttpResponse:
    """Lend our device."""
    console = _console(request, public_id, P.CATALOGUE_EDIT)
    form = LendForm(request.POST or None, at=timezone.now())
    return _step(request, console, form, "Lend it", lambda typed: typed, lend_console)


@requires(P.CATALOGUE_EDIT)
def console_return(request: UserRequest, public_id: str) -> HttpResponse:
    """End a loan: ours is back, or another's was given back."""
    console = _console(request, public_id, P.CATALOGUE_EDIT)
    form = ReturnForm(request.POST or None, at=timezone.now())
    title = "Give it back" if console.is_loan else "It is back"
    return _step(request, console, form, title, lambda typed: typed, return_console)


def _console(request: UserRequest, public_id: str, permission: Permission) -> Console:
    rows: ConsoleQuerySet = Console.objects.select_related(*RELATED)
    console: Console = open_shared(rows, request.user, public_id, permission)
    return console


def _step(
    request: UserRequest,
    console: Console,
    form: Any,
    title: str,
    facts: Callable[[dict[str, Any]], dict[str, Any]],
    act: Callable[..., object],
) -> HttpResponse:
    back = reverse("circuits:console-detail", args=[console.public_id])
    at = form.at
    return act_on_form(
        request,
        form,
        lambda typed: act(console=console, **facts(typed), by=request.user, at=at),
        page="circuits/equipment_form.html",
        context={
            "title": title,
            "sub": f"{console}, {console.unit}",
            "back": back,
            "is_wide": isinstance(form, AlarmLimitsForm),
        },
        then=back,
        done="Noted.",
    )
