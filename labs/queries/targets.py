"""On which side of the target that was valid at its time a result lies."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from clinical.measures import measure
from clinical.spans import Span
from labs.models import AnticoagulationPlan


def side_of(
    value: Decimal, comparator: str, at: datetime, plans: Iterable[AnticoagulationPlan]
) -> str:
    """Return "low" or "high" if a value lies outside the target valid at its collection, or "".

    `plans` are those that this test drives.
    """
    for plan in plans:
        if plan.starts_at <= at and (plan.ends_at is None or at < plan.ends_at):
            outside = Span(plan.target_low, plan.target_high).outside(value, comparator or None)
            return outside.side if outside else ""
    return ""


def target_text(plan: AnticoagulationPlan) -> str:
    """Return the target of a plan in the display unit of its test: 0.30 to 0.50."""
    one = measure(plan.driver)
    low, high = (
        None if bound is None else f"{one.shown(bound):f}"
        for bound in (plan.target_low, plan.target_high)
    )
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""
