"""Exchange parts in one form; what became of the old ones, with their photos."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.exchange import exchange_components, record_fate
from circuits.actions.photos import add_photo
from circuits.forms.exchange import ExchangeForm, OldPartForm
from circuits.models import ComponentUse, PartPhoto
from circuits.queries import uses_of
from patients.access import note_reading, open_run
from patients.models import Run
from patients.queries import banner_of
from web.pages import act_on_form, confirmed_in


@requires(Permission.COMPONENT_EXCHANGE)
def exchange_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Exchange one part, several, or the whole circuit."""
    run = open_run(request, public_id, Permission.COMPONENT_EXCHANGE, what="exchange")
    return _exchange(request, run, chosen=())


@requires(Permission.COMPONENT_EXCHANGE)
def component_exchange(request: UserRequest, public_id: str) -> HttpResponse:
    """The same form, with one part marked as replaced."""
    use = _use(request, public_id, "exchange")
    return _exchange(request, use.circuit.run, chosen=(use.pk,))


@requires(Permission.COMPONENT_EXCHANGE)
def part_fate(request: UserRequest, public_id: str) -> HttpResponse:
    """Say where an old part went, and add a photo of it."""
    at = timezone.now()
    use = _use(request, public_id, "old part")
    run = use.circuit.run
    form = OldPartForm(request.POST or None, request.FILES or None, at=at)
    back = reverse("circuits:circuit-detail", args=[run.public_id])

    def tell(facts: dict[str, Any]) -> None:
        if facts["fate"]:
            told = confirmed_in(request)
            record_fate(use=use, fate=facts["fate"], by=request.user, at=at, confirmed=told)
        if photo := facts["photo"]:
            add_photo(
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
        tell,
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": f"Old part: {use.component}",
            "note": f"Now: {use.get_fate_display().lower()}.",
            "back": back,
            "has_files": True,
        },
        then=back,
        done="Saved with the part.",
    )


@requires(Permission.PATIENT_VIEW)
def part_photo(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one photo of a part."""
    rows = PartPhoto.objects.select_related("attachment", "use__circuit__run__unit__centre")
    rows = rows.select_related("use__circuit__run__patient")
    photo = row_or_refuse(rows, request.user, Permission.PATIENT_VIEW, public_id=public_id)
    note_reading(request, photo.use.circuit.run.patient, "photo of a part", photo.public_id)
    file = photo.attachment
    return HttpResponse(bytes(file.content), content_type=file.media_type)


def _exchange(request: UserRequest, run: Run, *, chosen: Collection[int]) -> HttpResponse:
    at = timezone.now()
    form = ExchangeForm(
        request.POST or None,
        request.FILES or None,
        at=at,
        uses=_uses(request, run, chosen),
        chosen=chosen,
        told=list(run.complications.filter(withdrawn_at=None).values_list("code", "occurred_at")),
    )
    back = reverse("circuits:circuit-detail", args=[run.public_id])
    return act_on_form(
        request,
        form,
        lambda facts: _record(request, run, form, facts),
        page="circuits/exchange_form.html",
        context={"run": run, "banner": banner_of(run.patient, run, at), "back": back, "at": at},
        then=back,
        done="Exchanged. The new part's clock runs from the time you gave.",
    )


def _record(request: UserRequest, run: Run, form: ExchangeForm, facts: dict[str, Any]) -> None:
    exchange_components(
        run=run,
        changes=form.changes(),
        exchanged_at=facts["exchanged_at"],
        reason=facts["reason"],
        note=facts["note"],
        facts=form.facts(f"Circuit {run.circuits.count() + 1}"),
        by=request.user,
        at=form.at,
        confirmed=confirmed_in(request),
    )
    for use, photo in form.photos():
        add_photo(
            use=use,
            name=photo.name,
            content=photo.read(),
            kind=PartPhoto.Kind.OTHER,
            by=request.user,
            at=form.at,
        )


def _uses(request: UserRequest, run: Run, chosen: Collection[int]) -> QuerySet[ComponentUse]:
    """Parts in the circuit, and those the form was about: somebody may have been quicker."""
    named = [
        int(name[1:].split("-")[0])
        for name in request.POST
        if name.endswith("-answer") and name[1:].split("-")[0].isdecimal()
    ]
    return uses_of(run).filter(Q(removed_at=None) | Q(pk__in=[*chosen, *named[:50]]))


def _use(request: UserRequest, public_id: str, what: str) -> ComponentUse:
    rows = ComponentUse.objects.select_related(
        "circuit__run__patient__centre", "circuit__run__unit__centre", "component__model"
    )
    use = row_or_refuse(rows, request.user, Permission.COMPONENT_EXCHANGE, public_id=public_id)
    note_reading(request, use.circuit.run.patient, what, use.public_id)
    return use
