"""The patient page: what needs someone, key values with what they were, trends, components."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in
from accounts.permissions import Permission
from alerts.models import Alert, Due
from circuits.adjuncts import running_adjuncts
from circuits.diagram_of_run import OLD_AFTER, diagram_of
from circuits.lives import lives
from circuits.queries import Reading, Recent
from circuits.trend_charts import facts_of, panels_of
from circuits.trends import DEFAULT_WINDOW, SHOWN, WINDOW_LABELS, WINDOWS
from clinical.measures import MEASURES, Measure
from patients.access import open_run
from patients.episode import lifecycle_of
from patients.models import Run
from patients.queries import banner_of, run_hours
from patients.timeline import timeline

KEY_VALUES = (
    "blood_flow",
    "blood_flow_per_kg",
    "pump_speed",
    "p_drainage",
    "delta_p",
    "membrane_resistance",
    "sweep_gas_flow",
    "sat_post_membrane",
)
LOOK_BACK = 24
RECENT_EVENTS = 8


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A value with its time, and the one before."""

    measure: Measure
    value: Decimal | None
    at: datetime | None
    was: Decimal | None
    was_at: datetime | None
    severity: int | None
    is_old: bool


@requires(Permission.PATIENT_VIEW)
def run_overview(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the run at a glance."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="overview")
    alerts = list(
        Alert.objects.open().attention().filter(run=run).prefetch_related("acknowledgements__by")
    )
    name = request.GET.get("window", DEFAULT_WINDOW)
    readings = [one for _, one in zip(range(LOOK_BACK), Recent(run), strict=False)]
    parts = lives(run, at)
    inside = {life.use.kind for life in parts if not life.use.removed_at}
    adjuncts = running_adjuncts(run, at)
    inside |= {life.adjunct.kind for life in adjuncts}
    rights = rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "diagram": diagram_of(run, readings, alerts, inside, at),
        "read_at": readings[0].checked_at if readings else None,
        "alerts": alerts,
        "dues": Due.objects.open().filter(run=run),
        "episode": lifecycle_of(run),
        "hold": run.holds.filter(released_at=None).first(),
        "may_edit": Permission.RUN_EDIT in rights,
        "values": _key_values(run, readings, alerts, at),
        "lives": parts,
        "adjuncts": adjuncts,
        "events": timeline(run)[:RECENT_EVENTS],
        "hours": run_hours(run, at),
        "panels": panels_of(SHOWN, {}),
        "chart": facts_of(run, name, at),
        "window": name if name in WINDOWS else "run",
        "windows": WINDOW_LABELS,
        "trends_url": reverse("circuits:run-trends", args=[run.public_id]),
        "may_check": Permission.CHECK_RECORD in rights and run.is_running,
        "may_acknowledge": Permission.ALERT_ACKNOWLEDGE in rights,
        "at": at,
    }
    return render(request, "circuits/run_overview.html", context)


def _key_values(
    run: Run, readings: list[Reading], alerts: list[Alert], at: datetime
) -> list[KeyValue]:
    return [_key_value(MEASURES[code], readings, alerts, run.ended_at or at) for code in KEY_VALUES]


def _key_value(
    measure: Measure, readings: list[Reading], alerts: list[Alert], at: datetime
) -> KeyValue:
    found = [one for one in readings if measure.code in one.values][:2]
    newest = found[0] if found else None
    before = found[1] if len(found) > 1 else None
    return KeyValue(
        measure=measure,
        value=newest.values[measure.code] if newest else None,
        at=newest.checked_at if newest else None,
        was=before.values[measure.code] if before else None,
        was_at=before.checked_at if before else None,
        severity=max((a.severity for a in alerts if a.parameter == measure.code), default=None),
        is_old=newest is not None and at - newest.checked_at > OLD_AFTER,
    )
