"""Clots and fibrin on the map of a circuit: which stand, the worst of them, and what a size implies.

Source: bedside reference 1.4, "clot_fibrin" and "grade meaning" [recall]: a local scale, no standard
exists. Fibrin is graded by the eye alone. A clot that left with an exchanged part stands no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from clinical.findings import Assessment, Finding, Severity
from clinical.inspection import item
from clinical.instants import utc

CODE = "clot_map.grade"
ITEM = "clot_fibrin"
MEDIUM_MM, LARGE_MM = Decimal(5), Decimal(10)
SMALL_CLOT, MEDIUM_CLOT, WORST = 2, 3, 4


class Change(StrEnum):
    """What a clot did since it was looked at before."""

    NEW = "new"
    LARGER = "larger"
    SAME = "same"
    SMALLER = "smaller"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ClotSeen:
    """One look at one clot. `entered_at` decides between two looks at one time."""

    clot: str
    place: str
    grade: int
    change: Change
    at: datetime
    entered_at: datetime


def standing(
    looks: Iterable[ClotSeen], part_since: Mapping[str, datetime], at: datetime
) -> tuple[ClotSeen, ...]:
    """Return the newest look at each clot that is still there at a time, the worst first.

    `part_since` says since when the part at a place is in: what was last seen before is not on it.
    """
    newest: dict[str, ClotSeen] = {}
    for one in sorted(looks, key=lambda one: (utc(one.at), utc(one.entered_at))):
        if utc(one.at) <= utc(at):
            newest[one.clot] = one
    there = (one for one in newest.values() if one.change is not Change.GONE)
    kept = [
        one
        for one in there
        if one.place not in part_since or utc(one.at) >= utc(part_since[one.place])
    ]
    return tuple(sorted(kept, key=lambda one: (-one.grade, utc(one.at))))


def worst_grade(clots: Iterable[ClotSeen]) -> int:
    """Return the worst grade of some clots, 0 without any."""
    return max((one.grade for one in clots), default=0)


def least_grade(*, is_clot: bool, size_mm: Decimal | None, is_mobile: bool) -> int:
    """Return the lowest grade that fits a size in mm and whether it moves; 1 if neither says more."""
    if is_mobile:
        return WORST
    if not is_clot or size_mm is None:
        return 1
    if size_mm > LARGE_MM:
        return WORST
    return MEDIUM_CLOT if size_mm >= MEDIUM_MM else SMALL_CLOT


def severity_of(grade: int) -> Severity | None:
    """Return whom a grade needs, as the answers of a check have it."""
    return item(ITEM).choice(f"grade_{grade}").severity


def assess_map(clots: Iterable[ClotSeen], places: Mapping[str, str]) -> Assessment:
    """Return what the worst clot on the map needs; `places` are names in words."""
    worst = max(clots, key=lambda one: one.grade, default=None)
    severity = None if worst is None else severity_of(worst.grade)
    if worst is None or severity is None:
        return Assessment(frozenset({CODE}))
    says = f"Clot map: grade {worst.grade} at {places[worst.place]}"
    return Assessment(frozenset({CODE}), (Finding(CODE, severity, says),))


def disagrees(answer: str | None, clots: Iterable[ClotSeen]) -> bool:
    """Whether the worst grade told in a check is another than the map's; no answer says nothing."""
    return answer is not None and answer != f"grade_{worst_grade(clots)}"
