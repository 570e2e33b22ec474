"""Trends of a run: its charts, and what the site's rules find in its checks."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from circuits.asked import check_sets
from circuits.trend_charts import CHARTED, GROUPS, events_in, facts_of, panels_of
from circuits.trend_pages import NAMES, finding_of, membrane_rows
from circuits.trend_story import told_of
from circuits.trends import DEFAULT_WINDOW, SHOWN, WINDOW_LABELS, WINDOWS, trend_json, window
from clinical.measures import MEASURES
from patients.access import open_run
from patients.queries import banner_of
from patients.timeline import timeline


@requires(Permission.PATIENT_VIEW)
def trend_page(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the charts of a run, what the trend rules find in it, and how the membrane does."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="trends")
    name = request.GET.get("window", DEFAULT_WINDOW)
    units = check_sets(run.unit.centre, at)[0].units
    events = events_in(timeline(run), run, name, at)
    told = told_of(run, at)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "groups": [(title, panels_of(codes, units)) for title, codes in GROUPS],
        "chart": facts_of(run, name, at, CHARTED, events),
        "events": events,
        "has_checks": run.checks.current().exists(),
        "window": name if name in WINDOWS else "run",
        "windows": WINDOW_LABELS,
        "trends_url": reverse("circuits:run-trends", args=[run.public_id]),
        "told": told,
        "findings": [finding_of(one) for one in told.now.found],
        "past": [finding_of(one) for one in told.past],
        "not_judged": [(NAMES[one.kind], one.why) for one in told.now.not_judged],
        "membrane": membrane_rows(told.membrane),
        "shown_units": units,
        "at": at,
    }
    return render(request, "circuits/trend_page.html", context)


@requires(Permission.PATIENT_VIEW)
def trend_series(request: UserRequest, public_id: str) -> HttpResponse:
    """Answer the series of the charts."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="trends")
    since, until = window(run, request.GET.get("window", DEFAULT_WINDOW), at)
    asked = [code for code in request.GET.getlist("measure") if code in MEASURES] or list(SHOWN)
    return HttpResponse(
        trend_json(run, asked, since, until), content_type="application/json; charset=utf-8"
    )
