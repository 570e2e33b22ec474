"""Trends of a run: what the site's rules find in its checks, with the readings that say so."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from circuits.asked import check_sets
from circuits.trend_pages import NAMES, finding_of, membrane_rows
from circuits.trend_story import told_of
from patients.access import open_run
from patients.queries import banner_of


@requires(Permission.PATIENT_VIEW)
def run_patterns(request: UserRequest, public_id: str) -> HttpResponse:
    """Show what the trend rules find now and found in the last day, and how the membrane does."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="trends")
    told = told_of(run, at)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "told": told,
        "findings": [finding_of(one) for one in told.now.found],
        "past": [finding_of(one) for one in told.past],
        "not_judged": [(NAMES[one.kind], one.why) for one in told.now.not_judged],
        "membrane": membrane_rows(told.membrane),
        "shown_units": check_sets(run.unit.centre, at)[0].units,
        "at": at,
    }
    return render(request, "circuits/patterns.html", context)
