"""The shelves of a centre as one table: by store and product, lot by lot, against what is wanted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from accounts.models import Unit, User
from circuits.equipment_policy import EquipmentPolicy, equipment_policy
from circuits.models import DeviceModel, ParLevel, Recall, StockLot
from circuits.recalled import kept_back


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot: how many lie there, and what keeps them from being used."""

    lot: StockLot
    shelf: int
    reserved: int
    quarantined: int
    recalls: tuple[Recall, ...]
    is_expired: bool
    is_expiring: bool

    @property
    def is_usable(self) -> bool:
        """Whether it may be planned with."""
        return not self.recalls and not self.is_expired

    @property
    def usable(self) -> int:
        """How many are free to be planned with; more taken than received is none."""
        return max(0, self.shelf) if self.is_usable else 0

    @property
    def is_there(self) -> bool:
        """Whether anything of it lies anywhere, or a count is owed."""
        return bool(self.shelf or self.reserved or self.quarantined)


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One product in one store: its lots, and how many of them are wanted (None: nobody said)."""

    unit: Unit
    model: DeviceModel
    lots: tuple[LotLine, ...]
    wanted: int | None

    @property
    def usable(self) -> int:
        """How many are free, in date and not recalled."""
        return sum(line.usable for line in self.lots)

    @property
    def missing(self) -> int:
        """How many lack to what is wanted."""
        return max(0, (self.wanted or 0) - self.usable)


@dataclass(frozen=True, slots=True)
class Shelves:
    """Everything in the stores that a person may see."""

    products: tuple[ProductLine, ...]
    policies: dict[int, EquipmentPolicy]

    @property
    def lots(self) -> list[LotLine]:
        """Every lot, of every product."""
        return [line for product in self.products for line in product.lots]

    @property
    def sources(self) -> list[str]:
        """Where the rules of the centres come from."""
        return sorted({one.source for one in self.policies.values()})

    @property
    def below(self) -> int:
        """How many products lack something to what is wanted."""
        return sum(product.missing > 0 for product in self.products)

    @property
    def held(self) -> int:
        """How many lots a recall holds."""
        return sum(bool(line.recalls) for line in self.lots if line.is_there)

    @property
    def expired(self) -> int:
        """How many lots are past their last day and still lie there."""
        return sum(line.is_expired for line in self.lots)

    @property
    def expiring(self) -> int:
        """How many lots are about to expire."""
        return sum(line.is_expiring for line in self.lots)


def shelves(user: User, at: datetime, unit: Unit | None = None) -> Shelves:
    """Return what lies in the stores that `user` may see, or in one (six statements a centre)."""
    lots = StockLot.objects.visible_to(user, at).with_counts()
    levels = ParLevel.objects.visible_to(user, at)
    if unit is not None:
        lots, levels = lots.filter(unit=unit), levels.filter(unit=unit)
    return _shelves(
        list(lots.select_related("model", "unit__centre")),
        list(levels.select_related("model", "unit__centre")),
        at,
    )


def shelf_of(unit: Unit, model: DeviceModel, at: datetime) -> ProductLine:
    """Return one product in one store."""
    lots = StockLot.objects.filter(unit=unit, model=model).with_counts()
    levels = ParLevel.objects.filter(unit=unit, model=model)
    found = _shelves(
        list(lots.select_related("model", "unit__centre")),
        list(levels.select_related("model", "unit__centre")),
        at,
    )
    return next(iter(found.products), ProductLine(unit, model, (), None))


def lines_of(lots: Collection[StockLot], at: datetime) -> list[LotLine]:
    """Return lots with what lies of each, in their order (three statements and one a centre)."""
    rows = StockLot.objects.filter(pk__in=[lot.pk for lot in lots]).with_counts()
    counted = {row.pk: row for row in rows.select_related("model", "unit__centre", "entered_by")}
    found = [counted[lot.pk] for lot in lots]
    return _lines(found, _policies(found, at), at)


def _shelves(lots: list[StockLot], levels: list[ParLevel], at: datetime) -> Shelves:
    policies = _policies([*lots, *levels], at)
    return Shelves(tuple(_products(_lines(lots, policies, at), levels)), policies)


def _policies(rows: Iterable[StockLot | ParLevel], at: datetime) -> dict[int, EquipmentPolicy]:
    centres = {row.unit.centre_id: row.unit.centre for row in rows}
    return {pk: equipment_policy(centre, at) for pk, centre in centres.items()}


def _lines(
    lots: Collection[StockLot], policies: dict[int, EquipmentPolicy], at: datetime
) -> list[LotLine]:
    recalls = kept_back(lots)
    return [_line(lot, recalls, policies[lot.unit.centre_id], _today(lot.unit, at)) for lot in lots]


def _line(
    lot: StockLot, recalls: dict[int, list[Recall]], found: EquipmentPolicy, today: date
) -> LotLine:
    counted: Any = lot  # annotated
    there = counted.shelf + counted.reserved + counted.quarantined
    soon = today + timedelta(days=found.expiring_days)
    last, is_dated = lot.expires_on or today, lot.expires_on is not None and there > 0
    return LotLine(
        lot=lot,
        shelf=counted.shelf,
        reserved=counted.reserved,
        quarantined=counted.quarantined,
        recalls=tuple(recalls.get(lot.pk, ())),
        is_expired=is_dated and last < today,
        is_expiring=is_dated and today <= last <= soon,
    )


def _products(lines: Iterable[LotLine], levels: Iterable[ParLevel]) -> Iterable[ProductLine]:
    wanted = {(level.unit, level.model): level.quantity for level in levels}
    by_product = {
        key: tuple(sorted(rows, key=_by_expiry))
        for key, rows in groupby(
            sorted(lines, key=_place), key=lambda one: (one.lot.unit, one.lot.model)
        )
    }
    for unit, model in sorted({*by_product, *wanted}, key=_name):
        rows = by_product.get((unit, model), ())
        level = wanted.get((unit, model))
        if level or any(row.is_there for row in rows):
            yield ProductLine(unit, model, rows, level)


def _place(line: LotLine) -> tuple[int, int]:
    return line.lot.unit_id, line.lot.model_id


def _name(key: tuple[Unit, DeviceModel]) -> tuple[str, str, str, int, int]:
    unit, model = key
    return unit.name, model.kind, model.name, unit.pk, model.pk


def _by_expiry(line: LotLine) -> tuple[date, str]:
    return line.lot.expires_on or date.max, line.lot.lot


def _today(unit: Unit, at: datetime) -> date:
    return at.astimezone(unit.centre.tz).date()
