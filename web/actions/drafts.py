"""Keep what somebody is typing, and put it aside when it was sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from audit.context import action
from web.models import Draft
from web.problems import RuleBroken

MOST_FIELDS = 300
LONGEST = 2000
KEPT_FOR = timedelta(days=2)


class UnreadableDraft(RuleBroken):
    code = "unreadable_draft"
    status = 400


@action("kept a draft")
def keep_draft(*, key: str, fields: Mapping[str, object], by: User, at: datetime) -> Draft:
    """Keep the fields of a form that is being typed; raises UnreadableDraft if it is no form."""
    if len(fields) > MOST_FIELDS or not all(
        isinstance(value, str) and len(value) <= LONGEST for value in fields.values()
    ):
        raise UnreadableDraft("This is no form that can be kept: it has too many or odd fields.")
    draft, _ = Draft.objects.update_or_create(
        user=by, key=key, defaults={"fields": dict(fields), "saved_at": at, "sent_at": None}
    )
    return draft


@action("put a draft aside")
def settle_draft(*, key: str, by: User, at: datetime) -> None:
    """Note that the draft was sent; it waits a while for an undo."""
    Draft.objects.filter(user=by, key=key).update(sent_at=at)


@action("took a draft up again")
def reopen_draft(*, key: str, but: str, by: User, at: datetime) -> None:
    """Take up again what was just sent and undone, without the field `but` (its key was used)."""
    for draft in Draft.objects.select_for_update().filter(user=by, key=key):
        draft.fields = {name: value for name, value in draft.fields.items() if name != but}
        draft.saved_at, draft.sent_at = at, None
        draft.save(update_fields=["fields", "saved_at", "sent_at"])


@action("threw a draft away")
def drop_draft(*, key: str, by: User, at: datetime) -> None:
    """Forget what was typed, because its author says so."""
    Draft.objects.filter(user=by, key=key).delete()


@action("forgot old drafts")
def forget_drafts(*, at: datetime) -> int:
    """Delete drafts that nobody has touched for two days; return how many."""
    forgotten, _ = Draft.objects.older_than(at - KEPT_FOR).delete()
    return forgotten
