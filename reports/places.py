"""Where a registry field or a finding is put right: the page on which it is entered."""

from django.urls import reverse

from patients.models import Run
from reports.elso.dictionary import DICTIONARY

FACTS = "reports:run-facts"
PATIENT = "patients:patient-correct"
SUPPORT = "circuits:support-detail"
WEIGHT = "circuits:weight-create"
CIRCUIT = "circuits:circuit-detail"
CHECKS = "circuits:check-list"
EVENTS = "patients:event-list"
OUTCOME = "circuits:outcome-record"
LABS = "labs:results"

ORIGINS = {each.name: each.origin for each in DICTIONARY.fields}
BY_ORIGIN = {
    "patient": PATIENT,
    "cannula": SUPPORT,
    "check": CHECKS,
    "complication": EVENTS,
    "component": CIRCUIT,
    "diagnosis": EVENTS,
    "outcome": OUTCOME,
}
BY_FIELD = {
    "birth_weight_kg": FACTS,
    "gestational_age_weeks": FACTS,
    "apgar_1": FACTS,
    "apgar_5": FACTS,
    "delivery": FACTS,
    "oxygenator": CIRCUIT,
    "pump_head": CIRCUIT,
    "weight_kg": WEIGHT,
    "time_on": SUPPORT,
    "time_off": SUPPORT,
    "initial_mode": SUPPORT,
    "modes": SUPPORT,
    "hospital_discharged_at": OUTCOME,
}
BY_SUBJECT = (
    ("patient.", PATIENT),
    ("run.modes", SUPPORT),
    ("run.cannulas", SUPPORT),
    ("run.time", SUPPORT),
    ("run.weight", WEIGHT),
    ("run.components", CIRCUIT),
    ("component ", CIRCUIT),
    ("complication", EVENTS),
    ("run.complications", EVENTS),
    ("run.diagnoses", EVENTS),
    ("run.outcome", OUTCOME),
    ("outcome.", OUTCOME),
    ("check ", CHECKS),
    ("hl7:", LABS),
    ("sample ", LABS),
)


def place_of_field(name: str, run: Run) -> str:
    """Return the address of the page where a field is entered."""
    known = BY_FIELD.get(name) or BY_ORIGIN.get(ORIGINS.get(name, ""), FACTS)
    return _address(known, run)


def place_of_subject(subject: str, run: Run) -> str:
    """Return the address of the page where what a finding is about is entered."""
    found = (view for start, view in BY_SUBJECT if subject.startswith(start))
    return _address(next(found, FACTS), run)


def place_of_source(source: str, run: Run) -> str | None:
    """Return the address of the page where a value stands; None if it is derived."""
    return None if source.startswith("derived") else place_of_subject(source, run)


def _address(view: str, run: Run) -> str:
    key = run.patient.public_id if view == PATIENT else run.public_id
    return reverse(view, args=[key])
