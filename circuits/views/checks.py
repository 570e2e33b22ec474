"""The bedside check: list, one check with its versions, a new one, an amendment."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, requires, rights_in
from accounts.permissions import Permission
from circuits.actions.checks import record_check
from circuits.asked import asked_of, check_sets, shown
from circuits.check_pages import draft_key, kept_draft, open_check, raised_by, undo_seconds
from circuits.clots import clot_map
from circuits.forms.check import CheckForm
from circuits.history import device_clock_off
from circuits.models import Check, CheckKind
from circuits.paper import render_paper
from circuits.past import past_of
from circuits.plain_text import text_of
from circuits.queries import checks_of, versions_of
from clinical.check import DELTA_P
from clinical.measures import core_measures
from patients.access import open_run
from patients.lookalikes import lookalikes
from patients.models import Run
from patients.queries import banner_of, limits_of, segments_of
from patients.watched import watched
from web import times
from web.actions import drop_draft, keep_draft, settle_draft
from web.downloads import attached
from web.once import KEY, do_once, was_done
from web.pages import UNPROCESSABLE
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

PAGE = 24


@requires(Permission.PATIENT_VIEW)
def check_list(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the checks of a run, newest first."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="checks")
    units = check_sets(run.unit.centre, at)[0].units
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "page": Paginator(checks_of(run), PAGE).get_page(request.GET.get("page")),
        "measures": [shown(c, units) for c in (*(m.code for m in core_measures()), DELTA_P)],
        "may_record": Permission.CHECK_RECORD in rights_in(request.user, run.unit)
        and run.is_running,
        "at": at,
    }
    return render(request, "circuits/check_list.html", context)


@requires(Permission.PATIENT_VIEW)
def check_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one check as it stands, with what each amendment changed."""
    check = open_check(request, public_id, Permission.PATIENT_VIEW)
    return _show_check(request, check, timezone.now())


@requires(Permission.CHECK_RECORD)
def check_signed(request: UserRequest, public_id: str) -> HttpResponse:
    """Show a check that was just signed: what it raised, and for some seconds the way back."""
    at = timezone.now()
    check = open_check(request, public_id, Permission.CHECK_RECORD)
    return _show_check(request, check, at, undo_for=undo_seconds(check, request.user, at))


@requires(Permission.CHECK_RECORD)
def check_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Record a check; what is unusual is asked back on the sign sheet."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="new check")
    if was_done(request):
        return redirect("circuits:check-signed", public_id=request.POST[KEY])
    segments = segments_of(run)
    kind = _kind(request)
    asked = asked_of(run, kind, segments, at, still=request.GET.getlist("ask"))
    limits = {one.measure: one for one in limits_of(run) if one.holds_at(at)}
    form = CheckForm(
        request.POST or None,
        at=at,
        asked=asked,
        past=past_of(run, {*asked.set.values, DELTA_P}, asked.set.looks, at),
        limits=limits,
        initial={"checked_at": at, "kind": kind, "trial": watched(run).trial},
    )
    questions: list[ErrorItem] = []
    if request.method == "POST" and form.is_valid():
        try:
            do_once(request, form, lambda: _record(request, run, form, at))
        except NeedsConfirmation as needed:
            questions = needed.errors
        except RuleBroken as broken:
            _show(form, broken)
        else:
            return redirect("circuits:check-signed", public_id=form.cleaned_data[KEY])
    context = {**_page(request, run, form, at), "asked": asked, "questions": questions}
    status = 200 if request.method == "GET" else UNPROCESSABLE
    return render(request, "circuits/check_form.html", context, status=status)


def _record(request: UserRequest, run: Run, form: CheckForm, at: datetime) -> Check:
    settle_draft(key=draft_key(run), by=request.user, at=at)
    return record_check(
        run=run,
        typed=form.typed(),
        confirmed=request.POST.getlist("confirm"),
        public_id=form.cleaned_data[KEY],
        by=request.user,
        at=at,
    )


@requires(Permission.PATIENT_VIEW)
def check_paper(request: UserRequest, public_id: str) -> HttpResponse:
    """Hand out the blank paper form of a run, for when no tablet is at hand."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="paper form of a check")
    kind = _kind(request)
    asked = asked_of(run, kind, segments_of(run), at)
    form = reverse("circuits:check-create", args=[run.public_id])
    content = render_paper(
        run,
        asked,
        banner_of(run.patient, run, at),
        request.build_absolute_uri(f"{form}?kind={kind}"),
        at,
    )
    return attached(f"check-{run.public_id}.pdf", "application/pdf", content)


@requires(Permission.CHECK_RECORD)
@require_POST
def check_draft(request: UserRequest, public_id: str) -> HttpResponse:
    """Keep what is being typed, or forget it; the answer is the time at which it was kept."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="new check")
    fields = {n: v for n, v in request.POST.items() if n != "csrfmiddlewaretoken"}
    try:
        if fields.pop("forget", ""):
            drop_draft(key=draft_key(run), by=request.user, at=at)
        else:
            keep_draft(key=draft_key(run), fields=fields, by=request.user, at=at)
    except RuleBroken as broken:
        return HttpResponse(broken.message, status=broken.status)
    return HttpResponse(times.clock(timezone.localtime(at)), content_type="text/plain")


def _show_check(
    request: UserRequest, check: Check, at: datetime, undo_for: int = 0
) -> HttpResponse:
    run = check.run
    versions = versions_of(check)
    newest = versions[-1]
    stands = not newest.row.is_withdrawn
    banner = banner_of(run.patient, run, at)
    units = check_sets(run.unit.centre, at)[0].units
    context = {
        "run": run,
        "banner": banner,
        "text": text_of(versions, banner, units),
        "check": newest,
        "versions": versions,
        "shown_units": units,
        "clock_off": device_clock_off(versions[0].row),
        "map": clot_map(run, at),
        "raised": raised_by(newest.row),
        "undo_for": undo_for,
        "may_amend": stands and Permission.CHECK_AMEND in rights_in(request.user, run.unit),
        "at": at,
    }
    return render(request, "circuits/check_detail.html", context)


def _kind(request: UserRequest) -> str:
    """The kind of check that is asked for, or that was sent."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    return kind if kind in CheckKind.values else CheckKind.HOURLY.value


def _page(request: UserRequest, run: Run, form: CheckForm, at: datetime) -> dict[str, Any]:
    return {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "form": form,
        "kinds": CheckKind.choices,
        "lookalikes": lookalikes(run),
        "confirmed": request.POST.getlist("confirm"),
        "kept": None if form.is_bound else kept_draft(request.user, run, at),
        "due": run.dues.filter(kind="check", settled_at=None).first(),
        "drop": form.drop,
        "at": at,
        "density": "touch",
    }


def _show(form: CheckForm, broken: RuleBroken) -> None:
    for error in broken.errors:
        name = f"v_{error['parameter']}"
        if name in form.fields:
            form.add_error(name, error["message"])
        elif error["parameter"] in form.fields:
            form.add_error(error["parameter"], error["message"])
        else:
            form.add_error(None, error["message"])
    if not broken.errors:
        form.add_error(None, broken.message)
