"""Patients and their runs on ECMO."""

from patients.models.blood_draw import BloodDraw
from patients.models.cannula import (
    Cannula,
    CannulaPosition,
    CannulaPurpose,
    CannulaRemoval,
    CannulaSite,
    Lumens,
    Repair,
    Side,
    Technique,
)
from patients.models.care_plan import Ceiling, DailyTarget, EmergencyPlan
from patients.models.clinical_event import BleedingEvent, BloodProduct, Complication, Diagnosis
from patients.models.consent import FamilyEntry, FamilyEntryKind
from patients.models.diagnosis_code import DiagnosisCode
from patients.models.episode import Coroner, Donation, EndOfLife, EpisodeStep, FollowUpVisit
from patients.models.infection import CultureSite, Infection
from patients.models.interruption import Interruption
from patients.models.limit import LimitConfirmation, RunLimit
from patients.models.merge import PatientMerge
from patients.models.mode import Mode, ModeSegment
from patients.models.movement import BedMove, GoDecision, LegKind, TransportLeg
from patients.models.outcome import Outcome
from patients.models.patient import Patient, Sex
from patients.models.procedure import Procedure, ProcedureKind
from patients.models.referral import AgeUnit, CallLogEntry, LogKind, Referral
from patients.models.run import Run, SupportType
from patients.models.score import ScoreResult
from patients.models.weaning import TrialStep, WeaningKind, WeaningTrial, WeaningVerdict
from patients.models.weight import WeightBasis, WeightEntry

__all__ = [
    "AgeUnit",
    "BedMove",
    "BleedingEvent",
    "BloodDraw",
    "BloodProduct",
    "CallLogEntry",
    "Cannula",
    "CannulaPosition",
    "CannulaPurpose",
    "CannulaRemoval",
    "CannulaSite",
    "Ceiling",
    "Complication",
    "Coroner",
    "CultureSite",
    "DailyTarget",
    "Diagnosis",
    "DiagnosisCode",
    "Donation",
    "EmergencyPlan",
    "EndOfLife",
    "EpisodeStep",
    "FamilyEntry",
    "FamilyEntryKind",
    "FollowUpVisit",
    "GoDecision",
    "Infection",
    "Interruption",
    "LegKind",
    "LimitConfirmation",
    "LogKind",
    "Lumens",
    "Mode",
    "ModeSegment",
    "Outcome",
    "Patient",
    "PatientMerge",
    "Procedure",
    "ProcedureKind",
    "Referral",
    "Repair",
    "Run",
    "RunLimit",
    "ScoreResult",
    "Sex",
    "Side",
    "SupportType",
    "Technique",
    "TransportLeg",
    "TrialStep",
    "WeaningKind",
    "WeaningTrial",
    "WeaningVerdict",
    "WeightBasis",
    "WeightEntry",
]
