"""Who is told of an alert, and who next while nobody has seen it: data of the site, versioned.

The default is demo data: bedside first, the coordinator after 30 minutes, perfusionist and
physician after 60 (the order of bedside reference 2.9; the minutes are the site's to decide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from accounts.models import Centre
from staffing.models import Duty
from web.models import SiteDocument
from web.problems import RuleBroken

KIND = "escalation"
DEFAULT_BODY: Mapping[str, Any] = {
    "steps": [
        {"after_min": 0, "duties": [Duty.BEDSIDE.value]},
        {"after_min": 30, "duties": [Duty.COORDINATOR.value]},
        {"after_min": 60, "duties": [Duty.PERFUSION.value, Duty.PHYSICIAN.value]},
    ]
}
DEFAULT_NAME = "demo default, not for clinical use"


class EscalationUnreadable(RuleBroken):
    code = "escalation_unreadable"


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to tell (duties) of an alert that nobody has seen for some time."""

    number: int
    after: timedelta
    duties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps in force, and the version that they come from."""

    source: str
    steps: tuple[Step, ...]


def ladder_of(centre: Centre, at: datetime) -> Ladder:
    """Return the steps in force in `centre` at `at`. One statement."""
    document = SiteDocument.objects.in_force(centre, KIND, at)
    if document is None:
        return Ladder(DEFAULT_NAME, read_steps(DEFAULT_BODY))
    return Ladder(str(document), read_steps(document.body))


def read_steps(body: Mapping[str, Any]) -> tuple[Step, ...]:
    """Read and check the body of an escalation document; raises EscalationUnreadable."""
    try:
        steps = tuple(
            Step(number, timedelta(minutes=float(row["after_min"])), frozenset(row["duties"]))
            for number, row in enumerate(body["steps"])
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise EscalationUnreadable("Each step needs after_min and a list of duties.") from wrong
    if not steps or steps[0].after:
        raise EscalationUnreadable("The first step is at once: after_min 0.")
    if any(later.after <= earlier.after for earlier, later in pairwise(steps)):
        raise EscalationUnreadable("Each step comes later than the one before.")
    if unknown := frozenset[str]().union(*(step.duties for step in steps)) - set(Duty.values):
        raise EscalationUnreadable(f"No such duty: {', '.join(sorted(unknown))}.")
    return steps
