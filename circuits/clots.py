"""The clot map of a run: which clots stand, and whether the newest check says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.fields.json import KT

from circuits.models import Check, ClotLook, ClotPlace, ComponentKind
from circuits.queries import uses_of
from clinical.clots import ITEM, Change, ClotSeen, disagrees, standing, worst_grade
from clinical.inspection import item
from patients.models import Run

PART_AT = {
    ClotPlace.PUMP_HEAD: ComponentKind.PUMP_HEAD,
    ClotPlace.OXYGENATOR_PRE: ComponentKind.OXYGENATOR,
    ClotPlace.OXYGENATOR_POST: ComponentKind.OXYGENATOR,
}
"""The part that carries a place; every other place but a cannula goes with its circuit."""

PLACES: Mapping[str, str] = {one.value: str(one.label).lower() for one in ClotPlace}


@dataclass(frozen=True, slots=True)
class Clot:
    """One clot that stands: its newest look, and how it began."""

    now: ClotLook
    first: ClotLook


@dataclass(frozen=True, slots=True)
class ClotMap:
    """What stands at a time. `says` is what the newest check told, where it tells otherwise."""

    clots: Sequence[Clot]
    worst: int
    check: Check | None = None
    says: str = ""


def seen_of(looks: Sequence[ClotLook]) -> list[ClotSeen]:
    """Return looks as the rules read them."""
    return [
        ClotSeen(
            str(one.clot), one.place, one.grade, Change(one.change), one.seen_at, one.entered_at
        )
        for one in looks
    ]


def parts_since(run: Run, at: datetime) -> dict[str, datetime]:
    """Return since when the part at each place is in (two statements)."""
    circuit = run.circuits.filter(started_at__lte=at).order_by("started_at").last()
    since = {} if circuit is None else dict.fromkeys(ClotPlace.values, circuit.started_at)
    since.pop(ClotPlace.CANNULA_HUB, None)
    newest = {one.kind: one.installed_at for one in uses_of(run) if one.installed_at <= at}
    since |= {place: newest[kind] for place, kind in PART_AT.items() if kind in newest}
    return since


def clot_map(run: Run, at: datetime) -> ClotMap:
    """Return the map of a run, and the newest check that contradicts it (four statements).

    A check from before the newest look at the map says nothing against it.
    """
    until = run.ended_at or at
    looks = list(run.clot_looks.select_related("entered_by"))
    stands = standing(seen_of(looks), parts_since(run, until), until)
    by_clot: dict[str, list[ClotLook]] = {}
    for look in looks:
        by_clot.setdefault(str(look.clot), []).append(look)
    clots = [Clot(by_clot[one.clot][0], by_clot[one.clot][-1]) for one in stands]
    check = _told(run)
    if check is None or (looks and check.checked_at < looks[0].seen_at):
        return ClotMap(clots, worst_grade(stands))
    answer = check.document["findings"][ITEM]
    says = item(ITEM).choice(answer).label if disagrees(answer, stands) else ""
    return ClotMap(clots, worst_grade(stands), check if says else None, says)


def _told(run: Run) -> Check | None:
    """Return the newest check that tells the worst grade seen."""
    told = run.checks.current().annotate(told=KT(f"document__findings__{ITEM}"))
    return told.filter(told__isnull=False).order_by("-checked_at", "-entered_at").first()
