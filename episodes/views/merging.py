"""Pages on which an unknown patient turns out to be a known one: find, compare, merge, undo."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from episodes.actions.merging import doubts_about, merge_patients, undo_merge
from episodes.forms import KnownPatientForm, MergeForm, ReasonForm
from episodes.queries import side_of
from patients.access import note_reading
from patients.models import Patient, PatientMerge
from patients.models.patient import search_key
from patients.queries import banner_of
from web.pages import UNPROCESSABLE, act_on_form, confirmed_in

EDIT = Permission.PATIENT_EDIT
NOT_FOUND = (
    "No patient of this MRN and family name is known here, or not to you. Check both as they stand "
    "on the wristband; a patient whom the centre does not know is named by “Correct details”."
)


@requires(EDIT)
def merge_find(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Find the known patient by two signs at once: number and name."""
    patient = _patient(request, public_id)
    form = KnownPatientForm(request.POST or None)
    context = {
        "title": "It is a known patient",
        "banner": banner_of(patient, None, timezone.now()),
        "back": patient.get_absolute_url(),
        "form": form,
    }
    if request.method != "POST":
        return render(request, "episodes/merge_find.html", context)
    if form.is_valid():
        if known := _known(request, patient, form.cleaned_data):
            return redirect("episodes:merge-create", patient.public_id, known.public_id)
        form.add_error("mrn", NOT_FOUND)
    return render(request, "episodes/merge_find.html", context, status=UNPROCESSABLE)


@requires(EDIT)
def merge_create(request: UserRequest, public_id: UUID, into: UUID) -> HttpResponse:
    """Show both records side by side; merge them once each doubt is confirmed."""
    at = timezone.now()
    retired, survivor = _patient(request, public_id), _patient(request, into)
    form = MergeForm(request.POST or None)

    def act(facts: dict[str, Any]) -> object:
        return merge_patients(
            retired=retired,
            survivor=survivor,
            **facts,
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    context = {
        "title": "Two records, one patient?",
        "left": side_of(retired),
        "right": side_of(survivor),
        "doubts": doubts_about(retired, survivor),
        "back": retired.get_absolute_url(),
    }
    return act_on_form(
        request,
        form,
        act,
        page="episodes/merge_form.html",
        context=context,
        then=survivor.get_absolute_url(),
        done="The two records are one. It can be taken back on this page.",
    )


@requires(EDIT)
def merge_undo(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Part two records again."""
    at = timezone.now()
    rows = PatientMerge.objects.select_related(
        "retired__centre", "survivor__centre", "survivor__unit__centre"
    )
    merge = row_or_refuse(rows, request.user, EDIT, public_id=public_id)
    note_reading(request, merge.survivor, "merge", merge.public_id)
    form: forms.BaseForm = ReasonForm(request.POST or None)
    return act_on_form(
        request,
        form,
        lambda facts: undo_merge(merge=merge, **facts, by=request.user, at=at),
        page="episodes/merge_undo.html",
        context={
            "merge": merge,
            "banner": banner_of(merge.survivor, None, at),
            "back": merge.survivor.get_absolute_url(),
        },
        then=merge.retired.get_absolute_url(),
        done="Two records again: what went along is back here.",
    )


def _patient(request: UserRequest, public_id: UUID) -> Patient:
    rows = Patient.objects.select_related("centre", "unit__centre", "merged_into")
    patient = row_or_refuse(rows, request.user, EDIT, public_id=public_id)
    note_reading(request, patient, "patient, to merge", patient.public_id)
    return patient


def _known(request: UserRequest, patient: Patient, facts: dict[str, str]) -> Patient | None:
    rows = Patient.objects.kept().visible_to(request.user, timezone.now())
    rows = rows.filter(centre=patient.centre_id, mrn=facts["mrn"].strip()).exclude(pk=patient.pk)
    name = search_key(facts["family_name"].strip())
    return next((one for one in rows if search_key(one.family_name) == name), None)
