"""How long a signed check can be taken back or mended without saying why (ux 2.5; product defaults)."""

from datetime import datetime, timedelta

from accounts.models import User
from circuits.models import Check

UNDO_FOR = timedelta(seconds=10)
UNDO_UNTIL = UNDO_FOR + timedelta(seconds=5)
"""How long the server takes an undo: what was shown, and some time on the way."""

MEND_FOR = timedelta(minutes=15)
MENDED = "Slip mended by the same person within 15 minutes."
UNDONE = "Undone right after signing."


def may_undo(check: Check, by: User, at: datetime) -> bool:
    """Whether this person signed the check just now, and nobody changed it since."""
    return check.version == 1 and _is_by(check, by) and at - check.entered_at <= UNDO_UNTIL


def may_mend(check: Check, by: User, at: datetime) -> bool:
    """Whether this person signed the check less than a quarter of an hour ago."""
    if check.version > 1:
        check = Check.objects.get(root_id=check.root_id, version=1)
    return _is_by(check, by) and at - check.entered_at <= MEND_FOR


def _is_by(check: Check, by: User) -> bool:
    return by.pk in {check.performed_by_id, check.transmitted_by_id}
