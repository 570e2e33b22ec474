"""What happened in a run: recorded, and withdrawn where it was an error."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in
from accounts.permissions import Permission
from patients.access import open_run
from patients.actions.entries import (
    record_draw,
    record_family_entry,
    record_infection,
    record_procedure,
    withdraw_entry,
)
from patients.actions.events import (
    IDENTITY,
    record_bleeding,
    record_complication,
    record_diagnosis,
    record_product,
)
from patients.blood import blood_of
from patients.forms import (
    BleedingForm,
    ComplicationForm,
    DiagnosisForm,
    DrawForm,
    FamilyForm,
    InfectionForm,
    ProcedureForm,
    ProductForm,
    WithdrawForm,
)
from patients.queries import banner_of
from patients.timeline import WITHDRAWN_FROM, diagnoses_of, timeline, withdrawn
from web.pages import act_on_form


def _record_product(*, is_all_there_is: bool, **facts: Any) -> object:
    """Record a product; a tick says that the prime's bag has no more identity than this."""
    return record_product(**facts, confirmed=[IDENTITY] if is_all_there_is else [])


EVENT_FORMS: dict[str, tuple[Any, Any, str]] = {
    "complication": (ComplicationForm, record_complication, "Complication recorded."),
    "bleeding": (BleedingForm, record_bleeding, "Bleeding recorded."),
    "product": (ProductForm, _record_product, "Blood product recorded."),
    "diagnosis": (DiagnosisForm, record_diagnosis, "Diagnosis recorded."),
    "procedure": (ProcedureForm, record_procedure, "Procedure recorded."),
    "infection": (InfectionForm, record_infection, "Culture recorded."),
    "family": (FamilyForm, record_family_entry, "Line recorded."),
    "draw": (DrawForm, record_draw, "Blood drawn recorded."),
}


@requires(Permission.PATIENT_VIEW)
def event_list(request: UserRequest, public_id: str) -> HttpResponse:
    """Show what happened in a run, newest first."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="events")
    blood = blood_of(run)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "days": [(day, _in_words(day.products_ml)) for day in blood.balance.days],
        "events": timeline(run),
        "diagnoses": list(diagnoses_of(run)),
        "withdrawn": withdrawn(run),
        "blood": blood,
        "kinds": [(kind, form.__doc__) for kind, (form, _, _) in EVENT_FORMS.items()],
        "may_edit": Permission.RUN_EDIT in rights_in(request.user, run.unit),
        "at": at,
    }
    return render(request, "patients/event_list.html", context)


@requires(Permission.RUN_EDIT)
def event_create(request: UserRequest, public_id: str, kind: str) -> HttpResponse:
    """Record something that happened: a complication, a culture, a product, a line..."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what=f"record {kind}")
    form_class, act, done = EVENT_FORMS[kind]
    options = {} if form_class is DiagnosisForm else {"at": at}
    form = form_class(request.POST or None, **options)
    back = reverse("patients:event-list", args=[run.public_id])

    def record(facts: dict[str, Any]) -> object:
        return act(run=run, by=request.user, at=at, **facts)

    return act_on_form(
        request,
        form,
        record,
        page="patients/event_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "kind": kind,
            "back": back,
        },
        then=back,
        done=done,
    )


def _in_words(products_ml: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Return products by name, volumes (mL) without idle zeros."""
    told = sorted(products_ml.items())
    return [(name.replace("_", " "), volume.normalize()) for name, volume in told]


@requires(Permission.RUN_EDIT)
def entry_withdraw(request: UserRequest, public_id: str, kind: str, entry_id: str) -> HttpResponse:
    """Say that an entry was made in error; it stays readable, and may be entered anew at once."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what=f"withdraw {kind}")
    rows: Any = getattr(run, WITHDRAWN_FROM[kind])
    entry = get_object_or_404(rows, public_id=entry_id)
    form = WithdrawForm(request.POST or None)
    back = reverse("patients:event-list", args=[run.public_id])
    anew = reverse("patients:event-create", args=[run.public_id, kind])

    def withdraw(facts: dict[str, Any]) -> object:
        return withdraw_entry(entry=entry, reason=facts["reason"], by=request.user, at=at)

    return act_on_form(
        request,
        form,
        withdraw,
        page="patients/entry_withdraw.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "entry": entry,
            "back": back,
        },
        then=anew if "anew" in request.POST else back,
        done="Withdrawn. It stays readable.",
    )
