"""By when a device incident is to be reported.

Source: bedside reference 4.3 (harm). The deadlines are the site's own rules, since they follow its
country's law; a harm that is not known yet counts as the one that is to be reported soonest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinical.due import Due
from clinical.instants import after

HOURS_PER_DAY = 24


class Harm(StrEnum):
    """What the incident did to the patient."""

    NEAR_MISS = "near_miss"
    NO_HARM = "no_harm"
    TEMPORARY = "harm_temp"
    PERMANENT = "harm_perm"
    DEATH = "death"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class ReportRule:
    """A harm is reported to somebody within so many days of becoming known."""

    harm: str
    days: float
    to: str


def report_due(harm: str, known_at: datetime, rules: Iterable[ReportRule]) -> Due | None:
    """Return by when an incident is to be reported; None if no rule asks for a report."""
    asked = [rule for rule in rules if harm in {rule.harm, Harm.NOT_KNOWN}]
    rule = min(asked, key=lambda one: one.days, default=None)
    if rule is None:
        return None
    due_at = after(known_at, hours=rule.days * HOURS_PER_DAY)
    unknown = " The harm is not known yet: the soonest date counts." * (harm == Harm.NOT_KNOWN)
    return Due(
        rule=f"incident.{rule.harm}",
        anchor=known_at,
        due_at=due_at,
        overdue_at=due_at,
        why=f"To {rule.to} within {rule.days:g} days of becoming known.{unknown}",
        inputs={"harm": harm, "days": f"{rule.days:g}", "to": rule.to},
    )
