"""The bedside check: list, one check with its versions, a new one, an amendment."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import UserRequest, held, requires, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.checks import amend_check, record_check
from circuits.document import values_of
from circuits.forms.check import AmendForm, Before, CheckForm
from circuits.history import device_clock_off
from circuits.models import Check
from circuits.queries import Recent, checks_of, versions_of
from clinical.limits import Limit
from clinical.measures import MEASURES, core_measures
from patients.access import note_reading, open_run
from patients.models import Run
from patients.queries import banner_of, limits_of
from patients.watched import watched
from web.once import KEY, do_once, was_done
from web.pages import UNPROCESSABLE
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

PAGE = 24


@requires(Permission.PATIENT_VIEW)
def check_list(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the checks of a run, newest first."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="checks")
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "page": Paginator(checks_of(run), PAGE).get_page(request.GET.get("page")),
        "measures": [MEASURES[c] for c in (*(m.code for m in core_measures()), "delta_p")],
        "may_record": Permission.CHECK_RECORD in held(request) and run.is_running,
        "at": at,
    }
    return render(request, "circuits/check_list.html", context)


@requires(Permission.PATIENT_VIEW)
def check_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one check as it stands, with what each amendment changed."""
    at = timezone.now()
    check = _check(request, public_id, Permission.PATIENT_VIEW)
    run = check.run
    versions = versions_of(check)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "check": versions[-1],
        "versions": versions,
        "clock_off": device_clock_off(versions[0].row),
        "may_amend": Permission.CHECK_AMEND in held(request),
        "at": at,
    }
    return render(request, "circuits/check_detail.html", context)


@requires(Permission.CHECK_RECORD)
def check_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Record a check; what is unusual is asked back on the sign sheet."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="new check")
    limits = {one.measure: one for one in limits_of(run) if one.holds_at(at)}
    form = CheckForm(
        request.POST or None,
        at=at,
        before=_before(run),
        limits=limits,
        initial={"checked_at": at, "kind": "hourly", "trial": watched(run).trial},
    )
    questions: list[ErrorItem] = []
    if was_done(request):
        return redirect("circuits:check-detail", public_id=request.POST[KEY])
    if request.method == "POST" and form.is_valid():
        try:
            do_once(request, form, lambda: _record(request, run, form, at))
        except NeedsConfirmation as asked:
            questions = asked.errors
        except RuleBroken as broken:
            _show(form, broken)
        else:
            return redirect("circuits:check-detail", public_id=form.cleaned_data[KEY])
    context = _page(request, run, form, limits, questions, at)
    status = 200 if request.method == "GET" else UNPROCESSABLE
    return render(request, "circuits/check_form.html", context, status=status)


@requires(Permission.CHECK_AMEND)
def check_amend(request: UserRequest, public_id: str) -> HttpResponse:
    """Correct a check by a new version; the first stays readable."""
    at = timezone.now()
    check = _check(request, public_id, Permission.CHECK_AMEND)
    form = AmendForm(request.POST or None, values=values_of(check.document))
    questions: list[ErrorItem] = []
    if was_done(request):
        return redirect("circuits:check-detail", public_id=check.public_id)
    if request.method == "POST" and form.is_valid():
        try:
            do_once(request, form, lambda: _amend(request, check, form, at))
        except NeedsConfirmation as asked:
            questions = asked.errors
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            return redirect("circuits:check-detail", public_id=check.public_id)
    context = {
        "run": check.run,
        "banner": banner_of(check.run.patient, check.run, at),
        "check": check,
        "form": form,
        "questions": questions,
    }
    status = 200 if request.method == "GET" else UNPROCESSABLE
    return render(request, "circuits/check_amend.html", context, status=status)


def _record(request: UserRequest, run: Run, form: CheckForm, at: datetime) -> Check:
    return record_check(
        run=run,
        typed=form.typed(),
        confirmed=request.POST.getlist("confirm"),
        public_id=form.cleaned_data[KEY],
        by=request.user,
        at=at,
    )


def _amend(request: UserRequest, check: Check, form: AmendForm, at: datetime) -> Check:
    return amend_check(
        check=check,
        values=form.changed_values(),
        reason=form.cleaned_data["reason"],
        confirmed=request.POST.getlist("confirm"),
        by=request.user,
        at=at,
    )


def _page(
    request: UserRequest,
    run: Run,
    form: CheckForm,
    limits: dict[str, Limit],
    questions: list[ErrorItem],
    at: datetime,
) -> dict[str, Any]:
    banner = banner_of(run.patient, run, at)
    return {
        "run": run,
        "banner": banner,
        "form": form,
        "questions": questions,
        "confirmed": request.POST.getlist("confirm"),
        "due": run.dues.filter(kind="check", settled_at=None).first(),
        "drop_limit": limits.get("delta_p"),
        "drop_before": _before(run).get("delta_p"),
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


def _before(run: Run) -> dict[str, Before]:
    """Return for each core measure its newest value, looking back a few checks at most."""
    wanted = {one.code for one in core_measures()} | {"delta_p"}
    found: dict[str, Before] = {}
    for index, reading in enumerate(Recent(run)):
        for code in wanted - found.keys():
            if code in reading.values:
                found[code] = Before(reading.values[code], reading.checked_at)
        if found.keys() >= wanted or index >= PAGE:
            break
    return found


def _check(request: UserRequest, public_id: str, permission: Permission) -> Check:
    rows = Check.objects.select_related("run__patient__centre", "run__unit__centre", "performed_by")
    check = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, check.run.patient, "check", check.public_id)
    return check
