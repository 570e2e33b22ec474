"""The trace of a recall: who has a part now, who had one, what lies on the shelf, what can replace it.

Eight statements, however many parts, patients and lots there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from accounts.models import Unit, User
from accounts.permissions import Permission
from circuits.models import (
    Component,
    ComponentUse,
    DeviceModel,
    Recall,
    RecallItem,
    RecallStep,
    RemovalReason,
    StepKind,
    StockLot,
)
from circuits.models.stock import StockLotQuerySet
from circuits.recalled import label_of
from clinical.instants import minutes_between
from clinical.recall import Verdict, verdict
from clinical.runtime import hours_text
from patients.models import Patient, Run


@dataclass(frozen=True, slots=True)
class Exposure:
    """One affected part in one run, from installation to removal or until now.

    `use` is its last place, where it was moved to another circuit of the run. `patient` is None for
    who may not see the patients of that unit.
    """

    item: RecallItem
    use: ComponentUse
    since: datetime
    patient: Patient | None
    until: datetime
    told: RecallStep | None

    @property
    def run(self) -> Run:
        """The run in which it was used."""
        return self.use.circuit.run

    @property
    def is_now(self) -> bool:
        """Whether the part is in the circuit."""
        return self.use.removed_at is None

    @property
    def hours_exact(self) -> str:
        """Time in place as H:MM."""
        return hours_text(max(minutes_between(self.since, self.until), 0))


@dataclass(frozen=True, slots=True)
class OnShelf:
    """What is left of a lot in a store; for a recalled one with its item."""

    lot: StockLot
    shelf: int
    reserved: int
    quarantined: int
    item: RecallItem | None = None

    @property
    def pieces(self) -> int:
        """All that is there, free or not."""
        return self.shelf + self.reserved + self.quarantined


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything about a recall on one page."""

    now: tuple[Exposure, ...]
    before: tuple[Exposure, ...]
    shelf: tuple[OnShelf, ...]
    elsewhere: tuple[RecallItem, ...]
    replacements: tuple[OnShelf, ...]
    steps: tuple[RecallStep, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.now or self.before or self.shelf or self.elsewhere)

    @property
    def patients(self) -> set[Patient]:
        """The patients named on it, for the access trail."""
        return {one.patient for one in (*self.now, *self.before) if one.patient}

    @property
    def exposed_runs(self) -> int:
        """How many runs had or have a part of it."""
        return len({one.run.pk for one in (*self.now, *self.before)})

    @property
    def pieces(self) -> int:
        """How many pieces lie in stores."""
        return sum(one.pieces for one in self.shelf)

    @property
    def unused(self) -> int:
        """How many pieces were never used: in stores, and numbered parts in no circuit."""
        return self.pieces + len(self.elsewhere)

    @property
    def undecided(self) -> int:
        """How many parts and lots have no fate."""
        items = {one.item.pk: one.item for one in (*self.now, *self.before)}
        items |= {one.item.pk: one.item for one in self.shelf if one.item}
        items |= {item.pk: item for item in self.elsewhere}
        return sum(not item.fate for item in items.values())

    @property
    def searches(self) -> list[RecallStep]:
        """Each search with its proof, the newest first."""
        return [step for step in reversed(self.steps) if step.kind == StepKind.SEARCHED]

    @property
    def replies(self) -> list[RecallStep]:
        """What was sent."""
        return [step for step in self.steps if step.kind == StepKind.REPLIED]


def trace(recall: Recall, user: User, at: datetime) -> Trace:
    """Return the trace of a recall as `user` may see it."""
    items = list(recall.items.select_related("component__model", "stock_lot__model", "fate_by"))
    steps = tuple(recall.steps.select_related("by", "item__component__model", "run", "file"))
    exposures = _exposures(items, steps, _seen_by(user, at), at)
    used = {one.item.pk for one in exposures}
    return Trace(
        now=tuple(one for one in exposures if one.is_now),
        before=tuple(one for one in reversed(exposures) if not one.is_now),
        shelf=tuple(_shelf(items)),
        elsewhere=tuple(i for i in items if i.component_id and i.pk not in used),
        replacements=tuple(_replacements(recall, items, at)),
        steps=steps,
    )


def _exposures(
    items: Iterable[RecallItem], steps: Iterable[RecallStep], seen: set[int], at: datetime
) -> list[Exposure]:
    by_part = {item.component_id: item for item in items if item.component_id}
    told = {step.run_id: step for step in steps if step.kind == StepKind.TOLD}
    units = Prefetch("circuit__run__unit", Unit.objects.select_related("centre"))
    uses = ComponentUse.objects.filter(component__in=by_part).prefetch_related(units)
    uses = uses.select_related("circuit__run__patient")
    began: dict[tuple[int, int], datetime] = {}
    exposures = []
    for use in uses.order_by("installed_at", "pk"):
        item, run = by_part[use.component_id], use.circuit.run
        assert item.component is not None  # noqa: S101 -- by_part holds items of parts only
        use.component = item.component
        key = (use.component_id, run.pk)
        since = began.pop(key, use.installed_at)
        if use.removed_reason == RemovalReason.MOVED:
            began[key] = since
            continue
        patient = run.patient if run.unit_id in seen else None
        until = use.removed_at or at
        exposures.append(Exposure(item, use, since, patient, until, told.get(run.pk)))
    return exposures


def _seen_by(user: User, at: datetime) -> set[int]:
    """Return the units whose patients the user may see."""
    units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
    return set(units.values_list("pk", flat=True))


def _shelf(items: Iterable[RecallItem]) -> Iterable[OnShelf]:
    by_lot = {item.stock_lot_id: item for item in items if item.stock_lot_id}
    if by_lot:
        for lot in _counted().filter(pk__in=by_lot):
            yield _on_shelf(lot, by_lot[lot.pk])


def _replacements(recall: Recall, items: Iterable[RecallItem], at: datetime) -> Iterable[OnShelf]:
    """Yield free lots of the same kinds that are in date and that no open recall is about."""
    kinds = {recall.kind} if recall.kind else {_model(item).kind for item in items}
    if not any(kinds) and recall.model:
        kinds = {recall.model.kind}
    today = at.astimezone(recall.centre.tz).date()
    lots = _counted().filter(unit__centre=recall.centre, model__kind__in=kinds)
    standing = list(Recall.objects.open().filter(centre=recall.centre))
    named = [one.affected for one in ({one.pk: one for one in (*standing, recall)}).values()]
    for lot in lots.unexpired(today).order_by("expires_on", "model__name"):
        free, label = _on_shelf(lot, None), label_of(lot.model, lot.lot, "")
        is_clear = all(verdict(one, label) is Verdict.NOT_AFFECTED for one in named)
        if free.shelf > 0 and is_clear:
            yield free


def _counted() -> StockLotQuerySet:
    return StockLot.objects.select_related("model", "unit").with_counts()


def _on_shelf(lot: StockLot, item: RecallItem | None) -> OnShelf:
    counted: Any = lot  # Any: annotated
    return OnShelf(lot, counted.shelf, counted.reserved, counted.quarantined, item)


def _model(item: RecallItem) -> DeviceModel:
    part: Component | StockLot | None = item.component or item.stock_lot
    assert part is not None  # noqa: S101 -- the database holds one of both
    return part.model
