"""Targets of the day: what may have one, in which unit, and when it is to be looked at again.

Source: bedside reference 5.3. Nothing here carries a number: each target is set for one patient.
Targets of the anticoagulation plan stand in that plan and are not set a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.due import Due
from clinical.instants import after
from clinical.measures import MEASURES


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing that may have a target: a range in `unit`, or words where there is none."""

    code: str
    label: str
    unit: str = ""
    display_unit: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the target is a range."""
        return bool(self.unit)


def _measured(code: str) -> Goal:
    one = MEASURES[code]
    return Goal(code, one.label, one.unit, one.display_unit)


_MEASURED = (
    "blood_flow", "map", "spo2_right_hand", "spo2_other", "pao2", "paco2", "temp_blood_out", "hb",
    "platelets", "fibrinogen",
)  # fmt: skip
_IN_WORDS = {
    "bridge_intent": "Bridge to",
    "ventilator_rest": "Ventilator rest settings",
    "sedation": "Sedation or awake (RASS)",
    "mobility": "Mobility",
    "nutrition": "Nutrition",
    "fluid_goal": "Fluid balance of the day",
    "renal_replacement": "Renal replacement",
    "infection_lines": "Infection and lines",
    "limb": "Limb",
    "neuro": "Neurology",
    "lv_decompression": "Left ventricular decompression",
    "wean_readiness": "Ready to wean, or what stands in the way",
    "imaging": "Imaging and consults",
    "family": "Family and ethics",
    "staffing_tonight": "Staffing tonight",
}
GOALS: Mapping[str, Goal] = {
    **{code: _measured(code) for code in _MEASURED},
    **{code: Goal(code, label) for code, label in _IN_WORDS.items()},
}


def fault_of_target(code: str, low: Decimal | None, high: Decimal | None, words: str) -> str | None:
    """Return what is wrong with a target in a sentence, None if it can be set."""
    goal = GOALS.get(code)
    if goal is None:
        return f"There is no target called {code}."
    if not goal.is_number:
        return None if words.strip() else f"{goal.label}: write the target in words."
    if low is None and high is None:
        return f"{goal.label}: give a lower or an upper bound, in {goal.display_unit}."
    if low is not None and high is not None and low > high:
        return f"{goal.label}: the lower bound {low} lies above the upper bound {high}."
    return None


def targets_due(review_by: datetime, set_at: datetime) -> Due:
    """Return when the targets are to be looked at: at the earliest review time of any of them."""
    return Due(
        rule="targets.review",
        anchor=set_at,
        due_at=review_by,
        overdue_at=review_by,
        why="Targets hold until their review time and are carried forward by hand only.",
    )


def emergency_plan_due(
    *, reviewed_at: datetime | None, time_on: datetime, every_h: float = 24
) -> Due:
    """Return when emergency plan and ceiling of care are to be reviewed by a physician.

    Within `every_h` of the last review; without any, within that time of first flow.
    """
    anchor = reviewed_at or time_on
    due_at = after(anchor, hours=every_h)
    since = "the last review" if reviewed_at else "first flow"
    return Due(
        rule="emergency_plan.review" if reviewed_at else "emergency_plan.first",
        anchor=anchor,
        due_at=due_at,
        overdue_at=due_at,
        why=f"Reviewed by a physician within {every_h:g} h, counted from {since}.",
        inputs={"every_h": f"{every_h:g}"},
    )
