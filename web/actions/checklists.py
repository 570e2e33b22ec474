"""Work through a checklist: any item, any order, several people at once."""

from datetime import datetime

from accounts.models import Unit, User
from audit.context import action
from web.models import ChecklistRun, ChecklistTap, SiteDocument
from web.problems import RuleBroken


class UnknownItem(RuleBroken):
    code = "unknown_item"
    status = 400


class NotApproved(RuleBroken):
    code = "not_approved"


@action("began a checklist")
def start_checklist(
    *, unit: Unit, document: SiteDocument, subject: str, by: User, at: datetime
) -> ChecklistRun:
    """Begin a checklist of an approved version. `subject` is the key of what it is about."""
    if document.approved_at is None:
        raise NotApproved(f"{document} is a draft: nobody has approved it yet.")
    return ChecklistRun.objects.create(
        unit=unit, document=document, subject=subject, started_at=at, started_by=by
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
    note: str = "",
) -> ChecklistTap:
    """Note an answer. Answering again adds a line; the first stays. Nothing is ever refused late."""
    items = {str(one["id"]) for one in checklist.document.body["items"]}
    if item not in items:
        raise UnknownItem(f"This checklist has no item “{item}”.")
    return ChecklistTap.objects.create(
        checklist=checklist,
        item=item,
        answer=answer,
        value=value,
        unit=unit,
        note=note,
        tapped_at=tapped_at,
        entered_at=at,
        by=by,
    )


@action("ended a checklist")
def end_checklist(*, checklist: ChecklistRun, by: User, at: datetime) -> ChecklistRun:
    """Close a checklist; late taps are still taken."""
    checklist.ended_at = at
    checklist.save(update_fields=["ended_at"])
    return checklist
