"""Early harms of a run by the site's limits: what somebody should look at, stored nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from circuits.policies import policy
from clinical.early_harm import EarlyHarmLimits, Notice, early_harm
from patients.models import Run
from reports.elso.records import RunRecord
from reports.queries.gases import arterial_gases

EARLY_HARM = "early_harm_limits"
NO_LIMITS: Mapping[str, Any] = {}
NEVER = {"window_h": 0}
"""Nothing lies in no hours: a rule that the site has not set says nothing."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """The notices of a run, and whether the site has set the rules that look for them."""

    notices: tuple[Notice, ...]
    rules: tuple[str, ...]
    source: str


def noticed(run: Run, record: RunRecord, at: datetime) -> Noticed:
    """Return what the site's rules notice in a run (three statements); no rules, no notices."""
    found = policy(run.unit.centre, EARLY_HARM, at, NO_LIMITS)
    if not found.body:
        return Noticed((), (), "the site has not set its limits of early harm")
    limits = _limits(found.body)
    hours = max(limits.paco2_window_h, limits.pao2_window_h)
    gases = arterial_gases(run, record, run.started_at + timedelta(hours=hours))
    seen = early_harm(gases, limits, time_on=run.started_at, support_type=run.support_type or None)
    return Noticed(seen, tuple(sorted(found.body)), found.source)


def _limits(body: Mapping[str, Any]) -> EarlyHarmLimits:
    fall, high = body.get("paco2_fall", NEVER), body.get("pao2_high", NEVER)
    return EarlyHarmLimits(
        paco2_fall_pct=Decimal(str(fall.get("fall_pct", 0))),
        paco2_window_h=fall["window_h"],
        pao2_above=Decimal(str(high.get("above", 0))),
        pao2_window_h=high["window_h"],
    )
