"""The site's own policies, each a versioned document; without one, an editable default.

The defaults hold numbers from the bedside reference that are marked there as recalled or local;
none is a clinical recommendation, and every screen that shows them says where they come from.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Centre
from clinical.due import DEFAULT_CADENCE, CheckCadence
from clinical.oxygenator import GasPolicy, ResistancePolicy
from clinical.reviews import ReviewPolicy
from web.models import SiteDocument

CHANGE_POLICY = "change_policy"
DEBT_POLICY = "debt_policy"
CHECK_CADENCE = "check_cadence"
EXCHANGE_POLICY = "exchange_policy"

DEFAULT_DEBTS: dict[str, float] = {
    "mode": 0,
    "weight": 1,
    "cannulas": 1,
    "components_udi": 4,
    "tip_position": 6,
}
DEFAULT_EXCHANGE_POLICY: dict[str, float] = {"confirm_limits_h": 1, "complication_h": 24}
DEFAULT_CHANGE_POLICY: dict[str, Any] = {
    "oxygenator": {
        "policy_hours": 336,
        "warn_pct": 80,
        "resistance_signal": {
            "ratio": 1.5,
            "hold_for_checks": 2,
            "baseline_window_h": [1, 6],
            "baseline_n": 3,
        },
    },
    "pump_head": {"policy_hours": 336, "warn_pct": 80},
}


@dataclass(frozen=True, slots=True)
class Policy:
    """A body with where it comes from: "change_policy version 3", or "product default"."""

    body: Any
    source: str


def policy(centre: Centre, kind: str, at: datetime, default: Any) -> Policy:
    """Return the document of `kind` in force, or the default, marked so."""
    document = SiteDocument.objects.in_force(centre, kind, at)
    if document is None:
        return Policy(default, "product default, to be replaced by the site's own")
    return Policy(document.body, str(document))


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


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """When parts are reviewed, and which signals propose a change."""

    reviews: dict[str, ReviewPolicy]
    resistance: dict[str, ResistancePolicy]
    gas: dict[str, GasPolicy]
    source: str


def change_policy(centre: Centre, at: datetime) -> ChangePolicy:
    """Return the circuit change policy of the site."""
    found = policy(centre, CHANGE_POLICY, at, DEFAULT_CHANGE_POLICY)
    reviews, resistance, gas = {}, {}, {}
    for kind, row in found.body.items():
        if "policy_hours" in row:
            reviews[kind] = ReviewPolicy(row["policy_hours"], row["warn_pct"])
        if signal := row.get("resistance_signal"):
            resistance[kind] = _resistance(signal)
        if signal := row.get("gas_signal"):
            gas[kind] = _gas(signal)
    return ChangePolicy(reviews, resistance, gas, found.source)


def _resistance(signal: dict[str, Any]) -> ResistancePolicy:
    low, high = signal["baseline_window_h"]
    return ResistancePolicy(
        ratio=Decimal(str(signal["ratio"])),
        hold_for_checks=signal["hold_for_checks"],
        baseline_from_h=low,
        baseline_to_h=high,
        baseline_n=signal["baseline_n"],
    )


def _gas(signal: dict[str, Any]) -> GasPolicy:
    return GasPolicy(
        po2_post_below=Decimal(str(signal["po2_post_below"])),
        fdo2_min=Decimal(str(signal["fdo2_min"])),
        hold_for_checks=signal["hold_for_checks"],
    )
