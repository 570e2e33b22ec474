"""Open the recall that a page or endpoint is about: it belongs to a centre, not to one unit."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Centre, Unit, User
from accounts.permissions import Permission
from circuits.models import Recall


def open_recall(user: User, public_id: UUID | str, permission: Permission, at: datetime) -> Recall:
    """Return a recall: 404 if it is not visible, 403 without `permission` anywhere in its centre."""
    rows = Recall.objects.visible_to(user, at).select_related("centre", "model", "entered_by")
    recall = rows.filter(public_id=public_id).first()
    if recall is None:
        raise Http404("There is no such recall, or it is not yours to see.")
    if not working_centres(user, permission, at).filter(pk=recall.centre_id).exists():
        words = permission.value.replace("_", " ")
        raise PermissionDenied(f"In {recall.centre} this needs the right to {words}.")
    return recall


def working_centres(user: User, permission: Permission, at: datetime) -> QuerySet[Centre]:
    """Return the centres in which the user holds a right, in one unit at least."""
    units = Unit.objects.with_permission(user, permission, at)
    return Centre.objects.filter(pk__in=units.values("centre"))
