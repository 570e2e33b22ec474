"""The flowsheet of a run, a day on a sheet."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from circuits.asked import check_sets
from circuits.flowsheet import days_of, sheet_of
from patients.access import open_run
from patients.queries import banner_of


@requires(Permission.PATIENT_VIEW)
def flowsheet(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the checks of a day by the hour, for the screen and for paper."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="flowsheet")
    days = days_of(run, at)
    day = _day_in(request.GET.get("day", ""), days)
    place = days.index(day)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "sheet": sheet_of(run, day, check_sets(run.unit.centre, at)[0].units, at),
        "days": [(one, len(days) - n) for n, one in enumerate(days)],
        "day": day,
        "later": days[place - 1] if place else None,
        "earlier": days[place + 1] if place + 1 < len(days) else None,
        "at": at,
    }
    return render(request, "circuits/flowsheet.html", context)


def _day_in(typed: str, days: list[date]) -> date:
    """Return the day asked for, the newest if it is none of the run."""
    return next((one for one in days if one.isoformat() == typed), days[0])
