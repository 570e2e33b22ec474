"""The schedule of changes of a unit, one change, and the form that plans one."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import may, units_of
from audit.actions import record_accesses
from circuits.actions.changes import plan_change
from circuits.changes import (
    concerns,
    open_changes,
    planned_between,
    possible_owners,
    recent_shares,
    shown,
    weeks_of,
)
from circuits.forms.change import PlanForm
from circuits.models import PlannedChange
from circuits.queries import uses_of
from circuits.schedule import proposed_slot, schedule_rules
from clinical.signals import Urgency
from patients.access import note_reading, open_run
from patients.queries import banner_of
from staffing.calendar import Period, month_of, week_of
from web.pages import act_on_form
from web.times import is_of_our_time

VIEWS = (("list", "List"), ("week", "Week"), ("month", "Month"))


@require_safe
@requires(Permission.PATIENT_VIEW)
def change_schedule(request: UserRequest) -> HttpResponse:
    """Show what of a unit is to be changed: planned, proposed, and due for review."""
    at = timezone.now()
    units = list(units_of(request.user, Permission.PATIENT_VIEW, at))
    asked = request.GET.get("unit")
    unit = next((u for u in units if str(u.public_id) == asked), units[0])
    view = next((one for one, _ in VIEWS if one == request.GET.get("view")), "list")
    planned = open_changes(unit)
    found = concerns(unit, at, planned)
    context: dict[str, Any] = {
        "unit": unit,
        "units": units,
        "views": VIEWS,
        "view": view,
        "at": at,
        "planned": planned,
        "concerns": found,
        "rules": schedule_rules(unit.centre, at),
        "may_plan": may(request.user, Permission.COMPONENT_EXCHANGE, unit=unit, at=at),
        "shares": recent_shares(unit, at),
    }
    seen = list(planned)
    if view != "list":
        period = _period(unit, view, request.GET.get("day", ""), at)
        seen = planned_between(unit, period.starts_at, period.ends_at)
        today = at.astimezone(unit.centre.tz).date()
        context |= {"period": period, "weeks": weeks_of(period, seen), "today": today}
    keys = {change.run.patient.public_id for change in (*planned, *seen)}
    keys |= {one.run.patient.public_id for one in (*found.proposed, *found.reviews)}
    record_accesses(by=request.user, at=at, what="change schedule", patient_keys=sorted(keys))
    return render(request, "circuits/change_schedule.html", context)


@require_safe
@requires(Permission.PATIENT_VIEW)
def change_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one planned change: what, when, who, why, and every step so far."""
    at = timezone.now()
    change = change_or_refuse(request, public_id, Permission.PATIENT_VIEW)
    context = {
        "run": change.run,
        "banner": banner_of(change.run.patient, change.run, at),
        "change": change,
        "decisions": change.decisions.select_related("owner", "decided_by").reverse(),
        "may_plan": Permission.COMPONENT_EXCHANGE in rights_in(request.user, change.run.unit)
        and change.is_open,
        "at": at,
    }
    return render(request, "circuits/change_detail.html", context)


@requires(Permission.COMPONENT_EXCHANGE)
def change_plan(request: UserRequest, public_id: str) -> HttpResponse:
    """Plan a change of components of a run; the slot proposed comes from the roster."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.COMPONENT_EXCHANGE, what="plan a change")
    urgency = next((one for one in Urgency if one == request.GET.get("urgency")), Urgency.PLANNED)
    proposed = proposed_slot(run.unit, urgency, at)
    uses = uses_of(run).filter(removed_at=None)
    first: dict[str, Any] = {
        "urgency": urgency.value,
        "uses": [use for use in uses if str(use.public_id) == request.GET.get("component")],
    }
    if proposed is not None:
        first |= {"starts_at": proposed.slot.starts_at, "ends_at": proposed.slot.ends_at}
        first["owner"] = proposed.users[0] if proposed.users else None
    form = PlanForm(
        request.POST or None, initial=first, at=at, uses=uses, owners=possible_owners(run.unit, at)
    )

    def plan(facts: dict[str, Any]) -> PlannedChange:
        return plan_change(run=run, **facts, by=request.user, at=at)

    return act_on_form(
        request,
        form,
        plan,
        page="circuits/change_plan.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "proposed": proposed,
            "has_parts": uses.exists(),
            "back": reverse("circuits:circuit-detail", args=[run.public_id]),
        },
        then=f"{reverse('circuits:change-schedule')}?unit={run.unit.public_id}",
        done="The change is planned; its owner is told.",
    )


def change_or_refuse(request: UserRequest, public_id: str, permission: Permission) -> PlannedChange:
    """Return the change of a page: 404 if it is not visible, 403 without the right there."""
    rows = shown(PlannedChange.objects.all())
    change = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, change.run.patient, "planned change", change.public_id)
    return change


def _period(unit: Unit, view: str, day: str, at: datetime) -> Period:
    zone = unit.centre.tz
    today = at.astimezone(zone).date()
    try:
        first = date.fromisoformat(day)
    except ValueError:
        first = today
    first = first if is_of_our_time(first) else today
    return month_of(first, zone) if view == "month" else week_of(first, zone)
