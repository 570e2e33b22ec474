"""The passport of a circuit, and the photos of its parts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.photos import add_photo
from circuits.forms.incident import PhotoForm
from circuits.models import Circuit, ComponentUse, PartPhoto
from circuits.passports import passport
from patients.access import note_reading, open_run
from patients.models import Run
from patients.queries import banner_of
from web.pages import act_on_form

P = Permission


@require_safe
@requires(P.PATIENT_VIEW)
def circuit_passport(request: UserRequest, public_id: str) -> HttpResponse:
    """Show every part that was ever in a circuit of the run, position by position."""
    at = timezone.now()
    run = open_run(request, public_id, P.PATIENT_VIEW, what="circuit passport")
    circuits = list(run.circuits.all())
    circuit = _chosen(circuits, request.GET.get("circuit"))
    rights = rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "circuits": circuits,
        "passport": passport(circuit, run.ended_at or at) if circuit else None,
        "hold": run.holds.filter(released_at=None).select_related("held_by").first(),
        "may_edit": P.RUN_EDIT in rights,
        "may_photograph": P.CHECK_RECORD in rights,
        "at": at,
    }
    return render(request, "circuits/passport.html", context)


@requires(P.CHECK_RECORD)
def photo_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Add a photo of a part: its label, a clot."""
    at = timezone.now()
    rows = ComponentUse.objects.select_related(
        "circuit__run__patient__centre", "circuit__run__unit__centre", "component__model"
    )
    use = row_or_refuse(rows, request.user, P.CHECK_RECORD, public_id=public_id)
    run: Run = use.circuit.run
    note_reading(request, run.patient, "photo of a part", use.public_id)
    form = PhotoForm(request.POST or None, request.FILES or None, at=at)
    back = reverse("circuits:circuit-passport", args=[run.public_id])

    def add(facts: dict[str, Any]) -> PartPhoto:
        photo = facts["file"]
        return add_photo(
            use=use,
            name=photo.name,
            content=photo.read(),
            kind=facts["kind"],
            by=request.user,
            at=at,
        )

    return act_on_form(
        request,
        form,
        add,
        page="circuits/photo_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": f"Photo of the {use.get_kind_display().lower()}",
            "use": use,
            "back": back,
        },
        then=back,
        done="Photo kept.",
    )


def _chosen(circuits: list[Circuit], public_id: str | None) -> Circuit | None:
    named = [one for one in circuits if str(one.public_id) == public_id]
    return next(iter(named or circuits[-1:]), None)
