"""A journey's oxygen, and how far its checklists are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from circuits.care_policies import OxygenPolicy
from clinical.transport import Cylinder, Oxygen, oxygen
from patients.models import Run, TransportLeg
from web.models import ChecklistRun, ChecklistTap, SiteDocument

BEFORE, DURING, AFTER = "transport_before", "transport_during", "transport_after"
PHASES = {BEFORE: "Before", DURING: "During", AFTER: "After"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a checklist with its newest answer, if any."""

    id: str
    label: str
    unit: str
    tap: ChecklistTap | None


@dataclass(frozen=True, slots=True)
class Phase:
    """One checklist: the version in force or begun, and its items as answered so far."""

    kind: str
    label: str
    document: SiteDocument | None
    checklist: ChecklistRun | None
    items: list[Item]

    @property
    def open(self) -> int:
        """How many items have no answer."""
        return sum(one.tap is None for one in self.items)


def oxygen_of(leg: TransportLeg, policy: OxygenPolicy) -> Oxygen:
    """Return how long the oxygen of a journey lasts against what is asked."""
    cylinders = [Cylinder(Decimal(row["psi"]), Decimal(row["factor"])) for row in leg.cylinders]
    return oxygen(
        cylinders,
        flow_l_min=leg.oxygen_flow if cylinders else None,
        journey_min=leg.journey_min,
        safety=policy.safety,
    )


def open_items(leg: TransportLeg) -> int | None:
    """Return how many items before departure have no answer, None if the list was not begun."""
    begun = begun_list(str(leg.public_id), BEFORE)
    return None if begun is None else _phase(BEFORE, "", begun.document, begun).open


def phases(run: Run, subject: str, kinds: Sequence[str], at: datetime) -> list[Phase]:
    """Return checklists of a subject, whether begun or not (two statements and one a list)."""
    begun = _begun(subject, kinds)
    found = []
    for kind in kinds:
        checklist = begun.get(kind)
        document = (
            checklist.document
            if checklist
            else SiteDocument.objects.in_force(run.unit.centre, kind, at)
        )
        found.append(_phase(kind, PHASES.get(kind, "Checklist"), document, checklist))
    return found


def begun_list(subject: str, kind: str) -> ChecklistRun | None:
    """Return the checklist of a subject that was begun, if any."""
    return _begun(subject, [kind]).get(kind)


def _begun(subject: str, kinds: Sequence[str]) -> dict[str, ChecklistRun]:
    rows = ChecklistRun.objects.filter(subject=subject, kind__in=kinds)
    related = rows.select_related("document", "unit").prefetch_related("taps__by")
    return {one.kind: one for one in related.order_by("started_at")}


def _phase(
    kind: str, label: str, document: SiteDocument | None, checklist: ChecklistRun | None
) -> Phase:
    answered: dict[str, ChecklistTap] = {}
    if checklist is not None:
        answered = {tap.item: tap for tap in checklist.taps.all()}
    rows: list[dict[str, Any]] = document.body["items"] if document else []
    items = [
        Item(str(row["id"]), row["label"], row.get("unit", ""), answered.get(str(row["id"])))
        for row in rows
    ]
    return Phase(kind, label, document, checklist, items)
