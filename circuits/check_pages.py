"""What the pages of a check share: opening it, its draft, what it raised, how long it can be undone."""

from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.access import UserRequest, row_or_refuse
from accounts.models import User
from accounts.permissions import Permission
from alerts.models import Alert
from circuits.models import Check
from circuits.slips import UNDO_FOR, may_undo
from clinical.findings import Severity
from patients.access import note_reading
from patients.models import Run
from web import times
from web.models import Draft
from web.once import KEY


def open_check(request: UserRequest, public_id: UUID | str, permission: Permission) -> Check:
    """Return a version of a check that may be opened, and note the reading."""
    rows = Check.objects.select_related("run__patient__centre", "run__unit__centre", "performed_by")
    check: Check = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, check.run.patient, "check", check.public_id)
    return check


def draft_key(run: Run) -> str:
    """Under which key the check that somebody is typing of this run is kept."""
    return f"check:{run.public_id}"


def kept_draft(by: User, run: Run, at: datetime) -> dict[str, Any] | None:
    """Return what this person was typing of this run, for the script that brings it back.

    A draft that reached the server after its check was signed is none: its values would be carried
    forward without anyone having looked.
    """
    draft = Draft.objects.kept_by(by, draft_key(run))
    if draft is None or _is_signed(draft):
        return None
    return {
        "fields": draft.fields,
        "at": draft.saved_at.isoformat(),
        "now": at.isoformat(),
        "clock": times.clock(timezone.localtime(draft.saved_at)),
    }


def _is_signed(draft: Draft) -> bool:
    try:
        key = UUID(draft.fields.get(KEY, ""))
    except ValueError:
        return False
    return Check.objects.filter(public_id=key).exists()


def undo_seconds(check: Check, by: User, at: datetime) -> int:
    """Return for how many seconds more the way back is shown; 0 if there is none."""
    left = (check.entered_at + UNDO_FOR - at).total_seconds()
    return max(ceil(left), 0) if may_undo(check, by, at) else 0


def raised_by(check: Check) -> list[Alert]:
    """Return the open alerts of highest attention that rest on this check."""
    rows = Alert.objects.open().attention().filter(run=check.run_id, severity=Severity.CRITICAL)
    mine = Q(source=str(check.root_id)) | Q(code__in=list(check.document["findings"]))
    return list(rows.filter(mine))
