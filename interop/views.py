"""The work list of the laboratory interface: what waits for a person."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from audit.actions import record_accesses
from episodes.actions.merging import doubts_about
from episodes.queries import side_of
from interop.actions.merge import confirm_merge, pair_of, waits_for_merge
from interop.actions.work import UNMATCHED, match_by_hand, resolve_quarantined, set_aside
from interop.forms import MatchForm, MergeReasonForm, ReasonForm
from interop.models import Message, QuarantinedObservation
from interop.queries import candidates, messages_of, work_list
from web.pages import act_on_form, confirmed_in
from web.search import TOKEN, keep_search, sought

PAGE = 25
LIST = "interop:message-list"


@require_safe
@requires(Permission.HL7_WORK)
def message_list(request: UserRequest) -> HttpResponse:
    """Show what waits for a person, oldest first; `?all=1` shows every message, newest first."""
    at = timezone.now()
    is_all = request.GET.get("all") == "1"
    rows = messages_of(request.user, at) if is_all else work_list(request.user, at)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    _note(request, [message for message in page if message.patient])
    context = {"page": page, "is_all": is_all, "at": at}
    return render(request, "interop/message_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.HL7_WORK)
def message_detail(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show one message as it came, what became of it, and what can be done."""
    message = _message(request, public_id)
    if request.method == "POST":
        return keep_search(request, reverse("interop:message-detail", args=[public_id]))
    query = sought(request)
    context = {
        "message": message,
        "segments": message.raw.replace("\r\n", "\r").replace("\n", "\r").split("\r"),
        "values": message.quarantined.select_related("resolved_by"),
        "receipts": message.receipts.all(),
        "is_unmatched": message.state == "held" and message.outcome in UNMATCHED,
        "waits_for_merge": waits_for_merge(message),
        "pair": pair_of(message) if waits_for_merge(message) else None,
        "query": query,
        "found": request.GET.get(TOKEN, ""),
        "form": MatchForm(patients=candidates(message, query)),
        "at": timezone.now(),
    }
    return render(request, "interop/message_detail.html", context)


@requires(Permission.HL7_WORK)
def message_match(request: UserRequest, public_id: UUID) -> HttpResponse:
    """File a message under the patient that was chosen."""
    at = timezone.now()
    message = _message(request, public_id)
    query = sought(request)
    form = MatchForm(request.POST or None, patients=candidates(message, query))
    return act_on_form(
        request,
        form,
        lambda facts: match_by_hand(message=message, **facts, by=request.user, at=at),
        page="interop/message_match.html",
        context={"message": message, "query": query},
        then=reverse(LIST),
        done="Filed under the patient that you chose.",
    )


@requires(Permission.HL7_WORK)
def message_merge(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show the two records that an ADT^A40 names; merge them once each doubt is confirmed."""
    at = timezone.now()
    message = _message(request, public_id)
    if not waits_for_merge(message):
        raise Http404("This message waits for no merge.")
    pair = pair_of(message)
    if pair.goes is None or pair.stays is None:
        raise Http404("One of its two records is not here.")
    told = confirmed_in(request)
    return act_on_form(
        request,
        MergeReasonForm(request.POST or None),
        lambda facts: confirm_merge(
            message=message, **facts, confirmed=told, by=request.user, at=at
        ),
        page="episodes/merge_form.html",
        context={
            "title": "Two records, one patient?",
            "left": side_of(pair.goes),
            "right": side_of(pair.stays),
            "doubts": doubts_about(pair.goes, pair.stays),
            "back": reverse("interop:message-detail", args=[public_id]),
        },
        then=reverse(LIST),
        done="The two records are one. It can be taken back on the patient's page.",
    )


@requires(Permission.HL7_WORK)
def message_set_aside(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Take a message from the list that is not for us or cannot be read."""
    at = timezone.now()
    message = _message(request, public_id)
    return act_on_form(
        request,
        ReasonForm(request.POST or None),
        lambda facts: set_aside(message=message, **facts, by=request.user, at=at),
        page="interop/message_aside.html",
        context={"message": message},
        then=reverse(LIST),
        done="Set aside. The message stays on record.",
    )


@requires(Permission.HL7_WORK)
def value_resolve(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Note what became of a value that was not filed."""
    at = timezone.now()
    row = get_object_or_404(
        QuarantinedObservation.objects.select_related("message__centre", "message__patient"),
        public_id=public_id,
        message__in=Message.objects.visible_to(request.user, at),
    )
    return act_on_form(
        request,
        ReasonForm(request.POST or None),
        lambda facts: resolve_quarantined(row=row, **facts, by=request.user, at=at),
        page="interop/value_resolve.html",
        context={"value": row, "message": row.message},
        then=reverse(LIST),
        done="Noted.",
    )


def _message(request: UserRequest, public_id: UUID) -> Message:
    at = timezone.now()
    message = get_object_or_404(messages_of(request.user, at), public_id=public_id)
    _note(request, [message])
    return message


def _note(request: UserRequest, messages: list[Message]) -> None:
    record_accesses(
        by=request.user,
        at=timezone.now(),
        what="laboratory messages",
        patient_keys=dict.fromkeys(
            str(message.patient.public_id) for message in messages if message.patient
        ),
        request_id=request.id,
    )
