"""Reports of one's centres: ask, take, sign off."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from accounts.queries import centres_of
from reports.actions import can_sign_off, request_report, sign_off
from reports.downloads import RIGHT_TO_DOWNLOAD, hand_out
from reports.forms import AskForm
from reports.models import Report
from reports.queries.reports import IN_WORK, by_month, shown

PAGE = 48


@require_safe
@requires(Permission.REPORT_VIEW)
def report_list(request: UserRequest) -> HttpResponse:
    """Show the reports of one's centres by month; a part of the page while one is being made."""
    at = timezone.now()
    reports = shown(Report.objects.visible_to(request.user, at))
    page = Paginator(reports, PAGE).get_page(request.GET.get("page"))
    may_ask = list(centres_of(request.user, Permission.REPORT_PRODUCE, at))
    may_sign = set(
        centres_of(request.user, Permission.REPORT_SIGN_OFF, at).values_list("pk", flat=True)
    )
    context = {
        "at": at,
        "page": page,
        "months": by_month(list(page)),
        "is_in_work": any(report.state in IN_WORK for report in page),
        "may_ask": {centre.pk for centre in may_ask},
        "signable": {
            report.pk
            for report in page
            if report.centre_id in may_sign and can_sign_off(report, request.user)
        },
    }
    if request.GET.get("part"):
        return render(request, "reports/_reports.html", context)
    form = AskForm(centres=may_ask, at=at) if may_ask else None
    return render(request, "reports/report_list.html", {**context, "form": form})


@require_POST
@requires(Permission.REPORT_PRODUCE)
def report_ask(request: UserRequest) -> HttpResponse:
    """Ask for a report."""
    at = timezone.now()
    centres = list(centres_of(request.user, Permission.REPORT_PRODUCE, at))
    form = AskForm(request.POST, centres=centres, at=at)
    if not form.is_valid():
        context = {"form": form, "months": [], "at": at}
        return render(request, "reports/report_list.html", context, status=422)
    report = request_report(**form.cleaned_data, by=request.user, at=at)
    messages.success(request, f"{report} will be made now. This page shows when it is there.")
    return redirect("reports:report-list")


@require_POST
@requires(Permission.REPORT_SIGN_OFF)
def report_sign(request: UserRequest, report_id: UUID) -> HttpResponse:
    """Sign a report off."""
    at = timezone.now()
    report = _report(request, report_id, Permission.REPORT_SIGN_OFF, at)
    signed = sign_off(report=report, by=request.user, at=at)
    messages.success(request, f"{signed}, revision {signed.revision}, is signed off.")
    return redirect("reports:report-list")


@require_safe
@requires(Permission.REPORT_VIEW)
def report_file(request: UserRequest, report_id: UUID, file_id: UUID) -> HttpResponse:
    """Hand out one file of a report."""
    at = timezone.now()
    report = _report(request, report_id, Permission.REPORT_VIEW, at)
    _require(request, report, RIGHT_TO_DOWNLOAD[report.kind], at)
    file = get_object_or_404(report.files, public_id=file_id)
    return hand_out(report, file, by=request.user, at=at, request_id=request.id)


def _report(request: UserRequest, report_id: UUID, permission: Permission, at: datetime) -> Report:
    """Return a report: 404 if it is not visible, 403 without `permission` in its whole centre."""
    reports = Report.objects.visible_to(request.user, at).select_related("centre")
    report = reports.filter(public_id=report_id).first()
    if report is None:
        raise Http404("There is no such report, or it is not yours to see.")
    _require(request, report, permission, at)
    return report


def _require(request: UserRequest, report: Report, permission: Permission, at: datetime) -> None:
    held = centres_of(request.user, permission, at)
    if not held.filter(pk=report.centre_id).exists():
        words = permission.value.replace("_", " ")
        raise PermissionDenied(f"In {report.centre} this needs the right to {words}.")
