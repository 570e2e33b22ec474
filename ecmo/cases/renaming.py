"""Words of the cases and the product's words for the same. Nothing here reckons."""

from circuits.models import CheckKind, RemovalReason
from patients.models import CannulaRemoval, CannulaSite, Technique
from patients.models.run import EndReason

SEXES = {"Male": "male", "Female": "female", "Unknown": "unknown"}
SIDES = {"L": "L", "R": "R", "NA": ""}
GIVEN_TO = {"patient": "patient", "circuit_prime": "circuit"}
TYPED = {"blood_flow_ml_min": "blood_flow"}
"""What is typed under another name than that of the value it becomes."""
DEBTS = frozenset({"mode", "weight", "cannulas", "components_udi", "tip_position"})
OTHER = "other"


def removal_reason(word: str | None) -> str:
    """Return why a part came out; a reason that the product has no word for goes in the note."""
    return word if word and word in RemovalReason.values else OTHER


def cannula_removal(word: str | None) -> str:
    """Return why a cannula came out."""
    return word if word and word in CannulaRemoval.values else OTHER


def site(word: str) -> str:
    """Return where a cannula lies."""
    return word if word in CannulaSite.values else OTHER


def technique(word: str) -> str:
    """Return how a cannula was put in."""
    return word if word in Technique.values else ""


def check_kind(word: str) -> str:
    """Return the kind of a check."""
    return word if word in CheckKind.values else CheckKind.EVENT


def end_reason(word: str | None) -> str:
    """Return why a run ended."""
    return word if word and word in EndReason.values else ""
