"""Runs as registry records: one fetch of a fixed number of statements, however many runs.

A fact that the record does not hold stays None, and so shows up in the completeness findings.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Centre
from circuits.models import ComponentUse, RemovalReason
from clinical.runtime import ModeSegment
from patients.models import Complication, Diagnosis, Infection, Outcome, Procedure, Run
from reports.elso.records import (
    AdjunctRow,
    CannulaRow,
    CommentRow,
    ComplicationRow,
    ComponentRow,
    DiagnosisRow,
    FlowReading,
    GasRow,
    InfectionRow,
    OutcomeRecord,
    PatientRecord,
    RunRecord,
)
from reports.months import Span
from reports.queries.measured import flows_of, gases_of
from reports.told import (
    Told,
    admission_of,
    assessment_of,
    ecpr_of,
    support_of,
)

LEFT_WITH_PATIENT = RemovalReason.TRANSFERRED  # still running when it left the house


@dataclass(frozen=True, slots=True)
class CohortRun:
    """One run of ours with its registry record, and the facts in it that could not be read."""

    run: Run
    record: RunRecord
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What hangs on the runs and is not fetched with them, by primary key of the run."""

    flows: dict[int, list[FlowReading]]
    gases: dict[int, list[GasRow]]
    siblings: dict[int, list[tuple[int, datetime | None]]]


def ended_in(centre: Centre, span: Span) -> QuerySet[Run]:
    """Runs of a centre whose flow went off in a span."""
    return Run.objects.filter(
        unit__centre=centre, ended_at__gte=span.starts_at, ended_at__lt=span.ends_at
    )


def on_ecmo_in(centre: Centre, span: Span) -> QuerySet[Run]:
    """Runs of a centre that had flow on at some time of a span."""
    began = Run.objects.filter(unit__centre=centre, started_at__lt=span.ends_at)
    return began.filter(Q(ended_at=None) | Q(ended_at__gte=span.starts_at))


def cohort(runs: QuerySet[Run], as_of: datetime) -> list[CohortRun]:
    """Return registry records of `runs` as known at `as_of` (fifteen statements)."""
    fetched = list(
        runs.select_related("patient", "unit__centre", "outcome")
        .prefetch_related(
            "modes",
            "cannulas",
            "adjuncts",
            "weights",
            "assessment_choices",
            Prefetch("diagnoses", Diagnosis.objects.filter(withdrawn_at=None)),
            Prefetch("procedures", Procedure.objects.filter(withdrawn_at=None)),
            Prefetch(
                "infections",
                Infection.objects.filter(withdrawn_at=None).order_by("collected_at", "pk"),
            ),
            Prefetch(
                "complications",
                Complication.objects.filter(withdrawn_at=None).order_by("occurred_at", "pk"),
            ),
            Prefetch("circuits__uses", ComponentUse.objects.select_related("component__model")),
        )
        .order_by("started_at", "pk")
    )
    beside = _Beside(flows_of(fetched), gases_of(fetched), _siblings(fetched))
    return [_cohort_run(run, beside, as_of) for run in fetched]


def _cohort_run(run: Run, beside: _Beside, as_of: datetime) -> CohortRun:
    told = Told(run.registry_facts)
    record = _record(run, told, beside, as_of)
    return CohortRun(run, record, tuple(told.unreadable))


def _record(run: Run, told: Told, beside: _Beside, as_of: datetime) -> RunRecord:
    before, signed = told.part("pre_ecls"), told.part("signoff")
    outcome = _outcome(run)
    earlier = [end for number, end in beside.siblings[run.patient_id] if number < run.run_no]
    return RunRecord(
        source="run",
        zone=run.unit.centre.tz,
        as_of=as_of,
        patient=_patient(run, told.part("newborn")),
        admission=admission_of(told, outcome.discharged_at if outcome else None),
        run_no=run.run_no,
        run_numbers=tuple(number for number, _ in beside.siblings[run.patient_id]),
        previous_ended_at=earlier[-1] if earlier else None,
        support_type=run.support_type or None,
        age_group_recorded=told.text("age_group_recorded"),
        time_on=run.started_at,
        time_on_here=run.started_here_at,
        time_off=run.ended_at,
        intubated_at=told.moment("intubated_at"),
        was_ventilated=told.yes_no("ventilated_pre_ecls"),
        weight_kg=_weight_at_start(run),
        height_cm=run.height_cm,
        arrest_pre_ecls=told.yes_no("arrest_pre_ecls"),
        bridge_to_transplant=told.text("bridge_to_transplant"),
        immunocompromised=told.yes_no("immunocompromised"),
        trauma=told.yes_no("trauma"),
        pregnancy=told.yes_no("pregnancy"),
        before=assessment_of(before),
        at_24h=assessment_of(told.part("assessment_24h")),
        laboratory_gases=tuple(beside.gases[run.pk]),
        support_before=support_of(before),
        creatinine_before=before.part("labs").number("creatinine"),
        bilirubin_before=before.part("labs").number("bilirubin_total"),
        flows=tuple(beside.flows[run.pk]),
        ecpr=ecpr_of(told),
        outcome=_how_it_ended(run),
        abstractor=signed.text("abstractor") or "",
        approver=signed.text("approver") or "",
        choices={
            (one.assessment, one.group): (one.row_source, one.taken_at)
            for one in run.assessment_choices.all()
            if one.taken_at
        },
        **_tables(run),
    )


def _patient(run: Run, newborn: Told) -> PatientRecord:
    patient = run.patient
    return PatientRecord(
        source="patient",
        unique_id=patient.registry_id,
        mrn=patient.mrn,
        family_name=patient.family_name,
        born_at=patient.born_at,
        sex=patient.sex,
        race=patient.race,
        birth_weight_kg=newborn.number("birth_weight_kg"),
        gestational_age_weeks=newborn.whole("gestational_age_weeks"),
        apgar_1=newborn.whole("apgar_1"),
        apgar_5=newborn.whole("apgar_5"),
        delivery=newborn.text("delivery"),
    )


def _weight_at_start(run: Run) -> Decimal | None:
    """The newest weight measured by flow on, else the first there is (as `weight_at` chooses)."""
    weights = list(run.weights.all())
    by_then = [entry for entry in weights if entry.measured_at <= run.started_at]
    first = (
        by_then[0] if by_then else min(weights, key=lambda w: (w.measured_at, w.pk), default=None)
    )
    return first.weight_kg.normalize() if first else None


def _outcome(run: Run) -> Outcome | None:
    return getattr(run, "outcome", None)


def _how_it_ended(run: Run) -> OutcomeRecord:
    outcome = _outcome(run)
    return OutcomeRecord(
        reason_discontinued=run.end_reason or None,
        discharged_alive=outcome.discharged_alive if outcome else None,
        discharge_location=(outcome.discharge_location or None) if outcome else None,
        died_at=outcome.died_at if outcome else None,
    )


def _tables(run: Run) -> dict[str, Any]:
    complications = list(run.complications.all())
    return {
        "modes": tuple(ModeSegment(m.mode, m.starts_at, m.ends_at) for m in run.modes.all()),
        "cannulas": tuple(
            CannulaRow(
                id=str(row),
                site=row.site,
                side=row.side,
                purpose=row.purpose,
                size_fr=row.size_fr,
                inserted_at=row.inserted_at,
                removed_at=row.removed_at,
            )
            for row in run.cannulas.all()
        ),
        "components": tuple(_components(run)),
        "adjuncts": tuple(
            AdjunctRow(
                id=row.model_name or row.get_kind_display(),
                kind=row.kind,
                started_at=row.started_at,
                ended_at=row.ended_at,
                end_reason=row.end_reason or None,
            )
            for row in run.adjuncts.all()
        ),
        "complications": tuple(
            ComplicationRow(code=row.code, at=row.occurred_at) for row in complications
        ),
        "diagnoses": tuple(
            DiagnosisRow(icd10=row.icd10 or row.label, is_primary=row.is_primary)
            for row in run.diagnoses.all()
        ),
        "procedures": frozenset(row.kind for row in run.procedures.all()),
        "infections": tuple(
            InfectionRow(organism=row.organism, site=row.site, collected_at=row.collected_at)
            for row in run.infections.all()
        ),
        "comments": tuple(
            CommentRow(source=f"complication {row.code}", text=row.note)
            for row in complications
            if row.note
        ),
    }


def _components(run: Run) -> Iterable[ComponentRow]:
    uses = [use for circuit in run.circuits.all() for use in circuit.uses.all()]
    for use in sorted(uses, key=lambda use: (use.installed_at, use.pk)):
        yield ComponentRow(
            id=str(use.component),
            type=use.kind,
            installed_at=use.installed_at,
            removed_at=None if use.removed_reason == LEFT_WITH_PATIENT else use.removed_at,
            removed_reason=use.removed_reason or None,
        )


def _siblings(runs: Sequence[Run]) -> dict[int, list[tuple[int, datetime | None]]]:
    """Numbers and ends of all runs of the same patients."""
    rows = Run.objects.filter(patient__in={run.patient_id for run in runs}).order_by("run_no")
    siblings: dict[int, list[tuple[int, datetime | None]]] = defaultdict(list)
    for patient, number, ended_at in rows.values_list("patient_id", "run_no", "ended_at"):
        siblings[patient].append((number, ended_at))
    return siblings
