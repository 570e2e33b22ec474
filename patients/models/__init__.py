"""Patients and their runs on ECMO."""

from patients.models.cannula import Cannula, CannulaPurpose, CannulaSite, Side, Technique
from patients.models.clinical_event import BleedingEvent, BloodProduct, Complication, Diagnosis
from patients.models.limit import RunLimit
from patients.models.mode import Mode, ModeSegment
from patients.models.outcome import Outcome
from patients.models.patient import Patient, Sex
from patients.models.run import Run, SupportType
from patients.models.weight import WeightBasis, WeightEntry

__all__ = [
    "BleedingEvent",
    "BloodProduct",
    "Cannula",
    "CannulaPurpose",
    "CannulaSite",
    "Complication",
    "Diagnosis",
    "Mode",
    "ModeSegment",
    "Outcome",
    "Patient",
    "Run",
    "RunLimit",
    "Sex",
    "Side",
    "SupportType",
    "Technique",
    "WeightBasis",
    "WeightEntry",
]
