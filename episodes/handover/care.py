"""What needs someone, what is aimed at, what is owed, and what is done in an emergency."""

from collections.abc import Iterator
from datetime import datetime

from alerts.models import Alert, Due
from clinical.measures import MEASURES
from episodes.handover.lines import Line, Section
from labs.models import ResultStatus
from labs.queries.panel import AnticoagulationNow, panel
from labs.queries.results import of_run
from patients.care import emergency_plan_of, targets_now
from patients.models import Run, RunLimit
from patients.queries import span_of
from patients.reconfiguration import DEFAULT_SOURCE
from web.times import clinical_time

ALARMS = ("warning", "critical")


def attention(run: Run) -> Section:
    """Return the open alerts about patient, circuit and safety, the gravest first."""
    rows = Alert.objects.open().attention().filter(run=run).prefetch_related("acknowledgements__by")
    return Section(
        "attention",
        "Needs attention",
        "No open alert on what was recorded.",
        tuple(Line("", one.message, one.opened_at, _seen(one), one.severity) for one in rows),
    )


def anticoagulation(run: Run, at: datetime) -> Section:
    """Return what runs, what it is aimed at, the newest test and when the next is due."""
    now = panel(run, at)
    lines = [*_infusions(run, now), *_driver(now), *_next_sample(now, at)]
    empty = "No anticoagulant was started in this run, and no plan is entered."
    return Section("anticoagulation", "Anticoagulation", empty, tuple(lines))


def pending(run: Run) -> Section:
    """Return results that the laboratory has not made final."""
    rows = of_run(run).filter(status=ResultStatus.PRELIMINARY)
    lines = tuple(
        Line(
            MEASURES[one.analyte].short if one.analyte in MEASURES else one.analyte,
            "preliminary, final result awaited",
            one.sample.collected_at,
            "laboratory",
        )
        for one in rows
    )
    return Section("pending", "Results awaited", "No result is preliminary.", lines)


def aims(run: Run, at: datetime) -> Section:
    """Return the targets of the day and the limits that were set for this patient."""
    lines = [
        Line(
            one.goal.label, one.text, one.row.set_at, f"set by {one.row.entered_by}",
            is_old=one.is_stale,
        )
        for one in targets_now(run, at)
    ]  # fmt: skip
    return Section(
        "aims",
        "Targets and limits",
        "No target is set, and every limit is the default.",
        (*lines, *_limits(run, at)),
    )


def owed(run: Run, at: datetime) -> Section:
    """Return all that is due, the earliest first; each says since when it is open."""
    rows = Due.objects.open().filter(run=run).order_by("due_at")
    lines = tuple(_due(run, one, at) for one in rows)
    return Section("due", "Tasks due", "Nothing is due.", lines)


def emergency(run: Run, at: datetime) -> Section:
    """Return ceiling of care and what to do, with who decided."""
    plan = emergency_plan_of(run)
    lines: tuple[Line, ...] = ()
    if plan is not None:
        text = f"{plan.get_ceiling_display()}. {plan.words}"
        source = f"decided by {plan.physician}"
        is_old = plan.review_by < at
        lines = (Line("Ceiling and plan", text, plan.reviewed_at, source, is_old=is_old),)
    empty = "No emergency plan yet: full escalation is nobody's decision, ask."
    return Section("emergency", "In an emergency", empty, lines)


def _seen(alert: Alert) -> str:
    seen = list(alert.acknowledgements.all())
    return f"seen by {seen[-1].by}" if seen else "seen by nobody"


def _infusions(run: Run, now: AnticoagulationNow) -> Iterator[Line]:
    for one in now.infusions:
        if one.last is None:
            continue
        state = f"{one.rate:f} {one.unit}" if one.is_running and one.rate else "stopped"
        if one.is_on_hold:
            state = f"HELD: {one.last.reason or 'no reason entered'}"
            if one.last.review_at:
                state += f"; look again by {_said(run, one.last.review_at)}"
        source = f"by {one.last.entered_by}"
        level = 2 if one.is_on_hold else 0
        yield Line(one.infusion.get_agent_display(), state, one.last.changed_at, source, level)


def _driver(now: AnticoagulationNow) -> Iterator[Line]:
    if now.driver is None or now.plan is None:
        return
    target = f"target {now.target} {now.driver.display_unit}" if now.target else "no target"
    newest = now.newest
    if newest is None or newest.value is None:
        yield Line(now.driver.short, f"no result in this run; {target}", now.plan.starts_at, "plan")
        return
    where = {"low": "below ", "high": "above "}.get(now.side, "")
    text = f"{newest.comparator}{now.driver.text(newest.value)}, {where}{target}"
    level = 2 if now.side else 0
    yield Line(now.driver.short, text, newest.sample.collected_at, "laboratory", level)


def _next_sample(now: AnticoagulationNow, at: datetime) -> Iterator[Line]:
    if now.due is not None:
        late = 1 if now.due.overdue_at < at else 0
        yield Line("Next sample", now.due.label, now.due.due_at, "due", late)


def _limits(run: Run, at: datetime) -> Iterator[Line]:
    """Yield the limits in force that are not the defaults, as somebody set them for this run."""
    rows = RunLimit.objects.filter(run=run, superseded_at=None)
    rows = rows.exclude(source__startswith=DEFAULT_SOURCE)
    rows = rows.exclude(valid_to__lte=at).exclude(valid_from__gt=at).select_related("entered_by")
    for row in rows:
        bands = [f"{kind} {said}" for kind in ALARMS if (said := _band(row, kind))]
        text = "; ".join(bands) or "no alarm on either side"
        short = MEASURES[row.measure].short
        yield Line(f"Limit, {short}", text, row.entered_at, f"set by {row.entered_by}")


def _band(row: RunLimit, kind: str) -> str:
    """Return outside which values it alerts, with the unit; blank where there is no bound."""
    measure, span = MEASURES[row.measure], span_of(row, kind)
    bounds = (("below", span.low), ("above", span.high))
    return ", ".join(f"{word} {measure.text(bound)}" for word, bound in bounds if bound is not None)


def _said(run: Run, moment: datetime) -> str:
    """Return a time as the run's centre reads it."""
    return clinical_time(moment.astimezone(run.unit.centre.tz))


def _due(run: Run, one: Due, at: datetime) -> Line:
    is_late = one.overdue_at < at
    since = f"late, open since {_said(run, one.anchor)}" if is_late and one.anchor else ""
    return Line("", one.label, one.due_at, since or one.owner, 1 if is_late else 0)
