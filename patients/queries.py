"""Questions about patients and runs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet

from accounts.models import User
from clinical import runtime
from clinical.age import LAST_NEONATAL_DAY, age_days, age_years
from clinical.limits import Limit
from clinical.spans import Span
from patients.care import emergency_plan_of
from patients.models import Mode, ModeSegment, Outcome, Patient, Run, RunLimit, WeightEntry
from web.prepared import Given, Prepared, among

FIRST_AGE_IN_YEARS = 2
DAYS_IN_MONTH = 30.44
KINDS = ("hard", "soft", "warning", "critical")
BOUNDS = [f"{kind}_{side}" for kind in KINDS for side in ("low", "high")]
VALIDITY = ("valid_from", "valid_to")


def census(user: User, at: datetime) -> QuerySet[Run]:
    """Runs with flow on that `user` may see, by unit, bed and name."""
    return (
        Run.objects.running()
        .visible_to(user, at)
        .select_related("patient__centre", "unit__centre")
        .order_by("unit__name", "patient__bed", "patient__sort_key")
    )


def running_at(patient: Patient, when: datetime) -> Run | None:
    """Return the patient's run that had flow on at `when`, if any."""
    return (
        patient.runs.filter(started_at__lte=when)
        .filter(Q(ended_at=None) | Q(ended_at__gte=when))
        .first()
    )


def run_hours(run: Run, at: datetime) -> runtime.RunHours:
    """Return the hours from flow on to flow off, or to `at` while flow is on."""
    return runtime.run_hours(run.started_at, run.ended_at or at, run.unit.centre.tz)


def mode_at(segments: list[ModeSegment], when: datetime) -> str | None:
    """Return the mode that held at `when`, None if none is on record for it."""
    held = [
        one.mode
        for one in segments
        if one.starts_at <= when and (one.ends_at is None or when < one.ends_at)
    ]
    if not held and segments and segments[-1].ends_at == when:
        return segments[-1].mode
    return held[-1] if held else None


def mode_problems(run: Run, at: datetime) -> tuple[runtime.ModeProblem, ...]:
    """Return gaps and overlaps of the mode timeline; empty if it covers the run exactly once."""
    segments = [
        runtime.ModeSegment(one.mode, one.starts_at, one.ends_at)
        for one in run.modes.order_by("starts_at")
    ]
    return runtime.mode_problems(segments, run.started_at, run.ended_at or at)


def weight_at(run: Run, when: datetime) -> WeightEntry | None:
    """Return the weight in use at `when`: the newest measured by then, else the first there is."""
    newest = next(iter(_WEIGHT(run=run.pk, at=when)), None)
    return newest or run.weights.order_by("measured_at", "pk").first()


def segments_of(run: Run) -> list[ModeSegment]:
    """Return the mode timeline of a run, from flow on."""
    return _SEGMENTS(run=run.pk)


def limits_of(run: Run, measures: Collection[str] | None = None) -> list[Limit]:
    """Return the limits of a run that were not superseded, as the rules read them.

    `measures` narrows them: the row of a table of seventy is dear, and a check needs a dozen.
    """
    if measures is None:
        rows = run.limits.filter(superseded_at=None).values("measure", *VALIDITY, *BOUNDS)
    else:
        rows = _LIMITS(run=run.pk, measures=list(measures))
    return [_limit(row) for row in rows]


_RUN = Given("run", BigIntegerField())
_WEIGHT = Prepared(
    lambda: WeightEntry.objects.filter(run=_RUN, measured_at__lte=Given("at", DateTimeField()))[:1]
)
_SEGMENTS = Prepared(lambda: ModeSegment.objects.filter(run=_RUN).order_by("starts_at"))
_LIMITS = Prepared(
    lambda: RunLimit.objects.filter(
        among("measure", "measures"), run=_RUN, superseded_at=None
    ).values("measure", *VALIDITY, *BOUNDS)
)


def span_of(row: RunLimit, kind: str) -> Span:
    """Return the bounds of one kind: hard, soft, warning or critical."""
    return Span(getattr(row, f"{kind}_low"), getattr(row, f"{kind}_high"))


def age_words(patient: Patient, at: datetime) -> str:
    """Return the patient's age in words, in the zone of the centre; blank if not known."""
    return age_in_words(patient.born_at, at, patient.centre.tz)


def age_in_words(born_at: datetime | None, at: datetime, tz: tzinfo) -> str:
    """Return the age as 4d (first 28 days), 7mo (first two years) or 46y; blank if not known."""
    if born_at is None or born_at > at:
        return ""
    days, years = age_days(born_at, at, tz), age_years(born_at, at, tz)
    if days <= LAST_NEONATAL_DAY:
        return f"{days}d"
    if years < FIRST_AGE_IN_YEARS:
        return f"{round(days / DAYS_IN_MONTH)}mo"
    return f"{years}y"


@dataclass(frozen=True, slots=True)
class CeilingNow:
    """The ceiling of care that holds, who decided it, and whether its review time has passed."""

    text: str
    physician: str
    reviewed_at: datetime
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Banner:
    """Who the patient is, for the band at the top of every page about them."""

    patient: Patient
    run: Run | None
    family: str
    given: str
    born: datetime | None
    age: str
    sex: str
    mrn: str
    url: str
    bed: str
    weight: Decimal | None = None
    weight_on: datetime | None = None
    mode: str = ""
    ecmo_day: int | None = None
    deceased_on: datetime | None = None
    ceiling: CeilingNow | None = None


def banner_of(patient: Patient, run: Run | None, at: datetime) -> Banner:
    """Return the banner of a patient, with the run shown (four statements)."""
    who = Banner(
        patient=patient,
        run=run,
        family=patient.family_name,
        given=patient.given_name,
        born=patient.born_at,
        age=age_words(patient, at),
        sex=patient.get_sex_display(),
        mrn=patient.mrn,
        url=patient.get_absolute_url(),
        bed=f"Bed {patient.bed}" if patient.bed else "",
    )
    if run is None:
        return who
    end = run.ended_at or at
    weight = weight_at(run, end)
    outcome = Outcome.objects.filter(run=run).first()
    held = mode_at(list(run.modes.order_by("starts_at")), end)
    return replace(
        who,
        weight=weight.weight_kg.normalize() if weight else None,
        weight_on=weight.measured_at if weight else None,
        mode=Mode(held).label if held else "Mode not known",
        ecmo_day=(end - run.started_at).days + 1 if run.is_running else None,
        deceased_on=outcome.died_at if outcome else None,
        ceiling=_ceiling(run, at) if run.is_running else None,
    )


def _ceiling(run: Run, at: datetime) -> CeilingNow | None:
    plan = emergency_plan_of(run)
    if plan is None:
        return None
    return CeilingNow(str(plan), str(plan.physician), plan.reviewed_at, plan.review_by < at)


def _limit(row: Mapping[str, Any]) -> Limit:
    hard, soft, warning, critical = (
        Span(row[f"{kind}_low"], row[f"{kind}_high"]) for kind in KINDS
    )
    return Limit(row["measure"], hard, soft, warning, critical, row["valid_from"], row["valid_to"])
