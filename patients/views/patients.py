"""Find, admit, correct patients."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, held, require_in_unit, requires, rights_in, row_or_refuse
from accounts.models import User
from accounts.permissions import Permission
from accounts.queries import units_of
from audit.actions import record_accesses
from patients.access import note_reading
from patients.actions.patient import admit_patient, correct_patient
from patients.forms import (
    PatientCorrectionForm,
    PatientForm,
    stamp_of,
)
from patients.models import Patient
from patients.queries import banner_of
from web.pages import act_on_form
from web.problems import RuleBroken
from web.search import keep_search, sought

PAGE = 50


class ChangedMeanwhile(RuleBroken):
    code = "changed_meanwhile"


@requires(Permission.PATIENT_VIEW)
def patient_list(request: UserRequest) -> HttpResponse:
    """Find patients by name or MRN; every word must occur."""
    if request.method == "POST":
        return keep_search(request, reverse("patients:patient-list"))
    at, query = timezone.now(), sought(request)
    rows = Patient.objects.kept().visible_to(request.user, at).select_related("unit", "centre")
    if query:
        rows = rows.named(query)
    page = Paginator(rows.with_state(), PAGE).get_page(request.GET.get("page"))
    record_accesses(
        by=request.user,
        at=at,
        what="patient list",
        patient_keys=[patient.public_id for patient in page],
        request_id=request.id,
    )
    context = {
        "page": page,
        "query": query,
        "at": at,
        "may_add": Permission.PATIENT_EDIT in held(request),
    }
    return render(request, "patients/patient_list.html", context)


@requires(Permission.PATIENT_EDIT)
def patient_create(request: UserRequest) -> HttpResponse:
    """Admit a patient."""
    at = timezone.now()
    units = units_of(request.user, Permission.PATIENT_EDIT, at)
    form = PatientForm(request.POST or None, at=at, units=units)
    return act_on_form(
        request,
        form,
        lambda facts: admit_patient(
            **facts, public_id=form.cleaned_data["client_uuid"], by=request.user, at=at
        ),
        page="patients/patient_form.html",
        context={"title": "New patient", "back": reverse("patients:patient-list")},
        then=reverse("patients:patient-list"),
        done="Patient admitted.",
    )


@requires(Permission.PATIENT_VIEW)
def patient_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show who the patient is and their runs."""
    at = timezone.now()
    patient = _patient(request, public_id, Permission.PATIENT_VIEW)
    runs = list(patient.runs.select_related("unit__centre").order_by("-started_at"))
    merges = patient.merges.standing().select_related("retired", "merged_by")
    rights = rights_in(request.user, patient.unit)
    context = {
        "patient": patient,
        "merges": merges,
        "runs": runs,
        "banner": banner_of(patient, next((r for r in runs if r.is_running), None), at),
        "at": at,
        "may_edit": Permission.PATIENT_EDIT in rights,
        "may_start": Permission.RUN_START in rights
        and not (patient.merged_into or any(r.is_running for r in runs)),
    }
    return render(request, "patients/patient_detail.html", context)


@requires(Permission.PATIENT_EDIT)
def patient_correct(request: UserRequest, public_id: str) -> HttpResponse:
    """Correct who the patient is said to be."""
    at = timezone.now()
    patient = _patient(request, public_id, Permission.PATIENT_EDIT)
    units = units_of(request.user, Permission.PATIENT_EDIT, at)
    form = (
        PatientCorrectionForm(request.POST, at=at, units=units)
        if request.method == "POST"
        else PatientCorrectionForm.of(patient, at=at, units=units)
    )
    return act_on_form(
        request,
        form,
        lambda facts: _correct(patient, facts, by=request.user, at=at),
        page="patients/patient_form.html",
        context={
            "title": "Correct details",
            "banner": banner_of(patient, None, at),
            "back": patient.get_absolute_url(),
        },
        then=patient.get_absolute_url(),
        done="Details corrected. What was there before stays in the history.",
    )


def _patient(request: UserRequest, public_id: str, permission: Permission) -> Patient:
    rows = Patient.objects.select_related("centre", "unit__centre", "merged_into")
    patient = row_or_refuse(rows, request.user, Permission.PATIENT_VIEW, public_id=public_id)
    if permission is not Permission.PATIENT_VIEW:
        require_in_unit(request.user, permission, patient.unit, timezone.now())
    note_reading(request, patient, "patient", patient.public_id)
    return patient


def _correct(patient: Patient, facts: dict[str, Any], *, by: User, at: Any) -> Patient:
    if facts.pop("seen") != stamp_of(patient):
        raise ChangedMeanwhile(
            "Somebody changed these details while you had them open. Open the patient again: what "
            "you typed is still on this page to compare."
        )
    return correct_patient(patient=patient, by=by, at=at, **facts)
