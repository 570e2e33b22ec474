"""The site's rules of its equipment: when a lot is about to expire, how soon is ordered, how often
each device is looked after.

None of the numbers has a source that holds everywhere: they are editable defaults, and every page
that shows one says where it comes from. How often water is changed, disinfected and sampled stands
in the manufacturer's instructions for the very device: without a site's own rule it is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Centre
from circuits.policies import policy

EQUIPMENT_POLICY = "equipment_policy"
DEFAULT_EQUIPMENT_POLICY: dict[str, Any] = {
    "expiring_days": 60,
    "reorder_days": 7,
    "every_days": {"maintenance": 365},
}


@dataclass(frozen=True, slots=True)
class EquipmentPolicy:
    """Days: before expiry a lot is announced, until an order is late, between two of each kind."""

    expiring_days: int
    reorder_days: int
    every_days: Mapping[str, int] = field(default_factory=dict)
    source: str = ""


def equipment_policy(centre: Centre, at: datetime) -> EquipmentPolicy:
    """Return the rules in force in a centre, or the default, with where they come from."""
    found = policy(centre, EQUIPMENT_POLICY, at, DEFAULT_EQUIPMENT_POLICY)
    return EquipmentPolicy(**{**DEFAULT_EQUIPMENT_POLICY, **found.body}, source=found.source)
