"""What a clinical rule may say.

A rule looks at measurements and returns an `Assessment`. It never saves, sends or looks
anything up, so every rule can be read, tested and reviewed on its own.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum


class Severity(IntEnum):
    """How urgently a finding needs someone; a larger number is more urgent."""

    ADVISORY = 1
    WARNING = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on.

    `limit` is the bound that was passed, as valid when the value was measured (None for a
    finding by code); `since` is the first of the unbroken series of such values; `source` is
    the caller's reference to the row that holds the value; `unit` is UCUM.
    """

    value: Decimal
    limit: Decimal | None
    measured_at: datetime
    since: datetime
    source: str
    comparator: str | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs someone. `code` is stable; `message` is shown to people."""

    code: str
    severity: Severity
    message: str
    parameter: str | None = None
    side: str | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The findings, and the codes that could be judged at all.

    What was not measured is not normal: a code outside `judged` says nothing, so an alert
    already open for it must stay open.
    """

    judged: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()

    def __or__(self, other: "Assessment") -> "Assessment":
        """Put two assessments of different things together."""
        return Assessment(self.judged | other.judged, self.findings + other.findings)
