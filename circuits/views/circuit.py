"""The circuit of a run: components with their hours, install, exchange."""

from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, held, requires, row_or_refuse
from accounts.permissions import Permission
from alerts.models import Alert
from circuits.actions.exchange import exchange_components, install_component, open_circuit
from circuits.diagram_of_run import diagram_of
from circuits.forms.circuit import ExchangeForm, InstallForm
from circuits.lives import lives
from circuits.models import ComponentUse
from circuits.queries import Recent
from patients.access import note_reading, open_run
from patients.queries import banner_of
from web.pages import act_on_form
from web.times import clinical_time

FIRST_CIRCUIT = "Circuit 1"
LOOK_BACK = 8


@requires(Permission.PATIENT_VIEW)
def circuit_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the circuit: the drawing, what is in it, what was in it."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="circuit")
    alerts = list(Alert.objects.open().filter(run=run))
    readings = list(islice(Recent(run), LOOK_BACK))
    every = lives(run, at)
    inside = [life for life in every if not life.use.removed_at]
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "diagram": diagram_of(run, readings, alerts, {life.use.kind for life in inside}, at),
        "inside": inside,
        "outside": [life for life in reversed(every) if life.use.removed_at],
        "may_exchange": Permission.COMPONENT_EXCHANGE in held(request) and run.is_running,
        "at": at,
    }
    return render(request, "circuits/circuit_detail.html", context)


@requires(Permission.COMPONENT_EXCHANGE)
def component_install(request: UserRequest, public_id: str) -> HttpResponse:
    """Put a part into the newest circuit of the run, which is opened if there is none."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.COMPONENT_EXCHANGE, what="install")
    form = InstallForm(request.POST or None, at=at)
    back = reverse("circuits:circuit-detail", args=[run.public_id])

    def install(facts: dict[str, Any]) -> ComponentUse:
        when = facts["installed_at"]
        circuit = run.circuits.filter(ended_at=None).last() or open_circuit(
            run=run, label=FIRST_CIRCUIT, started_at=when, by=request.user, at=at
        )
        return install_component(
            circuit=circuit, part=form.part(), installed_at=when, by=request.user, at=at
        )

    return act_on_form(
        request,
        form,
        install,
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": "Install a component",
            "back": back,
        },
        then=back,
        done="Component installed.",
    )


@requires(Permission.COMPONENT_EXCHANGE)
def component_exchange(request: UserRequest, public_id: str) -> HttpResponse:
    """Exchange one part: the old one comes out as the new one goes in."""
    at = timezone.now()
    rows = ComponentUse.objects.select_related(
        "circuit__run__patient__centre", "circuit__run__unit__centre", "component__model"
    )
    use = row_or_refuse(rows, request.user, Permission.COMPONENT_EXCHANGE, public_id=public_id)
    run = use.circuit.run
    note_reading(request, run.patient, "exchange", use.public_id)
    form = ExchangeForm(request.POST or None, at=at, kind=use.kind)
    installed = use.installed_at.astimezone(run.unit.centre.tz)
    back = reverse("circuits:circuit-detail", args=[run.public_id])

    def exchange(facts: dict[str, Any]) -> list[ComponentUse]:
        return exchange_components(
            run=run,
            changes=[(use, form.part())],
            exchanged_at=facts["exchanged_at"],
            reason=facts["reason"],
            note=facts["note"],
            by=request.user,
            at=at,
        )

    return act_on_form(
        request,
        form,
        exchange,
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": f"Exchange the {use.get_kind_display().lower()}",
            "note": f"Out comes {use.component}, in since {clinical_time(installed)}.",
            "back": back,
        },
        then=back,
        done="Exchanged. The new part's clock runs from the time you gave.",
    )
