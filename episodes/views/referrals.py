"""Referrals: the list with its running clocks, the form of the call, the page of one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, held, require_in_unit, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from accounts.queries import units_of
from audit.actions import record_access, record_accesses
from clinical.lifecycle import State, label, next_steps
from episodes.actions.referrals import receive_referral
from episodes.forms import LogForm, ReferralForm
from episodes.policy import referral_policy
from episodes.queries import lines_of, visible_referrals
from patients.actions.referral import change_referral
from patients.episode import history
from patients.models import Referral
from web.pages import act_on_form
from web.problems import RuleBroken

PAGE = 50
SHOWN = {
    "open": ("Open", None),
    "declined": ("Declined", ["declined"]),
    "watch": ("Watched", ["watch"]),
    "all": ("All", []),
}
AUTOSAVE = "X-Autosave"


@requires(Permission.PATIENT_VIEW)
def referral_list(request: UserRequest) -> HttpResponse:
    """Show referrals, the open ones first; htmx asks for the changing part."""
    at, show = timezone.now(), request.GET.get("show", "open")
    rows = visible_referrals(request.user, at)
    states = SHOWN.get(show, SHOWN["open"])[1]
    rows = rows.open() if states is None else rows.filter(state__in=states) if states else rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    record_accesses(
        by=request.user,
        at=at,
        what="referrals",
        patient_keys=[one.patient.public_id for one in page if one.patient],
        request_id=request.id,
    )
    context = {
        "page": page,
        "lines": lines_of(page),
        "shown": [(name, words) for name, (words, _) in SHOWN.items()],
        "show": show if show in SHOWN else "open",
        "zone": timezone.get_current_timezone_name(),
        "at": at,
        "may_add": Permission.REFERRAL_RECORD in held(request),
    }
    part = "_referrals.html" if request.GET.get("part") else "referral_list.html"
    return render(request, f"patients/{part}", context)


@requires(Permission.REFERRAL_RECORD)
def referral_create(request: UserRequest) -> HttpResponse:
    """Fill in a call while on the phone; what is typed is kept from the call-back number on."""
    at = timezone.now()
    initial = {"referral": uuid4(), "called_at": at}
    return _call(request, ReferralForm, at, {"initial": initial}, "New referral", "referral-list")


@requires(Permission.REFERRAL_RECORD)
def referral_edit(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Go on with a call, or correct what was told."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.REFERRAL_RECORD, "what was told")
    form = ReferralForm if request.method == "POST" else ReferralForm.of
    options = {} if request.method == "POST" else {"referral": referral}
    return _call(request, form, at, options, "What was told", "")


@requires(Permission.PATIENT_VIEW)
def referral_detail(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show where a referral stands, what may follow, its log and its steps."""
    at = timezone.now()
    referral = open_referral(request, public_id, Permission.PATIENT_VIEW, "referral")
    rights = rights_in(request.user, referral.unit)
    state = State(referral.state)
    context = {
        "referral": referral,
        "line": lines_of([referral])[0],
        "state": label(state),
        "next": [step for step in next_steps(state) if step.who in rights],
        "steps": history(referral, referral_policy(referral.unit.centre, at).decline_reasons),
        "log": referral.log.select_related("entered_by", "to"),
        "log_form": LogForm(at=at, initial={"happened_at": at}),
        "told": _told(referral),
        "may_record": Permission.REFERRAL_RECORD in rights,
        "may_triage": Permission.REFERRAL_TRIAGE in rights,
        "at": at,
    }
    return render(request, "patients/referral_detail.html", context)


def open_referral(
    request: UserRequest, public_id: UUID, permission: Permission, what: str
) -> Referral:
    """Return the referral of a page: 404 if it is not visible, 403 without `permission` there."""
    rows = Referral.objects.select_related("unit__centre", "patient", "run", "owner", "entered_by")
    referral = row_or_refuse(rows, request.user, permission, public_id=public_id)
    record_access(
        by=request.user,
        at=timezone.now(),
        what=what,
        patient_key=referral.patient.public_id if referral.patient else "",
        subject=referral.public_id,
        method=request.method or "GET",
        request_id=request.id,
    )
    return referral


def _call(
    request: UserRequest,
    make: Any,
    at: datetime,
    options: dict[str, Any],
    title: str,
    back: str,
) -> HttpResponse:
    units = units_of(request.user, Permission.REFERRAL_RECORD, at)
    data = request.POST if request.method == "POST" else None
    form = make(**({"data": data} if data is not None else options), at=at, units=units)
    key = form["referral"].value()
    if request.headers.get(AUTOSAVE):
        return _autosave(request, form, at)
    page = reverse("episodes:referral-detail", args=[key]) if _uuid(key) else ""
    return act_on_form(
        request,
        form,
        lambda facts: _keep(request, facts.pop("referral"), facts, at),
        page="patients/referral_form.html",
        context={
            "title": title,
            "back": reverse(f"episodes:{back}") if back else page,
        },
        then=page,
        done="Kept. The clock runs from the call.",
    )


def _keep(request: UserRequest, key: UUID, facts: dict[str, Any], at: datetime) -> Referral:
    known = Referral.objects.filter(public_id=key).first()
    if known is None:
        require_in_unit(request.user, Permission.REFERRAL_RECORD, facts["unit"], at)
        return receive_referral(**facts, public_id=key, by=request.user, at=at)
    known = row_or_refuse(Referral.objects, request.user, Permission.REFERRAL_RECORD, public_id=key)
    return change_referral(referral=known, **facts, by=request.user, at=at)


def _autosave(request: UserRequest, form: ReferralForm, at: datetime) -> HttpResponse:
    """Keep what can be read of a form that is being typed; say what could not."""
    form.is_valid()
    key = form.cleaned_data.get("referral")
    unread = [form[name].label for name in form.errors if name in form.fields]
    if key is None or not {"call_back", "called_at", "unit"} <= form.cleaned_data.keys():
        return JsonResponse({"unread": unread}, status=422)
    try:
        referral = _keep(request, key, form.readable(), at)
    except RuleBroken as broken:
        return JsonResponse({"unread": [broken.message]}, status=422)
    url = reverse("episodes:referral-edit", args=[referral.public_id])
    return JsonResponse({"unread": unread, "url": url})


def _uuid(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def _told(referral: Referral) -> list[tuple[str, Any, str]]:
    """Return the numbers that were told: label, value, unit."""
    form = ReferralForm.base_fields
    names = [name for _, group in ReferralForm.GROUPS[3:5] for name in group if name != "gas_at"]
    return [
        (str(form[name].label), getattr(referral, name), getattr(form[name], "unit", ""))
        for name in names
    ]
