"""The site's own policies, each a versioned document; without one, an editable default.

The defaults hold numbers from the bedside reference that are marked there as recalled or local;
none is a clinical recommendation, and every screen that shows them says where they come from.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Centre
from clinical.due import DEFAULT_CADENCE, CheckCadence
from clinical.incident import ReportRule
from web.models import SiteDocument

DEBT_POLICY = "debt_policy"
CHECK_CADENCE = "check_cadence"
EXCHANGE_POLICY = "exchange_policy"
INCIDENT_RULES = "incident_rules"

DEFAULT_DEBTS: dict[str, float] = {
    "mode": 0,
    "identity": 1,
    "weight": 1,
    "cannulas": 1,
    "components_udi": 4,
    "tip_position": 6,
}
DEFAULT_EXCHANGE_POLICY: dict[str, float] = {"confirm_limits_h": 1, "complication_h": 24}
DEFAULT_INCIDENT_RULES: list[dict[str, Any]] = [
    {"harm": "death", "days": 10, "to": "the manufacturer and the authority"},
    {"harm": "harm_perm", "days": 10, "to": "the manufacturer"},
    {"harm": "harm_temp", "days": 10, "to": "the manufacturer"},
]
"""Days to a report, unverified (of the order of 21 CFR 803.30, counted without work days)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A body with where it comes from: "change_policy version 3", or "product default"."""

    body: Any
    source: str
    document: SiteDocument | None = None


def policy(centre: Centre, kind: str, at: datetime, default: Any) -> Policy:
    """Return the document of `kind` in force, or the default, marked so."""
    document = SiteDocument.objects.in_force(centre, kind, at)
    if document is None:
        return Policy(default, "product default, to be replaced by the site's own")
    return Policy(document.body, str(document), document)


def debt_policy(centre: Centre, at: datetime) -> Policy:
    """Return hours by item owed after flow on."""
    found = policy(centre, DEBT_POLICY, at, DEFAULT_DEBTS)
    if isinstance(found.body, list):
        return Policy({row["what"]: row["due_h"] for row in found.body}, found.source)
    return found


def exchange_policy(centre: Centre, at: datetime) -> Policy:
    """Return within how many hours limits are confirmed after a conversion, and a fault is told."""
    found = policy(centre, EXCHANGE_POLICY, at, DEFAULT_EXCHANGE_POLICY)
    return Policy({**DEFAULT_EXCHANGE_POLICY, **found.body}, found.source)


def check_cadence(centre: Centre, at: datetime) -> tuple[CheckCadence, str]:
    """Return how often the circuit is checked, and where that comes from."""
    found = policy(centre, CHECK_CADENCE, at, None)
    return (CheckCadence(**found.body) if found.body else DEFAULT_CADENCE), found.source


def incident_rules(centre: Centre, at: datetime) -> Policy:
    """Return by when an incident with a device is to be reported, as a list of ReportRule."""
    found = policy(centre, INCIDENT_RULES, at, DEFAULT_INCIDENT_RULES)
    return Policy([ReportRule(**row) for row in found.body], found.source)
