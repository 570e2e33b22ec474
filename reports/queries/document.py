"""One run as a document (a fixed number of statements)."""

from datetime import datetime

from django.conf import settings

from circuits.queries import Reading, uses_of
from clinical.instants import minutes_between
from clinical.runtime import hours_text
from labs.queries.results import of_run
from patients.models import Run
from patients.queries import Banner, banner_of, run_hours
from patients.timeline import timeline
from reports.document import (
    CHARTS,
    Beside,
    Fact,
    Line,
    Part,
    RunDocument,
    Valued,
    days_of,
    series_of,
    thinned,
)
from web.times import clinical_time


def run_document(run: Run, at: datetime) -> RunDocument:
    """Return everything the document of a run says, as known at `at`."""
    zone, until = run.unit.centre.tz, run.ended_at or at
    banner, hours = banner_of(run.patient, run, at), run_hours(run, at)
    checks = _checks(run)
    shown = thinned(checks, until)
    measured = sorted([*checks, *_results(run)], key=lambda row: row.at)
    return RunDocument(
        title=f"Run {run.run_no}",
        patient=str(run.patient),
        identity=_identity(run, banner),
        facts=tuple(_facts(run, banner, hours.exact)),
        as_at=at.astimezone(zone),
        zone_name=run.unit.centre.timezone,
        hours=hours.minutes / 60,
        series=tuple(series_of(measured, CHARTS, run.started_at)),
        parts=tuple(_parts(run, until)),
        adjuncts=tuple(_adjuncts(run, until)),
        events=tuple(
            Line(event.at, f"{event.kind}: {event.text}", event.detail.replace("_", " "))
            for event in reversed(timeline(run))
        ),
        days=tuple(days_of(shown, zone)),
        is_thinned=len(shown) < len(checks),
        is_demo=settings.DEMO,
    )


def _checks(run: Run) -> list[Valued]:
    rows = run.checks.current().order_by("checked_at", "entered_at")
    readings = map(Reading.of, rows.values("root_id", "checked_at", "trial", "document"))
    return [Valued(reading.checked_at, reading.values) for reading in readings]


def _results(run: Run) -> list[Valued]:
    rows = of_run(run).usable().filter(analyte__in=CHARTS)
    return [
        Valued(row.sample.collected_at, {row.analyte: row.value})
        for row in rows
        if row.value is not None
    ]


def _identity(run: Run, banner: Banner) -> tuple[Fact, ...]:
    born = banner.born.astimezone(run.unit.centre.tz) if banner.born else None
    return (
        Fact("MRN", banner.mrn),
        Fact("Born", f"{born:%d-%b-%Y} ({banner.age})" if born else "not known"),
        Fact("Sex", banner.sex),
        Fact("Unit", f"{run.unit}, {banner.bed}" if banner.bed else str(run.unit)),
    )


def _facts(run: Run, banner: Banner, hours: str) -> list[Fact]:
    zone = run.unit.centre.tz
    off = clinical_time(run.ended_at.astimezone(zone)) if run.ended_at else "running"
    weight = f"{banner.weight:f} kg" if banner.weight else "not entered"
    return [
        Fact("Support", run.get_support_type_display() or "not entered"),
        Fact("Mode", banner.mode),
        Fact("Flow on", clinical_time(run.started_at.astimezone(zone))),
        Fact("Flow off", off),
        Fact("Hours", hours),
        Fact("Weight", weight),
        Fact("Ended for", run.get_end_reason_display() or "not known"),
    ]


def _parts(run: Run, until: datetime) -> list[Part]:
    return [
        Part(
            name=str(use.component),
            position=use.position.replace("_", " "),
            installed_at=use.installed_at,
            removed_at=use.removed_at,
            hours=hours_text(max(minutes_between(use.installed_at, use.removed_at or until), 0)),
            reason=use.get_removed_reason_display() if use.removed_at else "in use",
        )
        for use in uses_of(run)
    ]


def _adjuncts(run: Run, until: datetime) -> list[Beside]:
    return [
        Beside(
            kind=one.get_kind_display(),
            name=", ".join(filter(None, [one.model_name, one.settings])),
            joined=one.get_connection_display(),
            started_at=one.started_at,
            ended_at=one.ended_at,
            hours=hours_text(max(minutes_between(one.started_at, one.ended_at or until), 0)),
            why=one.end_reason if one.ended_at else "running",
        )
        for one in run.adjuncts.all()
    ]
