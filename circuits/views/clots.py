"""The clot map of a run: tap where a clot is, look at it again, compare with the checks."""

from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.clots import look_at_clot, record_clot
from circuits.adjuncts import on_circuit
from circuits.clot_spots import spots_of
from circuits.clots import clot_map
from circuits.diagram_of_run import diagram_of
from circuits.forms.clot import ClotForm, ClotLookForm
from circuits.models import ClotLook, ClotPlace
from circuits.queries import Recent, installed
from circuits.views.form_page import form_page
from patients.access import note_reading, open_run
from patients.queries import banner_of
from web.pages import confirmed_in

PAGE = "circuits:clot-map"
LOOK_BACK = 8


@requires(Permission.PATIENT_VIEW)
def show_map(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the drawing of the circuit with the clots that stand, and all looks at them."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="clot map")
    found = clot_map(run, at)
    parts = {use.kind for use in installed(run, at)} | on_circuit(run)
    diagram = diagram_of(run, list(islice(Recent(run), LOOK_BACK)), [], parts, at)
    spots = spots_of(diagram.drawing, found.clots)
    drawn = {spot.place for spot in spots}
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "diagram": diagram,
        "map": found,
        "spots": spots,
        "places": [one for one in ClotPlace.choices if one[0] not in drawn],
        "looks": run.clot_looks.select_related("entered_by"),
        "may_chart": Permission.CHECK_RECORD in rights_in(request.user, run.unit),
        "at": at,
    }
    return render(request, "circuits/clot_map.html", context)


@requires(Permission.CHECK_RECORD)
def clot_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Put a clot on the map, at the place that was tapped."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="clot")
    form = ClotForm(
        request.POST or None,
        at=at,
        initial={"seen_at": at, "place": request.GET.get("place", "")},
    )
    confirmed = confirmed_in(request)
    return form_page(
        request,
        run,
        form,
        lambda facts: record_clot(run=run, **facts, confirmed=confirmed, by=request.user, at=at),
        title="Clot or fibrin",
        back=PAGE,
        done="On the map. Tell the same grade in the next check, or amend the map.",
        at=at,
    )


@requires(Permission.CHECK_RECORD)
def clot_look(request: UserRequest, public_id: str) -> HttpResponse:
    """Look at a clot again."""
    at = timezone.now()
    rows = ClotLook.objects.select_related("run__patient__centre", "run__unit__centre")
    look = row_or_refuse(rows, request.user, Permission.CHECK_RECORD, public_id=public_id)
    note_reading(request, look.run.patient, "clot", look.public_id)
    form = ClotLookForm(request.POST or None, at=at, initial={"seen_at": at})
    confirmed = confirmed_in(request)
    return form_page(
        request,
        look.run,
        form,
        lambda facts: look_at_clot(look=look, **facts, confirmed=confirmed, by=request.user, at=at),
        title=str(look),
        back=PAGE,
        done="Kept.",
        at=at,
    )
