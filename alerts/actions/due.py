"""Rewrite what is due."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, QuerySet, TextField

from accounts.models import Unit
from alerts.models import Due
from alerts.owed import Owed
from patients.models import Run
from web.prepared import Given, Prepared, among

COLUMNS = (
    "label",
    "due_at",
    "warn_at",
    "overdue_at",
    "owner",
    "rule",
    "anchor",
    "inputs",
    "is_pending",
)
_STANDING = Prepared(
    lambda: Due.objects.open().filter(
        among("kind", "kinds"),
        unit=Given("unit", BigIntegerField()),
        subject=Given("subject", TextField()),
    )
)


@transaction.atomic(savepoint=False)
def set_dues(
    *,
    unit: Unit,
    run: Run | None,
    subject: str,
    kinds: frozenset[str],
    dues: Iterable[Owed],
    at: datetime,
) -> None:
    """Make the open rows of `subject` agree with `dues`, for `kinds` only. The caller holds the lock.

    A kind of `kinds` that is not in `dues` is settled. `subject` names one thing in the unit (the
    public id of a run, a component, a plan). Statements: one to read, at most two to write.
    """
    owed = {item.kind: item for item in dues}
    if strays := owed.keys() - kinds:
        raise ValueError(f"not of the kinds that are rewritten: {', '.join(sorted(strays))}")
    standing = _STANDING(unit=unit.pk, subject=subject, kinds=list(kinds))
    changed = []
    for row in standing:
        item = owed.pop(row.kind, None)
        if item is None:
            row.settled_at = at
            changed.append(row)
        elif _is_changed(row, item):
            changed.append(row)
    _write(changed)
    if owed:
        Due.objects.bulk_create(_new(unit, run, subject, item) for item in owed.values())


def _write(changed: list[Due]) -> None:
    """Write the rows in one statement; for one row a plain update is much cheaper."""
    columns = ["settled_at", *COLUMNS]
    if len(changed) == 1:
        changed[0].save(update_fields=columns)
    elif changed:
        Due.objects.bulk_update(changed, columns)


def _new(unit: Unit, run: Run | None, subject: str, item: Owed) -> Due:
    row = Due(unit=unit, run=run, subject=subject, kind=item.kind)
    _is_changed(row, item)
    return row


def _is_changed(row: Due, item: Owed) -> bool:
    """Write `item` onto `row`; say whether that changed it."""
    before = [getattr(row, name) for name in COLUMNS]
    due = item.due
    row.label, row.owner, row.is_pending = item.label, item.owner, item.is_pending
    row.due_at, row.warn_at, row.overdue_at = due.due_at, due.warn_at, due.overdue_at
    row.rule = f"{due.rule} ({item.source})" if item.source else due.rule
    row.anchor = due.anchor
    row.inputs = {**due.inputs, "why": due.why}
    return before != [getattr(row, name) for name in COLUMNS]


def settle_dues(dues: QuerySet[Due], *, at: datetime) -> int:
    """Settle whatever is still owed of `dues`, whatever it is; return how much. One statement."""
    return dues.filter(settled_at=None).update(settled_at=at)
