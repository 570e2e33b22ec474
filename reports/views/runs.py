"""The registry record of one run, and the run as a document."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from accounts.queries import may
from patients.access import open_run
from patients.models import Run
from patients.queries import banner_of
from reports.actions.registry import (
    ChangedMeanwhile,
    abstract_record,
    approve_record,
    tell_facts,
)
from reports.forms import FactsForm, stamp_of
from reports.judging import judge
from reports.pdf.run_summary import render_run_summary
from reports.queries.cohort import cohort
from reports.queries.document import run_document
from reports.worklist import worklist
from web.downloads import attached
from web.pages import act_on_form


@require_safe
@requires(Permission.PATIENT_VIEW)
def run_registry(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Show the registry record of a run: what is missing, what is wrong, each value's source."""
    at = timezone.now()
    run = open_run(request, run_id, Permission.PATIENT_VIEW, what="registry record")
    (judged,) = judge(cohort(Run.objects.filter(pk=run.pk), as_of=at))
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "at": at,
        "judged": judged,
        "work": worklist(judged),
        "signed": run.registry_facts.get("signoff") or {},
        "may_edit": may(request.user, Permission.REGISTRY_EXPORT, unit=run.unit, at=at),
    }
    return render(request, "reports/run_registry.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTRY_EXPORT)
def run_facts(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Tell what the registry asks once a run and no other page asks."""
    at = timezone.now()
    run = open_run(request, run_id, Permission.REGISTRY_EXPORT, what="registry facts")
    form = FactsForm(request.POST or None, run=run, at=at)
    back = reverse("reports:run-registry", args=[run.public_id])

    def tell(typed: dict[str, object]) -> Run:
        if typed["seen"] != stamp_of(run):
            raise ChangedMeanwhile(
                "Somebody changed these facts while you had them open. Open them again: what you "
                "typed is still on this page to compare."
            )
        columns = {name: typed[name] for name in ("support_type", "height_cm")}
        return tell_facts(run=run, facts=form.told(), by=request.user, at=at, **columns)

    return act_on_form(
        request,
        form,
        tell,
        page="reports/run_facts.html",
        context={"run": run, "banner": banner_of(run.patient, run, at), "back": back},
        then=back,
        done="Told. The record is judged anew.",
    )


@require_POST
@requires(Permission.REGISTRY_EXPORT)
def run_sign(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Abstract or approve the registry record of a run."""
    at = timezone.now()
    run = open_run(request, run_id, Permission.REGISTRY_EXPORT, what="sign registry record")
    if request.POST.get("as") == "approver":
        approve_record(run=run, by=request.user, at=at)
        messages.success(request, "Approved.")
    else:
        abstract_record(run=run, by=request.user, at=at)
        messages.success(request, "Abstracted. A second person approves it now.")
    return redirect("reports:run-registry", run.public_id)


@require_safe
@requires(Permission.PATIENT_VIEW)
def run_summary(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Hand out the run as a PDF."""
    at = timezone.now()
    run = open_run(request, run_id, Permission.PATIENT_VIEW, what="run summary, PDF")
    content = render_run_summary(run_document(run, at))
    return attached(f"run-{run.public_id}.pdf", "application/pdf", content)
