"""Open alerts of the units that one may see; acknowledging; how the alerts of a run went."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from accounts.queries import units_of
from alerts.actions import acknowledge
from alerts.forms import AcknowledgeForm
from alerts.models import Alert
from alerts.queries import history, with_seen
from audit.actions import record_access, record_accesses
from patients.models import Run

LONGEST_NOTE = 300
PAGE_SIZE = 50


@require_safe
@requires(Permission.PATIENT_VIEW)
def alert_list(request: UserRequest) -> HttpResponse:
    """Show what needs someone, the most urgent first, by unit if asked."""
    at = timezone.now()
    units = list(units_of(request.user, Permission.PATIENT_VIEW, at))
    unit = next((u for u in units if str(u.public_id) == request.GET.get("unit")), None)
    alerts = with_seen(Alert.objects.open().visible_to(request.user, at))
    if unit is not None:
        alerts = alerts.filter(unit=unit)
    page = Paginator(alerts, PAGE_SIZE).get_page(request.GET.get("page"))
    patients = {alert.run.patient.public_id for alert in page if alert.run is not None}
    record_accesses(by=request.user, at=at, what="open alerts", patient_keys=sorted(patients))
    may = units_of(request.user, Permission.ALERT_ACKNOWLEDGE, at)
    context = {
        "page": page,
        "units": units,
        "unit": unit,
        "at": at,
        "may_acknowledge": set(may.values_list("pk", flat=True)),
    }
    return render(request, "alerts/alert_list.html", context)


@require_POST
@requires(Permission.ALERT_ACKNOWLEDGE)
def alert_acknowledge(request: UserRequest, alert_id: UUID) -> HttpResponse:
    """Note that the user has seen the alert; htmx gets the row anew."""
    alert = row_or_refuse(
        Alert.objects, request.user, Permission.ALERT_ACKNOWLEDGE, public_id=alert_id
    )
    form = AcknowledgeForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else _readable(request.POST["note"])
    at = timezone.now()
    acknowledge(alert=alert, by=request.user, at=at, note=note)
    if not request.headers.get("HX-Request"):
        return redirect("alerts:alert-list")
    shown = with_seen(Alert.objects.filter(pk=alert.pk)).get()
    context = {"alert": shown, "at": at, "may_acknowledge": {shown.unit_id}}
    return render(request, "alerts/_alert.html", context)


@require_safe
@requires(Permission.PATIENT_VIEW)
def run_history(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Show each opening, escalation, easing and closing of the run's alerts, newest first."""
    run = row_or_refuse(Run.objects, request.user, Permission.PATIENT_VIEW, public_id=run_id)
    at = timezone.now()
    key = run.patient.public_id
    record_access(by=request.user, at=at, what="alert history", patient_key=key, subject=run_id)
    page = Paginator(history(run).reverse(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"run": run, "page": page, "at": at}
    return render(request, "alerts/run_history.html", context)


def _readable(note: str) -> str:
    """Return what can be kept of a note that is too long or holds what cannot be stored."""
    return "".join(char for char in note if char.isprintable())[:LONGEST_NOTE]
