"""What a site says of trials, reviews of plans, oxygen and run numbers: its document or our default.

Each default is marked as one: "product default, to be replaced by the site's own".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Centre
from circuits.policies import policy
from clinical.transport import DEFAULT_FACTORS, DEFAULT_SAFETY
from clinical.weaning import DEFAULT_LIMITS, TimeLimit, TrialKind

WEANING = "weaning_trials"
PLAN_REVIEW = "plan_review"
OXYGEN = "transport_oxygen"
RUN_GAP = "run_gap"

DEFAULT_CRITERIA: Mapping[TrialKind, tuple[str, ...]] = {
    TrialKind.VV_SWEEP_OFF: (
        "PaO2 60 mmHg or more, or SpO2 92 % or more, at an acceptable ventilator setting",
        "PaCO2 below 50 mmHg or at its baseline, pH 7.30 or more",
        "Respiratory rate 35 /min or less, no distress",
        "Circulation stable",
    ),
    TrialKind.VA_TURN_DOWN: (
        "MAP above 60 mmHg, pulse pressure present, CVP below 18 mmHg",
        "LVEF above 20 %, aortic VTI 10 cm or more, lateral S' 6 cm/s or more",
        "Right ventricle does not dilate, lactate stable",
        "SpO2 of the right hand in order at a safe FiO2",
    ),
    TrialKind.PCRTO: (
        "Flow reversed at about 0.5 to 0.6 L/min, sweep gas off or low",
        "Anticoagulation adequate before and during",
        "Circulation and right ventricle stable to the end",
    ),
    TrialKind.CLAMP: (
        "Bridge open before the lines are clamped, clamped lines flashed as the site orders",
        "Anticoagulation adequate before and during",
        "Gas exchange, circulation and lactate stable to the end",
    ),
}
DEFAULT_REVIEWS: dict[str, float] = {"emergency_plan_h": 24, "targets_h": 24, "verdict_h": 4}
DEFAULT_GAP: dict[str, float] = {"gap_h": 24}


@dataclass(frozen=True, slots=True)
class WeaningPolicy:
    """How long each kind of trial may last, what counts as passed, and where that comes from."""

    limits: Mapping[TrialKind, TimeLimit]
    criteria: Mapping[TrialKind, tuple[str, ...]]
    source: str


def weaning_policy(centre: Centre, at: datetime) -> WeaningPolicy:
    """Return the site's table of trials; a kind that it leaves out keeps the default."""
    found = policy(centre, WEANING, at, {})
    limits, criteria = dict(DEFAULT_LIMITS), dict(DEFAULT_CRITERIA)
    for name, row in found.body.items():
        kind = TrialKind(name)
        limits[kind] = _limit(row, limits[kind])
        criteria[kind] = tuple(row.get("criteria", criteria[kind]))
    return WeaningPolicy(limits, criteria, found.source)


@dataclass(frozen=True, slots=True)
class ReviewHours:
    """Within how many hours plans are reviewed and trials judged, and where that comes from."""

    emergency_plan_h: float
    targets_h: float
    verdict_h: float
    source: str


def review_hours(centre: Centre, at: datetime) -> ReviewHours:
    """Return the site's times; what it leaves out keeps the default."""
    found = policy(centre, PLAN_REVIEW, at, {})
    return ReviewHours(**{**DEFAULT_REVIEWS, **found.body}, source=found.source)


@dataclass(frozen=True, slots=True)
class OxygenPolicy:
    """Litres for each psi by size of cylinder, how many times the journey, and the source."""

    factors: Mapping[str, Decimal]
    safety: Decimal
    source: str


def oxygen_policy(centre: Centre, at: datetime) -> OxygenPolicy:
    """Return the site's cylinders."""
    found = policy(centre, OXYGEN, at, None)
    if found.body is None:
        return OxygenPolicy(DEFAULT_FACTORS, DEFAULT_SAFETY, found.source)
    factors = {row["size"]: Decimal(str(row["litres_per_psi"])) for row in found.body["cylinders"]}
    safety = found.body.get("times_the_journey", DEFAULT_SAFETY)
    return OxygenPolicy(factors, Decimal(str(safety)), found.source)


def run_gap_h(centre: Centre, at: datetime) -> tuple[float, str]:
    """Return up to how many hours off support a return is the same run, and where that is from."""
    found = policy(centre, RUN_GAP, at, DEFAULT_GAP)
    return float(found.body["gap_h"]), found.source


def _limit(row: Mapping[str, Any], default: TimeLimit) -> TimeLimit:
    low_flow = row.get("low_flow_l_min", default.low_flow)
    return TimeLimit(
        warn_min=row["warn_min"],
        most_min=row["most_min"],
        least_min=row.get("least_min", 0),
        low_flow=None if low_flow is None else Decimal(str(low_flow)),
    )
