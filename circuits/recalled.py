"""Which parts and lots of a centre a recall is about. The rules are in `clinical.recall`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from accounts.models import Centre
from circuits.models import Component, ComponentUse, DeviceModel, Recall, StockLot
from clinical.recall import Affected, Label, Verdict, verdict

Named = dict[int, Verdict]
"""Rows by primary key, each with what the recall says of it; unaffected ones are left out."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How much was searched, and how much of it was found: what "none found" rests on."""

    parts: int
    parts_in_use: int
    lots: int
    pieces: int
    of_product: int
    affected: int
    cannot_tell: int

    def as_facts(self) -> dict[str, int]:
        """As it is kept with the step."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found, with its proof."""

    parts: Named
    lots: Named
    proof: Proof


def label_of(model: DeviceModel, lot: str, serial: str) -> Label:
    """Return what is known of a part as the rules read it."""
    return Label(model.kind, str(model.pk), model.gtin, lot, serial)


def search(recall: Recall) -> Search:
    """Look through every part ever used in the centre and every lot in its stores (six statements)."""
    models = candidates(recall.affected)
    parts = _parts(recall.centre).filter(model__in=models)
    lots = _lots(recall.centre).filter(model__in=models).with_counts()
    kept = [lot for lot in lots if lot.shelf + lot.reserved + lot.quarantined > 0]
    label_parts = parts.values_list("pk", "model_id", "lot", "serial")
    rows = [(pk, label_of(models[model], lot, serial)) for pk, model, lot, serial in label_parts]
    shelf = [(lot.pk, label_of(models[lot.model_id], lot.lot, "")) for lot in kept]
    found_parts, found_lots = _named(recall.affected, rows), _named(recall.affected, shelf)
    verdicts = [*found_parts.values(), *found_lots.values()]
    return Search(
        found_parts,
        found_lots,
        Proof(
            parts=_parts(recall.centre).count(),
            parts_in_use=_in_use(recall.centre),
            lots=_lots(recall.centre).count(),
            pieces=sum(lot.shelf + lot.reserved + lot.quarantined for lot in kept),
            of_product=len(rows) + len(shelf),
            affected=verdicts.count(Verdict.AFFECTED),
            cannot_tell=verdicts.count(Verdict.CANNOT_TELL),
        ),
    )


def candidates(affected: Affected) -> dict[int, DeviceModel]:
    """Return the products of the catalogue that the notice may be about (one statement)."""
    return {
        model.pk: model
        for model in DeviceModel.objects.all()
        if verdict(affected, label_of(model, "", "")) is not Verdict.NOT_AFFECTED
    }


def recalls_of(centre: Centre, label: Label) -> list[Recall]:
    """Return the open recalls of a centre that are or may be about a part (one statement).

    For who plans with a part: one recalled for removal is refused to a plan.
    """
    return [
        recall
        for recall in Recall.objects.open().filter(centre=centre)
        if verdict(recall.affected, label) is not Verdict.NOT_AFFECTED
    ]


def _parts(centre: Centre) -> Any:
    used = ComponentUse.objects.filter(circuit__run__unit__centre=centre)
    return Component.objects.filter(pk__in=used.values("component"))


def _in_use(centre: Centre) -> int:
    return ComponentUse.objects.filter(circuit__run__unit__centre=centre, removed_at=None).count()


def _lots(centre: Centre) -> Any:
    return StockLot.objects.filter(unit__centre=centre)


def _named(affected: Affected, rows: Iterable[tuple[int, Label]]) -> Named:
    answers = ((pk, verdict(affected, label)) for pk, label in rows)
    return {pk: answer for pk, answer in answers if answer is not Verdict.NOT_AFFECTED}
