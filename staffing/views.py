"""The roster of a unit: who is on call now, week or month, and the pages that change it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import UserRequest, require_in_unit, requires, row_or_refuse
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import may, units_of
from staffing.actions import add_shift, cancel_shift, publish_shifts
from staffing.calendar import Period, month_of, rows_of, week_of
from staffing.forms import ShiftForm
from staffing.models import Shift
from staffing.queries import gaps, on_duty, shifts_between
from web.pages import act_on_form
from web.times import is_of_our_time


@require_safe
@requires(Permission.ROSTER_VIEW)
def roster(request: UserRequest) -> HttpResponse:
    """Show one unit's roster; without one asked for, the first that the user may see."""
    at = timezone.now()
    units = list(units_of(request.user, Permission.ROSTER_VIEW, at))
    asked = request.GET.get("unit")
    unit = next((u for u in units if str(u.public_id) == asked), units[0])
    period = _period(unit, request.GET.get("view", ""), request.GET.get("day", ""), at)
    shifts = list(shifts_between(unit, period.starts_at, period.ends_at))
    context = {
        "unit": unit,
        "units": units,
        "at": at,
        "today": at.astimezone(unit.centre.tz).date(),
        "period": period,
        "rows": rows_of(period, shifts),
        "drafts": sum(shift.published_at is None for shift in shifts),
        "on_duty": on_duty(unit, at),
        "gaps": gaps(unit, max(at, period.starts_at), period.ends_at)
        if at < period.ends_at
        else [],
        "may_edit": may(request.user, Permission.ROSTER_EDIT, unit=unit, at=at),
    }
    return render(request, "staffing/roster.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def shift_create(request: UserRequest, unit_id: UUID) -> HttpResponse:
    """Draft a shift."""
    at = timezone.now()
    unit = _unit_to_edit(request, unit_id, at)
    today = at.astimezone(unit.centre.tz).date()
    first = {"day": request.GET.get("day") or today}
    form = ShiftForm(request.POST or None, initial=first, unit=unit, at=at)

    def add(facts: dict[str, Any]) -> Shift:
        drafted = {key: facts[key] for key in ("person", "duty", "starts_at", "ends_at")}
        return add_shift(unit=unit, **drafted, by=request.user, at=at)

    day = form.cleaned_data["day"] if form.is_valid() else today
    return act_on_form(
        request,
        form,
        add,
        page="staffing/shift_create.html",
        context={"unit": unit},
        then=_roster_url(unit, day),
        done="Shift drafted. Publish it when the roster is ready.",
    )


@require_POST
@requires(Permission.ROSTER_EDIT)
def shifts_publish(request: UserRequest, unit_id: UUID) -> HttpResponse:
    """Publish the drafts of the period shown."""
    at = timezone.now()
    unit = _unit_to_edit(request, unit_id, at)
    period = _period(unit, request.POST.get("view", ""), request.POST.get("day", ""), at)
    published = publish_shifts(
        unit=unit, starts_at=period.starts_at, ends_at=period.ends_at, by=request.user, at=at
    )
    messages.success(request, f"Published {len(published)}; everybody concerned is told.")
    return _back(unit, period.first, period.view)


@require_POST
@requires(Permission.ROSTER_EDIT)
def shift_cancel(request: UserRequest, shift_id: UUID) -> HttpResponse:
    """Cancel a shift."""
    at = timezone.now()
    shift = row_or_refuse(Shift.objects, request.user, Permission.ROSTER_EDIT, public_id=shift_id)
    reason = request.POST.get("reason", "")
    cancelled = cancel_shift(shift=shift, by=request.user, at=at, reason=reason)
    messages.success(request, f"Cancelled: {cancelled}.")
    return _back(cancelled.unit, cancelled.starts_at.astimezone(cancelled.unit.centre.tz).date())


def _unit_to_edit(request: UserRequest, unit_id: UUID, at: datetime) -> Unit:
    unit = get_object_or_404(units_of(request.user, Permission.ROSTER_VIEW, at), public_id=unit_id)
    require_in_unit(request.user, Permission.ROSTER_EDIT, unit, at)
    return unit


def _period(unit: Unit, view: str, day: str, at: datetime) -> Period:
    """Read which period is asked for; what cannot be read is this week."""
    zone = unit.centre.tz
    today = at.astimezone(zone).date()
    try:
        first = date.fromisoformat(day)
    except ValueError:
        first = today
    if not is_of_our_time(first):
        first = today
    return month_of(first, zone) if view == "month" else week_of(first, zone)


def _back(unit: Unit, day: date, view: str = "week") -> HttpResponse:
    return redirect(_roster_url(unit, day, view))


def _roster_url(unit: Unit, day: date | str, view: str = "week") -> str:
    return f"{reverse('staffing:roster')}?unit={unit.public_id}&view={view}&day={day}"
