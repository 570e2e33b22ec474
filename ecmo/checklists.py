"""One checklist on a page: any order, several people, big targets; and where it belongs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, held, require_in_unit, requires, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.standby import end_look, standby_of
from patients.access import note_reading
from patients.models import Patient, Run
from patients.queries import banner_of
from web.actions import answer_checklist, end_checklist
from web.checklist_forms import AnswerForm, Shown, fresh
from web.checklists import ItemState, Progress, progress_of
from web.models import ChecklistRun
from web.once import do_once, was_done
from web.pages import ASKED_BACK, UNPROCESSABLE, confirmed_in
from web.problems import ErrorItem, RuleBroken

P = Permission
PAGE = "ecmo/checklist.html"
NO_CONTENT = 204


@requires(P.CATALOGUE_VIEW)
def checklist_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the list; htmx asks with `since` for what others answered meanwhile."""
    checklist = _open(request, public_id, P.CATALOGUE_VIEW)
    progress = progress_of(checklist)
    since = request.GET.get("since", "")
    if since.isdecimal():
        return _news(request, progress, int(since))
    return render(request, PAGE, {**_place(checklist), **_context(request, progress)})


@require_POST
@requires(P.CHECKLIST_ANSWER)
def checklist_answer(request: UserRequest, public_id: str, item: str) -> HttpResponse:
    """Take one answer: the item alone comes back to htmx, else the page."""
    checklist = _open(request, public_id, P.CHECKLIST_ANSWER)
    asked = next((one for one in progress_of(checklist).states if one.item.id == item), None)
    if asked is None:
        raise Http404("This checklist has no such item.")
    form, questions = AnswerForm(request.POST, item=asked.item), list[ErrorItem]()
    saved = was_done(request) or (
        form.is_valid() and _answered(request, checklist, asked.item.id, form, questions)
    )
    progress = progress_of(checklist)
    refused = None if saved else Shown(_state(progress, item), form, questions)
    status = 200 if saved else UNPROCESSABLE
    if request.headers.get("HX-Request"):
        one = refused or fresh(_state(progress, item))
        context = {**_context(request, progress), "one": one, "is_part": True}
        return render(request, "ecmo/_checklist_item.html", context, status=status)
    if saved:
        return redirect(f"{_page(checklist)}#item-{item}")
    context = {**_place(checklist), **_context(request, progress, refused)}
    return render(request, PAGE, context, status=status)


@require_POST
@requires(P.CHECKLIST_ANSWER)
def checklist_end(request: UserRequest, public_id: str) -> HttpResponse:
    """Close the list; what is answered later is still taken."""
    checklist = _open(request, public_id, P.CHECKLIST_ANSWER)
    standby = standby_of(checklist)
    if checklist.ended_at is None and standby is not None:
        end_look(standby=standby, checklist=checklist, by=request.user, at=timezone.now())
    elif checklist.ended_at is None:
        end_checklist(checklist=checklist, by=request.user, at=timezone.now())
    messages.success(request, "Closed. Answers that come late are still taken.")
    return redirect(_place(checklist)["back"])


def _open(request: UserRequest, public_id: str, permission: Permission) -> ChecklistRun:
    rows = ChecklistRun.objects.select_related("unit__centre", "document", "started_by", "ended_by")
    checklist = row_or_refuse(rows, request.user, permission, public_id=public_id)
    if checklist.patient_key:
        at = timezone.now()
        require_in_unit(request.user, P.PATIENT_VIEW, checklist.unit, at)
        patient = Patient.objects.filter(public_id=checklist.patient_key).first()
        if patient is not None:
            note_reading(request, patient, "checklist", checklist.public_id)
    return checklist


def _page(checklist: ChecklistRun) -> str:
    """Return where the list is worked through: a card of an emergency beside its clock."""
    own = reverse("checklist", args=[checklist.public_id])
    if not checklist.is_emergency:
        return own
    emergency = reverse("circuits:emergency", args=[checklist.subject])
    return f"{emergency}?card={checklist.public_id}"


def _place(checklist: ChecklistRun) -> dict[str, Any]:
    """Return the banner of the patient it is about, and the page that it belongs to."""
    if checklist.is_emergency:
        return {"back": _page(checklist), "back_label": "Emergency"}
    if not checklist.patient_key:
        standby = standby_of(checklist)
        if standby is None:
            return {"back": reverse("circuits:readiness"), "back_label": "Readiness"}
        back = reverse("circuits:standby-detail", args=[standby.public_id])
        return {"back": back, "back_label": f"Standby circuit {standby.label}"}
    runs = Run.objects.select_related("patient__centre", "unit__centre")
    of_patient = runs.filter(patient__public_id=checklist.patient_key).order_by("-started_at")
    run = next((one for one in of_patient if str(one.public_id) == checklist.subject), None)
    run = run or of_patient.first()
    if run is None:
        patient = Patient.objects.get(public_id=checklist.patient_key)
        back = reverse("patients:patient-detail", args=[patient.public_id])
        banner = banner_of(patient, None, timezone.now())
        return {"banner": banner, "back": back, "back_label": "Patient"}
    return {
        "banner": banner_of(run.patient, run, timezone.now()),
        "back": reverse("circuits:circuit-detail", args=[run.public_id]),
        "back_label": "Circuit",
    }


def _context(
    request: UserRequest, progress: Progress, refused: Shown | None = None
) -> dict[str, Any]:
    shown = [
        refused if refused and refused.state.item.id == one.item.id else fresh(one)
        for one in progress.states
    ]
    return {
        "checklist": progress.checklist,
        "progress": progress,
        "shown": shown,
        "confirmed": confirmed_in(request),
        "may_answer": P.CHECKLIST_ANSWER in held(request),
        "at": timezone.now(),
        "zone": timezone.get_current_timezone_name(),
    }


def _news(request: UserRequest, progress: Progress, since: int) -> HttpResponse:
    """Answer a poll: nothing, or the progress with each item that was answered since."""
    if progress.newest <= since:
        return HttpResponse(status=NO_CONTENT)
    changed = [one for one in progress.states if any(tap.pk > since for tap in one.taps)]
    context = {**_context(request, progress), "shown": [fresh(one) for one in changed]}
    return render(request, "ecmo/_checklist_news.html", context)


def _state(progress: Progress, item: str) -> ItemState:
    return next(one for one in progress.states if one.item.id == item)


def _answered(
    request: UserRequest,
    checklist: ChecklistRun,
    item: str,
    form: AnswerForm,
    questions: list[ErrorItem],
) -> bool:
    facts = form.cleaned_data
    try:
        do_once(
            request,
            form,
            lambda: answer_checklist(
                checklist=checklist,
                item=item,
                answer=facts["answer"],
                value=form.typed_value,
                note=facts["note"],
                confirmed=confirmed_in(request),
                by=request.user,
                at=timezone.now(),
            ),
        )
    except RuleBroken as broken:
        if broken.code == ASKED_BACK:
            questions += broken.errors
        else:
            form.add_error(None, broken.message)
        return False
    return True
