"""Who saw and who changed: one patient's trail, and all readings. A page over all apps."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import CharField, Model, Q
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.models import Unit
from accounts.permissions import Permission
from audit.models import Access
from audit.queries import Trace, changes_of, readings_of
from circuits.models import (
    Adjunct,
    ChangeDecision,
    Check,
    Circuit,
    CircuitHold,
    ClotLook,
    ComponentUse,
    CustodyEntry,
    DeviceIncident,
    Emergency,
    EmergencyEntry,
    Exchange,
    PartPhoto,
    PlannedChange,
    PlannedPart,
    Prime,
    PrimeChemistry,
    PrimeProduct,
    RecallStep,
    ReviewDeferral,
    StandbyChange,
    StandbyCircuit,
    StandbyPart,
    StockMovement,
)
from episodes.models import Handover, HuddleAction, PlannedProcedure
from labs.models import AnticoagulationPlan, Infusion, InfusionChange, Result, Sample
from patients import models as of_patients
from patients.access import note_reading
from patients.models import CallLogEntry, EpisodeStep, Patient, PatientMerge, Referral, Run
from patients.queries import banner_of
from reports.models import AssessmentChoice
from web.models import ChecklistRun, ChecklistTap
from web.search import typed_words

PAGE = 100
LIMIT = 200
OF_A_RUN: tuple[type[Model], ...] = (
    of_patients.BedMove,
    of_patients.BleedingEvent,
    of_patients.BloodDraw,
    of_patients.BloodProduct,
    of_patients.Cannula,
    of_patients.Complication,
    of_patients.DailyTarget,
    of_patients.Diagnosis,
    of_patients.EmergencyPlan,
    of_patients.EndOfLife,
    of_patients.FamilyEntry,
    of_patients.FollowUpVisit,
    of_patients.Infection,
    of_patients.Interruption,
    of_patients.LimitConfirmation,
    of_patients.ModeSegment,
    of_patients.Outcome,
    of_patients.Procedure,
    of_patients.RunLimit,
    of_patients.ScoreResult,
    of_patients.TransportLeg,
    of_patients.WeaningTrial,
    of_patients.WeightEntry,
    Adjunct,
    AnticoagulationPlan,
    AssessmentChoice,
    Check,
    Circuit,
    CircuitHold,
    ClotLook,
    DeviceIncident,
    Emergency,
    Exchange,
    Handover,
    HuddleAction,
    PlannedProcedure,
    Infusion,
    PlannedChange,
)
FURTHER: dict[type[Model], str] = {
    of_patients.CannulaPosition: "cannula__run__in",
    of_patients.TrialStep: "trial__run__in",
    ChangeDecision: "change__run__in",
    ComponentUse: "circuit__run__in",
    CustodyEntry: "incident__run__in",
    EmergencyEntry: "emergency__run__in",
    InfusionChange: "infusion__run__in",
    PartPhoto: "use__circuit__run__in",
    PlannedPart: "change__run__in",
    Prime: "standby__circuit__run__in",
    PrimeChemistry: "prime__standby__circuit__run__in",
    PrimeProduct: "prime__standby__circuit__run__in",
    RecallStep: "run__in",
    ReviewDeferral: "use__circuit__run__in",
    StandbyChange: "standby__circuit__run__in",
    StandbyCircuit: "pgh_obj__circuit__run__in",
    StandbyPart: "standby__circuit__run__in",
    StockMovement: "use__circuit__run__in",
}
"""What has a history and belongs to a run, directly or by way of something that does."""


@requires(Permission.AUDIT_VIEW)
def patient_trail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show who saw and who changed what about one patient."""
    at = timezone.now()
    rows = Patient.objects.select_related("centre", "unit__centre")
    patient = row_or_refuse(rows, request.user, Permission.AUDIT_VIEW, public_id=public_id)
    note_reading(request, patient, "trail", patient.public_id)
    what = request.GET.get("show", "changes")
    traces = readings_of(patient.public_id, LIMIT) if what == "readings" else _changes(patient)
    context = {
        "patient": patient,
        "banner": banner_of(patient, None, at),
        "traces": traces,
        "show": "readings" if what == "readings" else "changes",
        "limit": LIMIT,
    }
    return render(request, "ecmo/patient_trail.html", context)


def _changes(patient: Patient) -> list[Trace]:
    runs = list(patient.runs.values_list("pk", flat=True))
    referrals = list(patient.referrals.values_list("pk", flat=True))
    records = [patient.pk, *patient.merged_records.values_list("pk", flat=True)]
    paths: list[tuple[type[Model], str, object]] = [
        (Patient, "pgh_obj__in", records),
        (PatientMerge, "survivor__in", records),
        (PatientMerge, "retired", patient.pk),
        (Run, "patient", patient.pk),
        (Referral, "pgh_obj__in", referrals),
        *((model, "run__in", runs) for model in OF_A_RUN),
        *((model, lookup, runs) for model, lookup in FURTHER.items()),
        (ChecklistRun, "patient_key", str(patient.public_id)),
        (Sample, "patient", patient.pk),
        (Result, "sample__patient", patient.pk),
    ]
    written = [
        *_written_once(runs, referrals),
        *_answers(str(patient.public_id)),
        *changes_of(paths, LIMIT),
    ]
    return sorted(written, key=lambda one: one.at, reverse=True)[:LIMIT]


def _written_once(runs: list[int], referrals: list[int]) -> Iterator[Trace]:
    """Steps and calls: rows that never change need no history beside themselves."""
    mine = Q(run__in=runs) | Q(referral__in=referrals)
    steps = EpisodeStep.objects.filter(mine).select_related("entered_by", "takes_back")[:LIMIT]
    for step in steps:
        verb = "took back a step to" if step.takes_back else "took a step to"
        what = f"{verb} “{(step.takes_back or step).get_target_display()}”"
        yield Trace(step.entered_at, str(step.entered_by), what, "episode", step.reason)
    calls = CallLogEntry.objects.filter(referral__in=referrals).select_related("entered_by")
    for call in calls[:LIMIT]:
        what = f"wrote into the call log ({call.get_kind_display().lower()})"
        yield Trace(call.entered_at, str(call.entered_by), what, "referral")


def _answers(patient_key: str) -> Iterator[Trace]:
    """Answers of checklists, which are written once as well."""
    taps = ChecklistTap.objects.filter(checklist__patient_key=patient_key)
    for tap in taps.select_related("by", "checklist").order_by("-pk")[:LIMIT]:
        what = f"answered “{tap.item}” ({tap.get_answer_display().lower()})"
        yield Trace(tap.entered_at, str(tap.by), what, str(tap.checklist), tap.note)


@requires(Permission.AUDIT_VIEW)
def access_list(request: UserRequest) -> HttpResponse:
    """Show readings in the units one may audit, newest first."""
    at = timezone.now()
    units = Unit.objects.with_permission(request.user, Permission.AUDIT_VIEW, at)
    patients = Patient.objects.filter(unit__in=units.values("pk"))
    keys = patients.annotate(key=Cast("public_id", CharField())).values("key")
    rows = Access.objects.filter(Q(patient_key="") | Q(patient_key__in=keys))
    query = typed_words(request)
    if query:
        rows = rows.filter(Q(user_name__icontains=query) | Q(what__icontains=query))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "ecmo/access_list.html", {"page": page, "query": query})
