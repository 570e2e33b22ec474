"""Decannulation: its checklist, each cannula out with its closure, flow off."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.checklists import DECANNULATION
from circuits.actions.run_gap import resume_support
from circuits.forms.care import RemovalForm, ResumeForm
from circuits.journeys import phases
from circuits.views.form_page import form_page
from patients.access import note_reading, open_run
from patients.actions.cannula import remove_cannula
from patients.models import Cannula
from patients.queries import banner_of

PAGE = "circuits:decannulation"


@requires(Permission.PATIENT_VIEW)
def decannulation(request: UserRequest, public_id: str) -> HttpResponse:
    """Show how far decannulation is."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="decannulation")
    rights = rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "phases": phases(run, str(run.public_id), [DECANNULATION], at),
        "subject": run.public_id,
        "cannulas": run.cannulas.all(),
        "interruptions": run.interruptions.all(),
        "may_edit": Permission.RUN_EDIT in rights,
        "may_answer": Permission.CHECK_RECORD in rights,
        "at": at,
    }
    return render(request, "patients/decannulation.html", context)


@requires(Permission.RUN_EDIT)
def support_resume(request: UserRequest, public_id: str) -> HttpResponse:
    """Record that flow is on again in the same run."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what="flow on again")
    form = ResumeForm(request.POST or None, at=at)
    return form_page(
        request,
        run,
        form,
        lambda facts: resume_support(run=run, **facts, by=request.user, at=at),
        title="Flow on again",
        back=PAGE,
        done="The run goes on. Say which parts are in the circuit now.",
        at=at,
        note="Within the site's gap a return is the same run; after it, start a new one.",
    )


@requires(Permission.RUN_EDIT)
def cannula_remove(request: UserRequest, public_id: str) -> HttpResponse:
    """Record that a cannula came out, and how the vessel was closed."""
    at = timezone.now()
    rows = Cannula.objects.select_related("run__patient__centre", "run__unit__centre")
    cannula = row_or_refuse(rows, request.user, Permission.RUN_EDIT, public_id=public_id)
    note_reading(request, cannula.run.patient, "cannula", cannula.public_id)
    form = RemovalForm(request.POST or None, at=at, initial={"removed_at": at})
    return form_page(
        request,
        cannula.run,
        form,
        lambda facts: remove_cannula(cannula=cannula, **facts, by=request.user, at=at),
        title=f"{cannula} out",
        back=PAGE,
        done="Removal recorded.",
        at=at,
    )
