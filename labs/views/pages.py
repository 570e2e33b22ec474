"""What one reads: the anticoagulation tab and the results table."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import UserRequest, requires, rights_in
from accounts.permissions import Permission
from clinical.measures import MEASURES
from labs.models import AnticoagulationPlan
from labs.queries.charts import panels
from labs.queries.infusions import infusions_of
from labs.queries.panel import panel
from labs.queries.plans import is_titration_signed, protocol_of, time_in_target, titration_of
from labs.queries.results import columns_of, table
from patients.access import open_run
from patients.models import Run
from patients.queries import banner_of

RANGES = ((24, "24hr"), (72, "72hr"), (0, "Run"))
DRIVERS = ("anti_xa_ufh", "aptt", "act")


@require_safe
@requires(Permission.PATIENT_VIEW)
def anticoagulation(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show the infusion, its target, the results and when the next sample is due."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="anticoagulation")
    hours = _hours(request)
    plans = list(run.plans.all())
    shown, drawn = panels(run, infusions_of(run), plans, at, hours)
    columns = list(dict.fromkeys([*(p.driver for p in plans if p.driver), *DRIVERS]))
    now = panel(run, at)
    rights = rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "at": at,
        "hours": hours,
        "ranges": RANGES,
        "window": shown,
        "panels": drawn,
        "now": now,
        "columns": [MEASURES[code] for code in columns if code in MEASURES],
        "rows": table(run, columns, plans, limit=12),
        "may_change": Permission.INFUSION_CHANGE in rights and run.is_running,
        "may_chart": Permission.LAB_RECORD in rights,
        "may_plan": Permission.PLAN_SET in rights and run.is_running,
        **_judged(run, now.plan, at),
    }
    return render(request, "labs/anticoagulation.html", context)


@require_safe
@requires(Permission.PATIENT_VIEW)
def results(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show every result of the run, newest collection first."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="laboratory results")
    columns = columns_of(run)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "at": at,
        "columns": [(code, MEASURES.get(code)) for code in columns],
        "rows": table(run, columns, list(run.plans.all()), limit=50),
        "may_chart": Permission.LAB_RECORD in rights_in(request.user, run.unit),
    }
    return render(request, "labs/results.html", context)


def _judged(run: Run, plan: AnticoagulationPlan | None, at: datetime) -> dict[str, Any]:
    """Time in target, and the protocol's row only where the site has signed for it."""
    if plan is None:
        return {}
    is_signed = is_titration_signed(run.unit.centre, at)
    protocol = protocol_of(plan, at) if is_signed else None
    rows = titration_of(plan, protocol) if protocol else ()
    return {
        "in_target": time_in_target(plan) if plan.driver else None,
        "is_titration_signed": is_signed,
        "titration": rows[-1] if rows else None,
        "blocked": [block.replace("_", " ") for block in rows[-1].blocked] if rows else [],
    }


def _hours(request: UserRequest) -> int:
    asked = request.GET.get("hours", "72")
    return next((hours for hours, _ in RANGES if str(hours) == asked), 72)
