"""A check with what became of it: who first charted it when, and every value amended since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from accounts.models import User
from circuits.models import Check
from clinical.instants import minutes_between

LATE_AFTER = timedelta(minutes=30)
"""A check charted later than this after it was read says so (reference cases, "Derived")."""

CLOCK_OFF_AFTER = timedelta(minutes=2)
"""A device whose clock differs by more than this is said to be off (a product default)."""


@dataclass(frozen=True, slots=True)
class Amended:
    """One value as it was and as it is, with who changed it, when and why."""

    measure: str
    was: str | None
    now: str | None
    by: User
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ChartedCheck:
    """One version of a check, with the versions up to it, oldest first."""

    check: Check
    versions: Sequence[Check]

    @property
    def first_entered_at(self) -> datetime:
        """When the check first became known."""
        return self.versions[0].entered_at

    @property
    def charted_late_min(self) -> int | None:
        """Minutes from reading to charting, if more than half an hour; else none."""
        first = self.versions[0]
        late = first.entered_at - first.checked_at > LATE_AFTER
        return minutes_between(first.checked_at, first.entered_at) if late else None

    @property
    def device_clock_off_min(self) -> int | None:
        """Minutes by which the sending device's clock was ahead (below 0: behind); none if right."""
        return device_clock_off(self.versions[0])

    @property
    def history(self) -> list[Amended]:
        """Every amended value, oldest first."""
        return [one for old, new in pairwise(self.versions) for one in _amended(old, new)]


def device_clock_off(first: Check) -> int | None:
    """Minutes by which the clock of the device was ahead of ours as the check came in, if it was.

    `first` is the first version. A clock that is off is told, never a reason to refuse.
    """
    if first.device_at is None or abs(first.device_at - first.entered_at) <= CLOCK_OFF_AFTER:
        return None
    if first.device_at < first.entered_at:
        return -minutes_between(first.device_at, first.entered_at)
    return minutes_between(first.entered_at, first.device_at)


def charted(checks: Sequence[Check]) -> list[ChartedCheck]:
    """Return checks with their versions (one statement if any was amended, else none)."""
    by_root = _versions({check.root_id for check in checks if check.version > 1})
    return [
        ChartedCheck(
            check,
            [one for one in by_root.get(check.root_id, [check]) if one.version <= check.version],
        )
        for check in checks
    ]


def _versions(roots: Iterable[UUID]) -> dict[UUID, list[Check]]:
    found: dict[UUID, list[Check]] = {}
    if wanted := list(roots):
        rows = Check.objects.filter(root_id__in=wanted).select_related("transmitted_by")
        for row in rows.order_by("version"):
            found.setdefault(row.root_id, []).append(row)
    return found


def _amended(old: Check, new: Check) -> list[Amended]:
    was, now = _values(old), _values(new)
    return [
        Amended(code, was.get(code), now.get(code), new.transmitted_by, new.entered_at, new.reason)
        for code in dict.fromkeys((*was, *now))
        if was.get(code) != now.get(code)
    ]


def _values(check: Check) -> dict[str, str]:
    rows: dict[str, Any] = check.document["values"]
    return {code: row["value"] for code, row in rows.items()}
