"""The anticoagulation chart of a run: infusion steps and results over targets valid at their time."""

from datetime import datetime
from decimal import Decimal

from clinical.measures import MEASURES, measure
from clinical.units import written
from labs.drawing import Band, Mark, Panel, Window, step_panel, value_panel, window
from labs.models import AnticoagulationPlan, ChangeKind, Infusion, InfusionChange
from labs.queries.results import Point, charted_points, window_start
from labs.queries.targets import side_of, target_text
from patients.models import Run

ALWAYS = ("anti_xa_ufh", "aptt", "act", "platelets")
SERIES = 8


def panels(
    run: Run, infusions: list[Infusion], plans: list[AnticoagulationPlan], at: datetime, hours: int
) -> tuple[Window, list[Panel]]:
    """Return the window and its panels: infusions first, then each test that has values."""
    end = run.ended_at or at
    shown = window(window_start(run, at, hours), end, hours, run.unit.centre.tz)
    drivers = [plan.driver for plan in plans if plan.driver]
    analytes = list(dict.fromkeys([*drivers, *ALWAYS]))
    points = charted_points(run, analytes, shown.starts_at)
    drawn = [_infusion_panel(each, shown, end, place) for place, each in enumerate(infusions, 1)]
    for place, analyte in enumerate(analytes, len(drawn) + 1):
        if points.get(analyte) and analyte in MEASURES:
            drawn.append(_value_panel(analyte, points[analyte], plans, shown, end, place))
    return shown, [panel for panel in drawn if panel is not None]


def _infusion_panel(infusion: Infusion, shown: Window, end: datetime, place: int) -> Panel | None:
    changes: list[InfusionChange] = infusion.valid_changes  # type: ignore[attr-defined]  # prefetched
    rates = [one for one in changes if one.kind != ChangeKind.BOLUS and one.rate is not None]
    before = [one for one in rates if one.changed_at < shown.starts_at][-1:]
    inside = [one for one in rates if one.changed_at >= shown.starts_at]
    marks = [
        Mark(max(one.changed_at, shown.starts_at), float(one.rate or 0), _rate_text(one))
        for one in (*before, *inside)
    ]
    if not marks:
        return None
    return step_panel(
        code=str(infusion.public_id),
        label=f"{infusion.get_agent_display()} infusion",
        unit=written(infusion.rate_unit),
        series=_series(place),
        marks=marks,
        until=max(end, marks[-1].at),
        shown=shown,
    )


def _rate_text(change: InfusionChange) -> str:
    return f"{(change.rate or Decimal(0)).normalize():f}"


def _value_panel(
    analyte: str,
    points: list[Point],
    plans: list[AnticoagulationPlan],
    shown: Window,
    end: datetime,
    place: int,
) -> Panel:
    one = measure(analyte)
    own = [plan for plan in plans if plan.driver == analyte]
    return value_panel(
        code=analyte,
        label=one.label,
        unit=one.display_unit,
        series=_series(place),
        marks=[
            Mark(
                point.at,
                float(point.value),
                f"{point.comparator}{one.shown(point.value):f}",
                side_of(point.value, point.comparator, point.at, own),
            )
            for point in points
        ],
        bands=[
            Band(
                max(plan.starts_at, shown.starts_at),
                min(plan.ends_at or end, shown.ends_at),
                None if plan.target_low is None else float(plan.target_low),
                None if plan.target_high is None else float(plan.target_high),
            )
            for plan in own
            if (plan.ends_at or end) > shown.starts_at
            and (plan.target_low is not None or plan.target_high is not None)
        ],
        shown=shown,
        target=target_text(own[0]) if own else "",
    )


def _series(place: int) -> int:
    return (place - 1) % SERIES + 1
