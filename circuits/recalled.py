"""Which parts and lots of a centre a recall is about. The rules are in `clinical.recall`."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Centre
from circuits.models import (
    ActionAsked,
    Component,
    ComponentUse,
    DeviceModel,
    Recall,
    RecallFate,
    RecallItem,
    StockLot,
)
from clinical.recall import Affected, Label, Verdict, verdict

SETTLED = frozenset({RecallFate.CORRECTED, RecallFate.RULED_OUT})
"""Fates after which a part needs nobody any more: it may be used."""

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
    """Return the open recalls of a centre that are or may be about a part (one statement)."""
    return [
        recall
        for recall in Recall.objects.open().filter(centre=centre)
        if verdict(recall.affected, label) is not Verdict.NOT_AFFECTED
    ]


def keep_back(lot: StockLot, part: Component | None = None) -> list[Recall]:
    """Return the open recalls for removal that keep a lot, or one part of it, from being planned with.

    A part or lot that was looked at and ruled out, or corrected, is free again. Two statements.
    """
    label = label_of(lot.model, lot.lot, part.serial if part else "")
    found = [one for one in recalls_of(lot.unit.centre, label) if one.action == ActionAsked.REMOVAL]
    settled = RecallItem.objects.filter(recall__in=found, fate__in=SETTLED)
    about = Q(stock_lot=lot) | Q(component=part) if part else Q(stock_lot=lot)
    free = set(settled.filter(about).values_list("recall", flat=True)) if found else set()
    return [one for one in found if one.pk not in free]


def kept_back(lots: Collection[StockLot]) -> dict[int, list[Recall]]:
    """Return by lot what `keep_back` says of each (two statements, however many lots)."""
    centres = {lot.unit.centre_id for lot in lots}
    open_ones = Recall.objects.open().filter(centre__in=centres, action=ActionAsked.REMOVAL)
    recalls = [(one, one.affected) for one in open_ones]
    settled = RecallItem.objects.filter(stock_lot__in=lots, fate__in=SETTLED) if recalls else ()
    free = {(item.recall_id, item.stock_lot_id) for item in settled}
    found: dict[int, list[Recall]] = {}
    for lot in lots:
        label = label_of(lot.model, lot.lot, "")
        for recall, affected in recalls:
            is_of_centre = recall.centre_id == lot.unit.centre_id
            is_free = (recall.pk, lot.pk) in free
            if (
                is_of_centre
                and not is_free
                and verdict(affected, label) is not Verdict.NOT_AFFECTED
            ):
                found.setdefault(lot.pk, []).append(recall)
    return found


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
