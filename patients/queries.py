"""Questions about patients and runs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline: when, what kind, what in words, and when it was entered.

    An entry that can be withdrawn has a `key` (its kind in addresses) and its public id.
    """

    at: datetime
    kind: str
    text: str
    detail: str
    entered_at: datetime
    key: str = ""
    public_id: UUID | None = None


def timeline(run: Run) -> list[Event]:
    """Return what happened to the patient in a run, newest first (eleven statements)."""
    events = [
        *_clinical_events(run),
        *(
            Event(one.starts_at, "Bleeding", f"{one.site}, grade {one.grade}", "", one.entered_at)
            for one in run.bleedings.all()
        ),
        *(
            Event(one.starts_at, "Mode", str(one), one.configuration, one.entered_at)
            for one in run.modes.all()
        ),
        *(
            Event(one.measured_at, "Weight", str(one), one.get_basis_display(), one.entered_at)
            for one in run.weights.all()
        ),
        *_cannula_events(run),
        Event(run.started_at, "Run", "Flow on", "", run.entered_at),
    ]
    if run.ended_at:
        events.append(Event(run.ended_at, "Run", "Flow off", run.end_reason, run.ended_at))
    return sorted(events, key=lambda one: (one.at, one.entered_at), reverse=True)


def withdrawn(run: Run) -> list[Event]:
    """Return entries that were made in error, the newest first (seven statements)."""
    events = [*_clinical_events(run, is_withdrawn=True), *diagnoses_of(run, is_withdrawn=True)]
    return sorted(events, key=lambda one: one.entered_at, reverse=True)


def diagnoses_of(run: Run, *, is_withdrawn: bool = False) -> Iterator[Event]:
    """Yield the diagnoses of a run, at the time of their entry (one statement)."""
    for one in run.diagnoses.filter(withdrawn_at__isnull=not is_withdrawn):
        told = f"{one.icd10} {one.label}".strip()
        yield _event("diagnosis", "Diagnosis", one.entered_at, told, "", one)


def _clinical_events(run: Run, *, is_withdrawn: bool = False) -> Iterator[Event]:
    """Entries that can be withdrawn, without those that were, or only those."""
    stands = Q(withdrawn_at__isnull=not is_withdrawn)
    for one in run.complications.filter(stands):
        told = one.label if one.occurred_at else f"{one.label} (time not known)"
        when = one.occurred_at or one.entered_at
        yield _event("complication", "Complication", when, told, one.note, one)
    for bag in run.blood_products.filter(stands):
        whither = bag.get_given_to_display()
        yield _event("product", "Blood product", bag.started_at, str(bag), whither, bag)
    for draw in run.blood_draws.filter(stands):
        yield _event("draw", "Blood drawn", draw.drawn_at, str(draw), draw.note, draw)
    for done in run.procedures.filter(stands):
        code = f"code {done.code}" if done.code else ""
        yield _event("procedure", "Procedure", done.performed_at, str(done), code, done)
    for culture in run.infections.filter(stands):
        note = culture.note
        yield _event("infection", "Culture", culture.collected_at, str(culture), note, culture)
    for line in run.family_entries.filter(stands):
        said = line.get_kind_display()
        yield _event("family", said, line.occurred_at, line.text, "", line)


def _event(key: str, kind: str, at: datetime, text: str, detail: str, row: Any) -> Event:
    return Event(at, kind, text, detail, row.entered_at, key, row.public_id)


def _cannula_events(run: Run) -> list[Event]:
    events = []
    for one in run.cannulas.all():
        size = f"{one.size_fr:g} Fr" if one.size_fr else "size not entered"
        events.append(Event(one.inserted_at, "Cannula", f"{one} in", size, one.entered_at))
        if one.removed_at:
            why = one.removed_reason.replace("_", " ")
            events.append(Event(one.removed_at, "Cannula", f"{one} out", why, one.removed_at))
    return events


def _limit(row: Mapping[str, Any]) -> Limit:
    hard, soft, warning, critical = (
        Span(row[f"{kind}_low"], row[f"{kind}_high"]) for kind in KINDS
    )
    return Limit(row["measure"], hard, soft, warning, critical, row["valid_from"], row["valid_to"])
