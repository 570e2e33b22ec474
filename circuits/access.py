"""Open what a page or endpoint is about, where it belongs to a centre and not to one unit only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.access import rights_in_centre, row_or_refuse
from accounts.models import Centre, Unit, User
from accounts.permissions import Permission
from circuits.models import Recall


def open_recall(user: User, public_id: UUID | str, permission: Permission, at: datetime) -> Recall:
    """Return a recall: 404 if it is not visible, 403 without `permission` anywhere in its centre."""
    rows = Recall.objects.visible_to(user, at).select_related("centre", "model", "entered_by")
    recall = rows.filter(public_id=public_id).first()
    if recall is None:
        raise Http404("There is no such recall, or it is not yours to see.")
    if permission not in rights_in_centre(user, recall.centre_id):
        words = permission.value.replace("_", " ")
        raise PermissionDenied(f"In {recall.centre} this needs the right to {words}.")
    return recall


def working_centres(user: User, permission: Permission, at: datetime) -> QuerySet[Centre]:
    """Return the centres in which the user holds a right, in one unit at least."""
    units = Unit.objects.with_permission(user, permission, at)
    return Centre.objects.filter(pk__in=units.values("centre"))


def open_shared(rows: Any, user: User, public_id: UUID | str, permission: Permission) -> Any:
    """Return a row of a centre's equipment, which everybody there may read.

    Reading: 404 unless it is visible. Anything else asks for `permission` in the row's own unit.
    """
    if permission is Permission.CATALOGUE_VIEW:
        found = rows.visible_to(user, timezone.now()).filter(public_id=public_id).first()
        if found is None:
            raise Http404("There is no such record, or it is not yours to see.")
        return found
    return row_or_refuse(rows, user, permission, public_id=public_id)
