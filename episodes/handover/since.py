"""What changed since the reader last looked: since their own check, else the last handover."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from alerts.models import AlertChange, Change
from circuits.models import ComponentUse
from clinical.measures import MEASURES
from clinical.units import written
from episodes.handover.lines import Line, Section
from episodes.models import Handover
from labs.models import InfusionChange
from labs.queries.results import of_run
from patients.models import Run
from patients.timeline import timeline
from web.times import clinical_time

WITHOUT_ONE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Since:
    """From when on changes are told, and why from there."""

    at: datetime
    words: str


def since_of(run: Run, reader: User, at: datetime) -> Since:
    """Return when the reader last checked; else the last handover; else half a day ago."""
    checks = run.checks.current().filter(performed_by=reader, checked_at__lte=at)
    own = checks.order_by("-checked_at").values_list("checked_at", flat=True).first()
    if own is not None:
        return Since(own, f"since your check of {_said(run, own)}")
    given = Handover.objects.filter(run=run, given_at__lt=at).first()
    if given is not None:
        return Since(given.given_at, f"since the handover of {_said(run, given.given_at)}")
    return Since(at - WITHOUT_ONE, "in the last 12 hr: no check of yours, no handover")


def changes(run: Run, since: Since) -> Section:
    """Return what happened or became known after that, the newest first."""
    lines = [*_alerts(run, since.at), *_infusions(run, since.at), *_results(run, since.at),
             *_parts(run, since.at), *_events(run, since.at)]  # fmt: skip
    lines.sort(key=lambda line: line.at or since.at, reverse=True)
    return Section(
        "since", f"Changed {since.words}", "Nothing was entered or changed.", tuple(lines)
    )


def _said(run: Run, moment: datetime) -> str:
    return clinical_time(moment.astimezone(run.unit.centre.tz))


def _alerts(run: Run, since: datetime) -> Iterator[Line]:
    rows = AlertChange.objects.filter(alert__run=run, at__gt=since).select_related("alert")
    for row in rows.exclude(alert__category="paperwork"):
        closed = row.change == Change.CLOSED
        level = 0 if closed else row.severity or row.alert.severity
        yield Line(
            f"Alert {row.get_change_display().lower()}", row.alert.message, row.at, "", level
        )


def _infusions(run: Run, since: datetime) -> Iterator[Line]:
    rows = InfusionChange.objects.current().filter(infusion__run=run, entered_at__gt=since)
    for row in rows.select_related("infusion", "entered_by"):
        agent, why = row.infusion.get_agent_display(), f": {row.reason}" if row.reason else ""
        yield Line(agent, f"{_step(row)}{why}", row.changed_at, f"by {row.entered_by}")


def _step(row: InfusionChange) -> str:
    """Return what was done with its unit: Changed 12.5 units/kg/h, Bolus 50 units/kg."""
    if row.bolus is not None:
        return f"{row.get_kind_display()} {row.bolus.normalize():f} {written(row.bolus_unit)}"
    return str(row) if row.rate is None else f"{row} {written(row.infusion.rate_unit)}"


def _results(run: Run, since: datetime) -> Iterator[Line]:
    for row in of_run(run).usable().filter(known_at__gt=since):
        measure = MEASURES.get(row.analyte)
        if measure is not None and row.value is not None:
            text = f"{row.comparator}{measure.text(row.value)}"
            yield Line(measure.short, text, row.sample.collected_at, "laboratory")


def _parts(run: Run, since: datetime) -> Iterator[Line]:
    rows = ComponentUse.objects.filter(circuit__run=run).select_related("component__model")
    for use in rows.filter(entered_at__gt=since):
        yield Line(use.get_kind_display(), f"put in: {use.component}", use.installed_at, "circuit")
    for use in rows.filter(removal_entered_at__gt=since):
        why = use.get_removed_reason_display() or "no reason entered"
        yield Line(use.get_kind_display(), f"taken out: {why}", use.removed_at, "circuit")


def _events(run: Run, since: datetime) -> Iterator[Line]:
    for event in timeline(run):
        if event.entered_at > since:
            text = ", ".join(part for part in (event.text, event.detail) if part)
            yield Line(event.kind, text, event.at, "event")
