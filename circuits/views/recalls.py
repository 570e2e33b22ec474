"""Recalls: the list, a notice entered, the trace on one page, and what is done about its parts."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import UserRequest, held, requires, rights_in_centre
from accounts.permissions import Permission
from audit.actions import record_accesses
from circuits.access import open_recall, working_centres
from circuits.actions.recall_closing import can_close, close_recall, missing_for_closing
from circuits.actions.recalls import receive_recall, record_fate, search_again, tell_physician
from circuits.forms.recall import FateForm, RecallForm, TellForm
from circuits.models import Recall, RecallItem, RecallStep
from circuits.traces import trace
from patients.models import Run
from web.actions import accept_upload
from web.downloads import shown
from web.models import Attachment
from web.pages import act_on_form, confirmed_in

P = Permission
PAGE = 50


@require_safe
@requires(P.CATALOGUE_VIEW)
def recall_list(request: UserRequest) -> HttpResponse:
    """Show every recall of the centres in which one works, the open ones first."""
    at = timezone.now()
    rows = Recall.objects.visible_to(request.user, at).with_state().select_related("centre")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "may_work": P.CATALOGUE_EDIT in held(request),
    }
    return render(request, "circuits/recall_list.html", context)


@requires(P.CATALOGUE_EDIT)
def recall_create(request: UserRequest) -> HttpResponse:
    """Enter a notice; its parts are searched for at once."""
    at = timezone.now()
    centres = working_centres(request.user, P.CATALOGUE_EDIT, at)
    form = RecallForm(request.POST or None, request.FILES or None, at=at, centres=centres)
    made: list[Recall] = []

    def receive(facts: dict[str, Any]) -> None:
        recall = receive_recall(
            centre=facts["centre"],
            notice=form.notice(),
            received_at=facts["received_at"],
            file=uploaded(request, facts["file"], at),
            by=request.user,
            at=at,
        )
        made.append(recall)

    answer = act_on_form(
        request,
        form,
        receive,
        page="circuits/recall_form.html",
        context={"back": reverse("circuits:recall-list")},
        then=reverse("circuits:recall-list"),
        done="Recall entered and searched for.",
    )
    return redirect("circuits:recall-detail", made[0].public_id) if made else answer


@require_safe
@requires(P.CATALOGUE_VIEW)
def recall_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the whole trace on one page: who has it, who had it, the shelf, what can replace it."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_VIEW, at)
    found = trace(recall, request.user, at)
    record_accesses(
        by=request.user,
        at=at,
        what=f"recall {recall.reference}"[:100],
        patient_keys=[patient.public_id for patient in found.patients],
        request_id=request.id,
    )
    missing = [] if recall.closed_at else missing_for_closing(recall)
    context = {
        "recall": recall,
        "trace": found,
        "may_work": P.CATALOGUE_EDIT in rights_in_centre(request.user, recall.centre_id),
        "may_close": can_close(recall, request.user, missing),
        "missing": missing,
        "at": at,
    }
    return render(request, "circuits/recall_detail.html", context)


@require_POST
@requires(P.CATALOGUE_EDIT)
def recall_search(request: UserRequest, public_id: str) -> HttpResponse:
    """Search again."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_EDIT, at)
    search_again(recall=recall, by=request.user, at=at)
    messages.success(request, "Searched again. The proof stands below.")
    return redirect("circuits:recall-detail", recall.public_id)


@require_POST
@requires(P.CATALOGUE_EDIT)
def recall_close(request: UserRequest, public_id: str) -> HttpResponse:
    """Ask for closing or, as the second person, close."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_EDIT, at)
    recall = close_recall(recall=recall, by=request.user, at=at)
    asked = "Closing is asked for. A second person closes the recall."
    messages.success(request, "Recall closed." if recall.closed_at else asked)
    return redirect("circuits:recall-detail", recall.public_id)


@requires(P.CATALOGUE_EDIT)
def recall_tell(request: UserRequest, public_id: str, run_id: str) -> HttpResponse:
    """Note which physician of an exposed patient was told."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_EDIT, at)
    run = _exposed_run(recall, run_id)
    form = TellForm(request.POST or None, at=at)

    def tell(facts: dict[str, Any]) -> RecallStep:
        return tell_physician(recall=recall, run=run, **facts, by=request.user, at=at)

    bed = run.patient.bed or "the patient"
    return _step_form(request, recall, form, tell, title=f"Physician told, bed {bed}")


@requires(P.CATALOGUE_EDIT)
def recall_fate(request: UserRequest, public_id: str) -> HttpResponse:
    """Say what became of one part, or of several at once."""
    at = timezone.now()
    recall = open_recall(request.user, public_id, P.CATALOGUE_EDIT, at)
    rows = recall.items.select_related("component__model", "stock_lot__model", "stock_lot__unit")
    form = FateForm(
        request.POST or None, at=at, rows=rows, initial={"items": request.GET.getlist("item")}
    )

    def decide(facts: dict[str, Any]) -> list[RecallItem]:
        same = {name: facts[name] for name in ("fate", "decided_at", "reason")}
        return record_fate(
            recall=recall,
            items=form.chosen(),
            **same,
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    return _step_form(request, recall, form, decide, title="What became of its parts")


@require_safe
@requires(P.CATALOGUE_VIEW)
def recall_file(request: UserRequest, public_id: str, file_id: str) -> HttpResponse:
    """Hand out the notice, or a reply as it was sent."""
    recall = open_recall(request.user, public_id, P.CATALOGUE_VIEW, timezone.now())
    sent = recall.steps.exclude(file=None).values("file")
    if recall.notice and str(recall.notice.public_id) == str(file_id):
        return shown(recall.notice)
    return shown(get_object_or_404(Attachment.objects.filter(pk__in=sent), public_id=file_id))


def uploaded(request: UserRequest, file: Any, at: datetime) -> Attachment | None:
    """Keep a file that came with a form, if one did."""
    if not file:
        return None
    return accept_upload(name=file.name, content=file.read(), by=request.user, at=at)


def _exposed_run(recall: Recall, run_id: str) -> Run:
    parts = recall.items.values("component")
    runs = Run.objects.filter(circuits__uses__component__in=parts).select_related("patient")
    run = runs.filter(public_id=run_id).first()
    if run is None:
        raise Http404("In this run no part of the recall was ever used.")
    return run


def _step_form(
    request: UserRequest, recall: Recall, form: Any, act: Any, *, title: str
) -> HttpResponse:
    back = reverse("circuits:recall-detail", args=[recall.public_id])
    return act_on_form(
        request,
        form,
        act,
        page="circuits/recall_step.html",
        context={"recall": recall, "title": title, "back": back},
        then=back,
        done="Noted.",
    )
