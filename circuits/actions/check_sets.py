"""Draft and approve what checks ask for: one person changes it, another puts it in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Centre, User
from circuits.asked import CHECK_SETS
from clinical.checkset import UnreadableSets, read_sets
from web.actions import draft_document
from web.models import SiteDocument
from web.problems import RuleBroken


class SetsUnreadable(RuleBroken):
    code = "unreadable_sets"
    status = 422


def draft_check_sets(
    *, centre: Centre, body: Mapping[str, Any], note: str, by: User, at: datetime
) -> SiteDocument:
    """Write the next draft of the table; raises SetsUnreadable if no check could follow it."""
    try:
        read_sets(body)
    except UnreadableSets as unreadable:
        raise SetsUnreadable(str(unreadable)) from unreadable
    return draft_document(centre=centre, kind=CHECK_SETS, body=body, note=note, by=by, at=at)
