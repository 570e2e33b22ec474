"""What the equipment of a unit owes: service, hygiene, loans, expiring lots, orders.

Each is rewritten by the action that changes it; the hourly sweep does what the passing of time and
new rules change. The order of locks is lot or console first, then the wish for the product.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from accounts.models import Unit
from alerts.actions import reconcile_alerts, set_dues
from alerts.models import Alert, Category, Due
from alerts.owed import Owed
from circuits.equipment_policy import EquipmentPolicy, equipment_policy
from circuits.models import (
    Console,
    ConsoleRecord,
    DeviceModel,
    ParLevel,
    RecordKind,
    ServiceState,
    StockLot,
)
from circuits.stocklist import lines_of, shelf_of
from clinical import equipment
from clinical.findings import Assessment, Finding, Severity

EXPIRY = "expiry"
BELOW_PAR = "below_par"
LOAN = "loan_return"
SERVICE = frozenset(RecordKind.values)
OF_CONSOLE = SERVICE | {LOAN}
KINDS = OF_CONSOLE | {EXPIRY, BELOW_PAR}
OWNER = "equipment"
LATE = "equipment.overdue"
HEATERS_ONLY = frozenset(
    {RecordKind.WATER_CHANGE, RecordKind.DISINFECTION, RecordKind.WATER_SAMPLE}
)


def reassess_shelf(*, lot: StockLot, at: datetime) -> None:
    """Say by when a lot is used or discarded, and whether its product is to be ordered.

    The caller holds the lot's lock.
    """
    reassess_lot(lot=lot, at=at)
    reassess_product(unit=lot.unit, model=lot.model, at=at)


def reassess_lot(*, lot: StockLot, at: datetime) -> None:
    """Say by when what lies of a lot is used or discarded."""
    (line,) = lines_of([lot], at)
    there = max(0, line.shelf) + line.reserved + line.quarantined
    found = equipment_policy(lot.unit.centre, at)
    due = lot.expires_on and equipment.expiry_due(
        received_at=lot.entered_at,
        over_at=day_over(lot.expires_on, lot.unit),
        warn_days=found.expiring_days,
        there=there,
    )
    owed = [Owed(EXPIRY, f"Use or discard {lot}"[:200], due, OWNER, found.source)] if due else []
    _set(lot.unit, str(lot.public_id), {EXPIRY}, owed, at)


def reassess_product(*, unit: Unit, model: DeviceModel, at: datetime) -> None:
    """Say whether a product is to be ordered; its wish is locked, so two lots never race."""
    level = ParLevel.objects.select_for_update().filter(unit=unit, model=model).first()
    if level is None:
        return
    usable, subject = shelf_of(unit, model, at).usable, str(level.public_id)
    standing = Due.objects.open().filter(unit=unit, subject=subject, kind=BELOW_PAR).first()
    found = equipment_policy(unit.centre, at)
    due = equipment.order_due(
        usable=usable,
        wanted=level.quantity,
        below_since=standing.anchor if standing and standing.anchor else at,
        within_days=found.reorder_days,
    )
    label = f"Order {model}: {usable} of {level.quantity} are left"[:200]
    _set(
        unit,
        subject,
        {BELOW_PAR},
        [Owed(BELOW_PAR, label, due, OWNER, found.source)] if due else [],
        at,
    )


def reassess_console(*, console: Console, at: datetime) -> None:
    """Say when each service and the return of a device are due. The caller holds its lock."""
    found = equipment_policy(console.unit.centre, at)
    owed = () if console.state == ServiceState.GONE else _of_console(console, found)
    _set(console.unit, str(console.public_id), OF_CONSOLE, owed, at)


def sweep_equipment(at: datetime) -> int:
    """Rewrite what all equipment owes, and open an advisory for what is late; return how much."""
    for pk in Console.objects.present().values_list("pk", flat=True):
        with transaction.atomic():
            reassess_console(console=Console.objects.locked(pk), at=at)
    for pk in StockLot.objects.there().exclude(expires_on=None).values_list("pk", flat=True):
        with transaction.atomic():
            reassess_lot(lot=StockLot.objects.locked(pk), at=at)
    for level in ParLevel.objects.select_related("unit__centre", "model"):
        with transaction.atomic():
            reassess_product(unit=level.unit, model=level.model, at=at)
    return _tell_late(at)


def day_over(day: date, unit: Unit) -> datetime:
    """Return the last second of a day in a unit."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=unit.centre.tz)


def newest_records(console: Console) -> dict[str, ConsoleRecord]:
    """Return the newest record of each kind that did not fail (one statement)."""
    rows = console.records.exclude(verdict="failed").order_by("kind", "-done_at", "-pk")
    return {row.kind: row for row in rows.distinct("kind")}


def kinds_of(console: Console) -> list[RecordKind]:
    """Return what is done to a device of this kind; water is only in a heater."""
    return [one for one in RecordKind if console.is_heater or one not in HEATERS_ONLY]


def _of_console(console: Console, found: EquipmentPolicy) -> Iterator[Owed]:
    newest = newest_records(console)
    for kind in kinds_of(console):
        last = newest.get(kind)
        written = last.next_due_on if last else None
        due = equipment.service_due(
            str(kind.label),
            last_at=last.done_at if last else None,
            known_at=console.entered_at,
            written_at=day_over(written, console.unit) if written else None,
            every_days=found.every_days.get(kind),
        )
        if due is not None:
            yield Owed(kind, f"{kind.label} of {console}"[:200], due, OWNER, found.source)
    if console.return_on:
        who = console.owner or console.unit.name
        until = day_over(console.return_on, console.unit)
        due = equipment.loan_due(who, since=console.state_since, until=until)
        yield Owed(LOAN, f"{console} goes back to {who}"[:200], due, OWNER)


def _set(
    unit: Unit, subject: str, kinds: Iterable[str], owed: Iterable[Owed], at: datetime
) -> None:
    set_dues(unit=unit, run=None, subject=subject, kinds=frozenset(kinds), dues=owed, at=at)


def _tell_late(at: datetime) -> int:
    """Open an advisory for each thing of equipment that is late, close those that are not."""
    late: dict[tuple[int, str], Any] = {}
    overdue = Due.objects.open().filter(kind__in=KINDS, run=None, overdue_at__lt=at)
    for due in overdue.select_related("unit__centre").order_by("overdue_at"):
        late.setdefault((due.unit_id, due.subject), due)
    told = Alert.objects.open().filter(code=LATE).select_related("unit__centre")
    units = {(alert.unit_id, alert.subject): alert.unit for alert in told}
    for (pk, subject), unit in {**units, **{key: due.unit for key, due in late.items()}}.items():
        found = late.get((pk, subject))
        finding = Finding(LATE, Severity.ADVISORY, f"{found.label} is overdue") if found else None
        reconcile_alerts(
            unit=unit,
            run=None,
            assessment=Assessment(frozenset({LATE}), (finding,) if finding else ()),
            at=at,
            category=Category.PAPERWORK,
            subject=subject,
        )
    return len(late)
