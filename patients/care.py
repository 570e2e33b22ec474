"""Targets and emergency plan as they hold now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.goals import GOALS, Goal
from clinical.measures import MEASURES
from patients.models import DailyTarget, EmergencyPlan, Run


@dataclass(frozen=True, slots=True)
class TargetNow:
    """One target that holds, and whether its review time has passed."""

    row: DailyTarget
    goal: Goal
    is_stale: bool

    def __str__(self) -> str:
        return f"{self.goal.label}: {self.text}"

    @property
    def text(self) -> str:
        """The target with its unit: 65 to 80 mmHg, or its words."""
        if not self.goal.is_number:
            return self.row.words
        low, high = (_shown(self.goal, bound) for bound in (self.row.low, self.row.high))
        unit = self.goal.display_unit
        if low and high:
            return f"{low} to {high} {unit}"
        return f"{low} {unit} or more" if low else f"{high} {unit} or less"


def targets_now(run: Run, at: datetime) -> list[TargetNow]:
    """Return the newest target of each key, in the order of the round (one statement)."""
    newest = (
        run.targets.order_by("key", "-set_at", "-pk").distinct("key").select_related("entered_by")
    )
    held = {row.key: row for row in newest if not row.is_withdrawn}
    return [
        TargetNow(held[code], goal, held[code].review_by < at)
        for code, goal in GOALS.items()
        if code in held
    ]


def emergency_plan_of(run: Run) -> EmergencyPlan | None:
    """Return the plan that holds: the newest reviewed (one statement)."""
    return run.emergency_plans.select_related("physician", "entered_by").first()


def _shown(goal: Goal, bound: Decimal | None) -> str:
    """Return a bound as it was set, in the unit that is shown."""
    return "" if bound is None else f"{MEASURES[goal.code].shown(bound).normalize():f}"
