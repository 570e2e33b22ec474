"""A run's registry record, field by field, each with its unit and where it came from.

The shape follows the registry's public extract; names are ours. Definitions: reference cases,
"Registry record", which takes one reading wherever the registry's own text is not public.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from clinical.age import age_days, age_group, age_years
from clinical.instants import elapsed, utc
from clinical.runtime import ModeSegment, run_hours
from reports.elso.assessments import fields_at_24_hours, fields_before, flow_fields
from reports.elso.fields import Field, Scalar, span_minutes, span_text, stamp
from reports.elso.records import EcprRecord, RunRecord, SupportRow

SEX = {"male": "Male", "female": "Female"}
DEATH = "death_or_poor_prognosis"
VENOVENOUS = frozenset({"VV", "VVDL"})
MODE_UNKNOWN = frozenset({"", "unknown"})
FILTER = "hemofilter"
EQUIPMENT = frozenset({"oxygenator", "pump_head", FILTER})
SUPPORT_COUNTS_FOR = timedelta(hours=24)
NOTHING_GIVEN = "none"
SUPPORT_OF_ADJUNCT = {
    "crrt": "renal_replacement",
    FILTER: "renal_replacement",
    "iabp": "iabp",
    "impella": "percutaneous_vad",
    "nitric_oxide": "inhaled_nitric_oxide",
}
"""Adjuncts that are support before ECLS when they ran before flow; the others have no item."""


def fields_of(run: RunRecord) -> list[Field]:
    """The whole record of one run, in the order in which it is exported."""
    return [
        *_patient(run),
        *_admission(run),
        *_run(run),
        *_modes(run),
        *_transfer(run),
        *(_ecpr(run, run.ecpr) if run.ecpr else ()),
        *fields_before(run),
        _support(run),
        *fields_at_24_hours(run),
        *flow_fields(run),
        *_tables(run),
        *_outcome(run),
    ]


def has_survived_ecls(run: RunRecord) -> bool | None:
    """Alive when ECLS ended: the reason is not death, and no death up to flow off."""
    reason = run.outcome.reason_discontinued
    if run.time_off is None or not reason:
        return None
    return reason != DEATH and not _has_died_by(run, run.time_off)


def initial_mode(run: RunRecord) -> str | None:
    """The first mode of the run; None while it is not known."""
    first = min(run.modes, key=lambda mode: utc(mode.starts_at), default=None)
    return None if first is None or first.mode in MODE_UNKNOWN else first.mode


def is_cultured_on_ecls(run: RunRecord, collected_at: datetime) -> bool:
    """A culture counts if it was taken within the run."""
    return utc(run.time_on) <= utc(collected_at) <= utc(run.last_moment)


def _patient(run: RunRecord) -> Iterator[Field]:
    patient, source = run.patient, run.patient.source
    derived = f"derived: {source}.born_at, {run.source}.time_on"
    sex = SEX.get(patient.sex.casefold(), "Unknown") if patient.sex else None
    yield Field("unique_id", patient.unique_id or None, None, f"{source}.unique_id")
    yield Field("sex", sex, None, f"{source}.sex")
    yield Field("race", patient.race or None, None, f"{source}.race")
    yield Field("birth", stamp(patient.born_at, run.zone), None, f"{source}.born_at")
    newborn: tuple[tuple[str, Scalar, str | None], ...] = (
        ("birth_weight_kg", patient.birth_weight_kg, "kg"),
        ("gestational_age_weeks", patient.gestational_age_weeks, "wk"),
        ("apgar_1", patient.apgar_1, None),
        ("apgar_5", patient.apgar_5, None),
        ("delivery", patient.delivery or None, None),
    )
    for name, value, unit in newborn:
        if value is not None:
            yield Field(name, value, unit, f"{source}.{name}")
    yield Field("run_no", run.run_no, None, f"{run.source}.run_no")
    group, days, years = _age(run)
    yield Field("age_group", group, None, derived)
    yield Field("age_days", days, None, derived)
    yield Field("age_years", years, None, derived)


def _age(run: RunRecord) -> tuple[str | None, int | None, int | None]:
    """Group, days and years at flow; nothing if the birth is not known or lies after it."""
    born, zone = run.patient.born_at, run.zone
    if born is None or run.time_on.astimezone(zone).date() < born.astimezone(zone).date():
        return None, None, None
    moments = (born, run.time_on, zone)
    return str(age_group(*moments)), age_days(*moments), age_years(*moments)


def _admission(run: RunRecord) -> Iterator[Field]:
    admission, source = run.admission, run.admission.source
    admitted = stamp(admission.admitted_at, run.zone)
    yield Field("admitted_at", admitted, None, f"{source}.admitted_at")
    yield Field(
        "transferred_in", admission.transferred_in or None, None, f"{source}.transferred_in"
    )
    yield Field("cannulated_by", admission.cannulated_by or None, None, f"{source}.cannulated_by")


def _run(run: RunRecord) -> Iterator[Field]:
    source, off = run.source, run.time_off
    hours = (
        run_hours(run.time_on, off, run.zone)
        if off and elapsed(run.time_on, off) >= timedelta(0)
        else None
    )
    yield Field("support_type", run.support_type or None, None, f"{source}.support_type")
    yield Field("weight_kg", run.weight_kg, "kg", f"{source}.weight_kg")
    yield Field("height_cm", run.height_cm, "cm", f"{source}.height_cm")
    yield Field("time_on", stamp(run.time_on, run.zone), None, f"{source}.time_on")
    yield Field("time_off", stamp(off, run.zone), None, f"{source}.time_off")
    yield Field(
        "hours_ecmo_exact",
        hours.exact if hours else None,
        "h:min",
        "derived: time_off - time_on, absolute",
    )
    yield Field(
        "hours_ecmo", hours.hours_rounded if hours else None, "h", "derived: floor(hours + 0.5)"
    )
    yield Field("intubated_at", stamp(run.intubated_at, run.zone), None, f"{source}.intubated_at")
    if run.intubated_at:
        span = span_text(run.intubated_at, run.time_on)
        yield Field("intubation_to_on_exact", span, "h:min", "derived")
    for name in (
        "arrest_pre_ecls",
        "bridge_to_transplant",
        "immunocompromised",
        "trauma",
        "pregnancy",
    ):
        yield Field(name, getattr(run, name), None, f"{source}.{name}")


def _modes(run: RunRecord) -> Iterator[Field]:
    yield Field("initial_mode", initial_mode(run), None, f"{run.source}.modes[0]")
    modes = [_mode(mode, run) for mode in run.modes]
    yield Field("modes", modes, None, f"{run.source}.modes")


def _mode(mode: ModeSegment, run: RunRecord) -> str:
    end = stamp(mode.ends_at, run.zone) or ""
    return f"{mode.mode} {stamp(mode.starts_at, run.zone)} / {end}".rstrip()


def _transfer(run: RunRecord) -> Iterator[Field]:
    if run.time_on_here is None:
        return
    arrived = stamp(run.time_on_here, run.zone)
    here = span_text(run.time_on_here, run.time_off)
    yield Field("time_on_here", arrived, None, f"{run.source}.time_on_here")
    yield Field("hours_here_exact", here, "h:min", "derived: time_off - time_on_here")


def _ecpr(run: RunRecord, ecpr: EcprRecord) -> Iterator[Field]:
    values: tuple[tuple[str, Scalar], ...] = (
        ("arrest_at", stamp(ecpr.arrest_at, run.zone)),
        ("arrest_location", ecpr.arrest_location),
        ("witnessed", ecpr.witnessed),
        ("bystander_cpr", ecpr.bystander_cpr),
        ("initial_rhythm", ecpr.initial_rhythm),
        ("cpr_started_at", stamp(ecpr.cpr_started_at, run.zone)),
    )
    for name, value in values:
        yield Field(f"ecpr_{name}", value, None, f"{ecpr.source}.{name}")
    no_flow = span_minutes(ecpr.arrest_at, ecpr.cpr_started_at)
    low_flow = span_minutes(ecpr.cpr_started_at, run.time_on)
    yield Field("ecpr_no_flow_min", no_flow, "min", "derived")
    yield Field("ecpr_low_flow_min", low_flow, "min", "derived")


def _support(run: RunRecord) -> Field:
    """What was begun before flow and had not ended more than 24 h before it."""
    devices = (
        SupportRow(item=item, started_at=row.started_at, ended_at=row.ended_at)
        for row in run.adjuncts
        if (item := SUPPORT_OF_ADJUNCT.get(row.kind))
    )
    given = {
        row.item
        for row in (*run.support_before, *devices)
        if (row.started_at is None or utc(row.started_at) < utc(run.time_on))
        and (row.ended_at is None or elapsed(row.ended_at, run.time_on) <= SUPPORT_COUNTS_FOR)
    }
    if given != {NOTHING_GIVEN}:
        given.discard(NOTHING_GIVEN)
    return Field("pre_support", sorted(given), None, f"{run.before.source}.support")


def _tables(run: RunRecord) -> Iterator[Field]:
    primary = [row.icd10 for row in run.diagnoses if row.is_primary]
    secondary = [row.icd10 for row in run.diagnoses if not row.is_primary]
    source = f"{run.source}.diagnoses"
    yield Field("primary_diagnosis", primary[0] if len(primary) == 1 else None, None, source)
    yield Field("secondary_diagnoses", secondary, None, source)
    yield Field("complications", _complications(run), None, f"{run.source}.complications")
    infections: list[list[Scalar]] = [
        [row.organism, row.site, stamp(row.collected_at, run.zone)]
        for row in run.infections
        if is_cultured_on_ecls(run, row.collected_at)
    ]
    yield Field("infections", infections, None, f"{run.source}.infections")
    cannulas: list[list[Scalar]] = [
        [row.site, row.side, row.size_fr, row.purpose] for row in run.cannulas
    ]
    yield Field("cannulas", cannulas, None, f"{run.source}.cannulas")
    yield Field("equipment", _equipment(run), None, f"{run.source}.components")


def _equipment(run: RunRecord) -> list[list[Scalar]]:
    """Parts of the circuit, then filters that were charted as adjuncts of it."""
    parts = [
        (row.type, row.id, row.installed_at, row.removed_at, row.removed_reason)
        for row in run.components
        if row.type in EQUIPMENT
    ]
    filters = [
        (row.kind, row.id, row.started_at, row.ended_at, row.end_reason)
        for row in run.adjuncts
        if row.kind == FILTER
    ]
    return [
        [kind, name, stamp(start, run.zone), stamp(end, run.zone), reason]
        for kind, name, start, end, reason in (*parts, *filters)
    ]


def _complications(run: RunRecord) -> list[list[Scalar]]:
    ordered = sorted(run.complications, key=lambda row: (row.code, utc(row.at or run.time_on)))
    return [[row.code, stamp(row.at, run.zone)] for row in ordered]


def _outcome(run: RunRecord) -> Iterator[Field]:
    outcome, source = run.outcome, f"{run.source}.outcome"
    alive = outcome.discharged_alive
    died_at = stamp(outcome.died_at, run.zone)
    yield Field("reason_discontinued", outcome.reason_discontinued or None, None, source)
    yield Field("survived_ecls", has_survived_ecls(run), None, "derived")
    yield Field("discharged_alive", alive, None, source)
    yield Field("discharge_location", outcome.discharge_location or None, None, source)
    yield Field("survived_to_discharge_or_transfer", alive, None, "derived")
    yield Field("died_at", died_at, None, source)
    if outcome.died_at and run.time_off:
        timing = "on_ecls" if _has_died_by(run, run.time_off) else "moribund_after_ecls"
        yield Field("death_timing", timing, None, "derived")
    for name in ("extubated_at", "icu_discharged_at", "hospital_discharged_at"):
        moment = stamp(getattr(run.admission, name), run.zone)
        yield Field(name, moment, None, f"{run.admission.source}.{name}")


def _has_died_by(run: RunRecord, moment: datetime) -> bool:
    died_at = run.outcome.died_at
    return died_at is not None and utc(died_at) <= utc(moment)
