"""Which parts a hold covers, and which of them left the house all the same."""

from collections.abc import Collection, Iterator

from django.db.models import Q, QuerySet

from circuits.models import CircuitHold, ComponentUse, DeviceIncident, Fate, RecallFate, RecallItem

GONE = frozenset({Fate.DISCARD, Fate.RETURNED})
LET_GO = frozenset({RecallFate.DISCARDED, RecallFate.RETURNED})
"""Fates after which a part is no longer in the house, by its use and in a recall."""


def holds_on(parts: Collection[int]) -> QuerySet[CircuitHold]:
    """Return the holds that stand on any of some parts, by their primary keys."""
    inside = Q(run__circuits__uses__component__in=parts)
    rows = CircuitHold.objects.filter(inside, released_at=None).distinct()
    return rows.select_related("run__unit__centre").order_by("run")


def gone_despite(hold: CircuitHold) -> list[str]:
    """Return the names of parts that were recorded as gone while a hold stood (three statements)."""
    return sorted(set(_gone(hold)))


def _gone(hold: CircuitHold) -> Iterator[str]:
    uses = ComponentUse.objects.filter(circuit__run=hold.run_id)
    told = uses.filter(fate__in=GONE, fate_entered_at__gte=hold.held_at)
    for use in told.select_related("component__model"):
        yield str(use.component)
    parts = uses.values("component")
    items = RecallItem.objects.filter(
        component__in=parts, fate__in=LET_GO, fate_at__gte=hold.held_at
    )
    for item in items.select_related("component__model"):
        yield str(item.component)
    cases = DeviceIncident.objects.filter(component__in=parts, released_at__gte=hold.held_at)
    for case in cases.select_related("component__model"):
        yield str(case.component)
