"""Recalls and device incidents as PDFs, and the reply to who issued a recall."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from audit.actions import record_access, record_accesses
from circuits.access import open_recall
from circuits.models import DeviceIncident, RecallStep
from circuits.traces import trace
from reports.actions.recalls import reply_to_recall
from reports.forms import ReplyForm
from reports.pdf.incident import render_incident
from reports.pdf.recall import render_reply, render_trace
from reports.queries.incident import incident_document
from web.downloads import attached
from web.pages import act_on_form

P = Permission
PDF = "application/pdf"


@require_safe
@requires(P.CATALOGUE_VIEW)
def recall_trace(request: UserRequest, public_id: str) -> HttpResponse:
    """Hand out the trace of a recall as a PDF, with the patients whom the reader may see."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_VIEW, at)
    found = trace(recall, request.user, at)
    record_accesses(
        by=request.user,
        at=at,
        what=f"recall {recall.reference}, PDF"[:100],
        patient_keys=[patient.public_id for patient in found.patients],
        request_id=request.id,
    )
    content = render_trace(recall, found, at)
    return attached(f"recall-{recall.public_id}.pdf", PDF, content)


@requires(P.CATALOGUE_EDIT)
def recall_reply(request: UserRequest, public_id: str) -> HttpResponse:
    """Keep the reply as it was sent, and to whom; `?draft` hands out what it would say now."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_EDIT, at)
    if "draft" in request.GET:
        content = render_reply(recall, trace(recall, request.user, at), at, sent_to="")
        return attached(f"reply-{recall.public_id}.pdf", PDF, content)
    form = ReplyForm(request.POST or None, at=at)
    back = reverse("circuits:recall-detail", args=[recall.public_id])

    def reply(facts: dict[str, Any]) -> RecallStep:
        return reply_to_recall(recall=recall, **facts, by=request.user, at=at)

    return act_on_form(
        request,
        form,
        reply,
        page="reports/recall_reply.html",
        context={"recall": recall, "back": back},
        then=back,
        done="The reply is kept with the recall.",
    )


@require_safe
@requires(P.CATALOGUE_VIEW)
def incident_report(request: UserRequest, public_id: str) -> HttpResponse:
    """Hand out the draft report of an incident as a PDF; it names no patient."""
    at = timezone.now()
    rows = DeviceIncident.objects.select_related(
        "unit__centre", "run__patient__centre", "component__model", "entered_by", "closed_by"
    )
    incident = row_or_refuse(rows, request.user, P.CATALOGUE_VIEW, public_id=public_id)
    run = incident.run
    record_access(
        by=request.user,
        at=at,
        what="device incident, PDF",
        patient_key=run.patient.public_id if run else "",
        subject=incident.public_id,
        request_id=request.id,
    )
    content = render_incident(incident_document(incident, at), at)
    return attached(f"incident-{incident.public_id}.pdf", PDF, content)
