"""The numbers of the trend rules: the site's document, or our default, marked as one."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Centre
from circuits.policies import policy
from clinical.charted import TrendRules

TREND_RULES = "trend_rules"
SWITCH = "trends"


def trend_rules(centre: Centre, at: datetime) -> tuple[TrendRules, str]:
    """Return the rules in force and where they come from; what is left out keeps the default."""
    found = policy(centre, TREND_RULES, at, {})
    kinds = {one.name: one.type for one in fields(TrendRules)}
    numbers: dict[str, Any] = {
        name: Decimal(str(number)) if kinds[name] is Decimal else number
        for name, number in found.body.items()
        if name in kinds
    }
    return TrendRules(**numbers), found.source
