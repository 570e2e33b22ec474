"""The circuit of a run: components with their hours, exchanges, install."""

from collections import defaultdict
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in
from accounts.permissions import Permission
from alerts.models import Alert, Due
from circuits.actions.dues import COMPLICATION
from circuits.actions.exchange import install_component, open_circuit
from circuits.adjuncts import adjunct_lives, on_circuit, tasks_of
from circuits.change_pictures import whys
from circuits.changes import shown
from circuits.diagram_of_run import diagram_of
from circuits.forms.circuit import InstallForm
from circuits.lives import lives
from circuits.models import ComponentUse, PartPhoto
from circuits.queries import Recent
from patients.access import open_run
from patients.queries import banner_of
from web.pages import act_on_form, confirmed_in

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
    reasons, signed = whys(run, inside, at)
    photos: dict[int, list[PartPhoto]] = defaultdict(list)
    for photo in PartPhoto.objects.filter(use__circuit__run=run):
        photos[photo.use_id].append(photo)
    rights = rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "diagram": diagram_of(
            run, readings, alerts, {life.use.kind for life in inside} | on_circuit(run), at
        ),
        "inside": inside,
        "whys": reasons,
        "signed": signed,
        "planned": shown(run.planned_changes.open()),
        "exchanges": run.exchanges.select_related(
            "circuit", "new_circuit", "entered_by"
        ).prefetch_related("taken_out__component__model", "put_in__component__model"),
        "owed": set(
            Due.objects.open().filter(run=run, kind=COMPLICATION).values_list("subject", flat=True)
        ),
        "outside": [
            (life, photos.get(life.use.pk, ())) for life in reversed(every) if life.use.removed_at
        ],
        "hold": run.holds.filter(released_at=None).select_related("held_by").first(),
        "adjuncts": adjunct_lives(run, at),
        "tasks": tasks_of(run),
        "may_adjunct": Permission.RUN_EDIT in rights and run.is_running,
        "may_task": Permission.CHECK_RECORD in rights,
        "may_exchange": Permission.COMPONENT_EXCHANGE in rights and run.is_running,
        "may_edit": Permission.RUN_EDIT in rights,
        "may_keep": Permission.COMPONENT_EXCHANGE in rights,
        "may_report": Permission.INCIDENT_RECORD in rights,
        "at": at,
    }
    return render(request, "circuits/circuit_detail.html", context)


@requires(Permission.COMPONENT_EXCHANGE)
def component_install(request: UserRequest, public_id: str) -> HttpResponse:
    """Put a part into the newest circuit of the run, which is opened if there is none."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.COMPONENT_EXCHANGE, what="install")
    form = InstallForm(request.POST or None, request.FILES or None, at=at)
    back = reverse("circuits:circuit-detail", args=[run.public_id])

    def install(facts: dict[str, Any]) -> ComponentUse:
        when = facts["installed_at"]
        circuit = run.circuits.filter(ended_at=None).last() or open_circuit(
            run=run, label=FIRST_CIRCUIT, started_at=when, by=request.user, at=at
        )
        return install_component(
            circuit=circuit,
            part=form.part(),
            installed_at=when,
            by=request.user,
            at=at,
            confirmed=confirmed_in(request),
        )

    return act_on_form(
        request,
        form,
        install,
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "has_files": True,
            "title": "Install a component",
            "back": back,
        },
        then=back,
        done="Component installed.",
    )
