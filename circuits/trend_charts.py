"""What the charts of a run need beside their series: panels, bands, flags, and what was amended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from circuits import document
from circuits.asked import shown
from circuits.models import Check
from circuits.policies import check_cadence
from circuits.trends import SHOWN, window
from clinical.due import CheckCadence
from clinical.measures import MEASURES, Measure
from clinical.units import convert
from patients.models import Run
from patients.queries import limits_of
from patients.timeline import Event

GROUPS = (
    ("Flow and pump", ("blood_flow", "pump_speed")),
    ("Pressures", ("p_drainage", "p_pre_membrane", "p_post_membrane", "delta_p")),
    (
        "Membrane and gas",
        (
            "membrane_resistance",
            "sweep_gas_flow",
            "fdo2",
            "sat_pre_membrane",
            "sat_post_membrane",
            "po2_post",
        ),
    ),
    ("Patient", ("spo2_right_hand", "temp_blood_out")),
)
CHARTED = tuple(code for _, codes in GROUPS for code in codes)
STEPPED = frozenset({"pump_speed", "sweep_gas_flow", "fdo2"})
"""Settings: they hold until they are changed."""

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: its measure, in the unit in which the site shows it.

    A stored number times `scale` plus `offset` is the number shown.
    """

    measure: Measure
    scale: float
    offset: float
    is_stepped: bool


def panels_of(codes: Sequence[str], units: Mapping[str, str]) -> list[Panel]:
    """Return the charts of some measures."""
    found = []
    for code in codes:
        one = shown(code, units)
        target = "%" if one.is_shown_in_percent else one.shown_unit or one.unit
        offset = convert(Decimal(0), one.unit, target)
        scale = convert(Decimal(1), one.unit, target) - offset
        found.append(Panel(one, float(scale), float(offset), code in STEPPED))
    return found


def facts_of(
    run: Run,
    name: str,
    at: datetime,
    codes: Sequence[str] = SHOWN,
    events: Sequence[Event] = (),
) -> dict[str, Any]:
    """Return the window, bands, flags, amended values and the longest gap of a run's charts.

    Four statements; one more if a check of the window was amended.
    """
    since, until = window(run, name, at)
    cadence, _ = check_cadence(run.unit.centre, at)
    return {
        "zone": run.unit.centre.timezone,
        "window": [since.timestamp(), until.timestamp()],
        "limits": bands_of(run, codes),
        "amended": amended_in(run, since, until),
        "gap": longest_gap_s(cadence),
        "events": [{"at": one.at.timestamp()} for one in events],
    }


def bands_of(run: Run, codes: Sequence[str]) -> dict[str, Any]:
    """Return the warning bands of some measures, in their units, each with its time, oldest first."""
    bands: dict[str, Any] = {}
    ordered = sorted(limits_of(run, codes), key=lambda one: one.valid_from or run.started_at)
    for limit in ordered:
        bands.setdefault(limit.measure, []).append(
            {
                "low": _float(limit.warning.low),
                "high": _float(limit.warning.high),
                "from": limit.valid_from.timestamp() if limit.valid_from else None,
                "to": limit.valid_to.timestamp() if limit.valid_to else None,
            }
        )
    return bands


def longest_gap_s(cadence: CheckCadence) -> int:
    """Return how many seconds may lie between two checks before a line between them would lie.

    One check left out is a gap; one that came late within the site's grace is none.
    """
    return (2 * cadence.every_min - cadence.grace_min) * SECONDS


def amended_in(run: Run, since: datetime, until: datetime) -> dict[str, list[float]]:
    """Return, by measure, the times of the checks of a window whose value is not the first charted."""
    inside = run.checks.current().filter(checked_at__gte=since, checked_at__lte=until)
    amended = list(inside.filter(version__gt=1).values_list("root_id", "checked_at"))
    if not amended:
        return {}
    times = dict(amended)
    rows = Check.objects.filter(root_id__in=times).order_by("root_id", "version")
    found: dict[str, list[float]] = {}
    versions: dict[UUID, list[dict[str, Any]]] = {}
    for root, body in rows.values_list("root_id", "document"):
        versions.setdefault(root, []).append(body)
    for root, bodies in versions.items():
        for code in _changed(bodies):
            found.setdefault(code, []).append(times[root].timestamp())
    return found


def events_in(events: Sequence[Event], run: Run, name: str, at: datetime) -> list[Event]:
    """Return the events of a window, oldest first: each is a flag on the charts."""
    since, until = window(run, name, at)
    return [one for one in reversed(events) if since <= one.at <= until]


def _changed(bodies: Sequence[dict[str, Any]]) -> set[str]:
    numbers = [{**document.derived_of(one), **document.values_of(one)} for one in bodies]
    return {
        code
        for was, now in pairwise(numbers)
        for code in {*was, *now} & MEASURES.keys()
        if was.get(code) != now.get(code)
    }


def _float(bound: Decimal | None) -> float | None:
    return None if bound is None else float(bound)
