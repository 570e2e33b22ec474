"""Who saw and who changed: one patient's trail, and all readings. A page over all apps."""

from django.core.paginator import Paginator
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.models import Unit
from accounts.permissions import Permission
from audit.models import Access
from audit.queries import changes_of, readings_of
from circuits.models import Check, ComponentUse
from labs.models import AnticoagulationPlan, InfusionChange, Result, Sample
from patients.access import note_reading
from patients.models import (
    BleedingEvent,
    BloodProduct,
    Cannula,
    Complication,
    Diagnosis,
    ModeSegment,
    Outcome,
    Patient,
    Run,
    RunLimit,
    WeightEntry,
)
from patients.queries import banner_of
from web.search import typed_words

PAGE = 100
LIMIT = 200
OF_A_RUN = (
    BleedingEvent,
    BloodProduct,
    Cannula,
    Complication,
    Diagnosis,
    ModeSegment,
    Outcome,
    RunLimit,
    WeightEntry,
    Check,
    AnticoagulationPlan,
)


@requires(Permission.AUDIT_VIEW)
def patient_trail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show who saw and who changed what about one patient."""
    at = timezone.now()
    rows = Patient.objects.select_related("centre", "unit__centre")
    patient = row_or_refuse(rows, request.user, Permission.AUDIT_VIEW, public_id=public_id)
    note_reading(request, patient, "trail", patient.public_id)
    runs = list(patient.runs.values_list("pk", flat=True))
    paths: list[tuple[type, str, object]] = [
        (Patient, "pgh_obj", patient.pk),
        (Run, "patient", patient.pk),
        *((model, "run__in", runs) for model in OF_A_RUN),
        (ComponentUse, "circuit__run__in", runs),
        (InfusionChange, "infusion__run__in", runs),
        (Sample, "patient", patient.pk),
        (Result, "sample__patient", patient.pk),
    ]
    what = request.GET.get("show", "changes")
    traces = (
        readings_of(patient.public_id, LIMIT) if what == "readings" else changes_of(paths, LIMIT)
    )
    context = {
        "patient": patient,
        "banner": banner_of(patient, None, at),
        "traces": traces,
        "show": "readings" if what == "readings" else "changes",
        "limit": LIMIT,
    }
    return render(request, "ecmo/patient_trail.html", context)


@requires(Permission.AUDIT_VIEW)
def access_list(request: UserRequest) -> HttpResponse:
    """Show readings in the units one may audit, newest first."""
    at = timezone.now()
    units = Unit.objects.with_permission(request.user, Permission.AUDIT_VIEW, at)
    patients = Patient.objects.filter(unit__in=units.values("pk"))
    keys = patients.annotate(key=Cast("public_id", CharField())).values("key")
    rows = Access.objects.filter(Q(patient_key="") | Q(patient_key__in=keys))
    query = typed_words(request)
    if query:
        rows = rows.filter(Q(user_name__icontains=query) | Q(what__icontains=query))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "ecmo/access_list.html", {"page": page, "query": query})
