"""Work through a checklist: any item, any order, several people at once."""

from collections.abc import Callable, Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Unit, User
from audit.context import action
from clinical.checklist import (
    Item,
    Standing,
    default_body,
    default_kinds,
    is_possible,
    items_of,
    standing,
    words_of,
)
from web.models import Answer, ChecklistRun, ChecklistTap, SiteDocument
from web.problems import ErrorItem, RuleBroken
from web.questions import ask, refuse

PREFIX = "checklist_"
"""Before the kind of a list, in the kind of the site's document for it."""


class UnknownItem(RuleBroken):
    code = "unknown_item"
    status = 400


class NotApproved(RuleBroken):
    code = "not_approved"


class NoSuchList(RuleBroken):
    code = "no_such_list"


class NeedsReason(RuleBroken):
    code = "needs_reason"
    status = 422


class NeedsValue(RuleBroken):
    code = "needs_value"
    status = 422


@action("began a checklist")
def start_checklist(
    *,
    unit: Unit,
    document: SiteDocument,
    subject: str,
    by: User,
    at: datetime,
    patient_key: str = "",
) -> ChecklistRun:
    """Begin a checklist of an approved version. `subject` is the key of what it is about.

    `patient_key` is the public id of the patient it is about, if it is about one.
    """
    if document.approved_at is None:
        raise NotApproved(f"{document} is a draft: nobody has approved it yet.")
    return ChecklistRun.objects.create(
        unit=unit,
        kind=document.kind,
        body=document.body,
        document=document,
        subject=subject,
        patient_key=patient_key,
        started_at=at,
        started_by=by,
    )


@action("began a checklist")
def begin_checklist(
    *,
    unit: Unit,
    kind: str,
    subject: str,
    by: User,
    at: datetime,
    patient_key: str = "",
    fit: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> ChecklistRun:
    """Begin the site's list of a kind, or the product's default for it while the site has none.

    `patient_key` is the public id of the patient it is about, if it is about one; `fit` leaves out
    what is not for what it is about. The list is kept as it stands now: a later version changes
    nothing of it. Raises NoSuchList.
    """
    document = SiteDocument.objects.in_force(unit.centre, PREFIX + kind, at)
    if document is None and kind not in default_kinds():
        raise NoSuchList("There is no such checklist. Ask for one to be drafted and approved.")
    return ChecklistRun.objects.create(
        unit=unit,
        kind=kind,
        body=fit(document.body if document else _plain(default_body(kind))),
        document=document,
        subject=subject,
        patient_key=patient_key,
        started_at=at,
        started_by=by,
    )


@action("answered an item of a checklist")
def answer_checklist(
    *,
    checklist: ChecklistRun,
    item: str,
    answer: str,
    by: User,
    at: datetime,
    value: Decimal | None = None,
    note: str = "",
    confirmed: Collection[str] = (),
) -> ChecklistTap:
    """Answer an item: done, measured (with `value` in the item's unit), not possible, taken back.

    A value outside its caution or stop line is asked back once (NeedsConfirmation, parameter
    `value`) and then kept. Raises NeedsReason for "not possible" or "taken back" without a note,
    NeedsValue for a measurement without a number, CannotBe for a number that no reading can be.
    In an emergency nobody is asked for a reason.
    """
    asked = _item(checklist, item)
    wants_reason = answer in {Answer.NOT_POSSIBLE, Answer.TAKEN_BACK} and not checklist.is_emergency
    if wants_reason and not note.strip():
        raise NeedsReason(f"Say why: {asked.label}. Whoever reads this next needs the reason.")
    if answer == Answer.DONE and asked.is_value:
        answer = Answer.MEASURED
    stands = Standing.FINE
    if answer == Answer.MEASURED:
        stands = _judged(asked, value, confirmed)
    return tap_item(
        checklist=checklist,
        item=item,
        answer=answer,
        value="" if value is None or answer != Answer.MEASURED else f"{value:f}",
        unit=asked.unit if answer == Answer.MEASURED else "",
        standing=stands,
        note=note.strip(),
        tapped_at=at,
        by=by,
        at=at,
    )


@action("answered an item of a checklist")
def tap_item(
    *,
    checklist: ChecklistRun,
    item: str,
    answer: str,
    tapped_at: datetime,
    by: User,
    at: datetime,
    value: str = "",
    unit: str = "",
    standing: str = "",
    note: str = "",
) -> ChecklistTap:
    """Note an answer. Answering again adds a line; the first stays. Nothing is ever refused late."""
    _item(checklist, item)
    return ChecklistTap.objects.create(
        checklist=checklist,
        item=item,
        answer=answer,
        value=value,
        unit=unit,
        standing=standing,
        note=note,
        tapped_at=tapped_at,
        entered_at=at,
        by=by,
    )


@action("ended a checklist")
def end_checklist(*, checklist: ChecklistRun, by: User, at: datetime) -> ChecklistRun:
    """Close a checklist; late taps are still taken."""
    checklist.ended_at, checklist.ended_by = at, by
    checklist.save(update_fields=["ended_at", "ended_by"])
    return checklist


def _item(checklist: ChecklistRun, name: str) -> Item:
    for one in items_of(checklist.body):
        if one.id == name:
            return one
    raise UnknownItem(f"This checklist has no item “{name}”.")


def _judged(item: Item, value: Decimal | None, confirmed: Collection[str]) -> Standing:
    if value is None:
        raise NeedsValue(f"Type what was measured: {item.label}, in {item.unit}.")
    if not is_possible(item, value):
        bounds = words_of(item.hard, item.unit)
        raise refuse(
            "value", "impossible", f"{value} {item.unit} cannot be: {bounds}. Check the number."
        )
    stands = standing(item, value)
    if stands:
        line = words_of(item.stop if stands is Standing.STOP else item.caution, item.unit)
        message = f"{value} {item.unit} is outside the {stands} line ({line}). Is it right?"
        ask([ErrorItem(parameter="value", rule=stands, message=message)], confirmed)
    return stands


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """Return a default list as JSON can hold it: TOML's nan ("no bound") becomes null."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(one) for key, one in value.items()}
        if isinstance(value, list):
            return [clean(one) for one in value]
        return None if value != value else value  # noqa: PLR0124 - only nan differs from itself

    return {key: clean(value) for key, value in body.items()}
