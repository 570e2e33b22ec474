"""Guards: who may reach a view, and which rows they find there.

A guard on a view asks "may this user, anywhere?". A row has a unit, and asks again there:
`row_or_refuse` answers 404 for a row that the user cannot see, 403 for one that they see without
the right in that row's unit.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Unit, User
from accounts.permissions import ROLES, Permission, Role
from accounts.queries import Roles, may, roles_of

M = TypeVar("M", bound=Model)
M_co = TypeVar("M_co", bound=Model, covariant=True)
View = Callable[..., HttpResponseBase]
Rights = dict[tuple[int, int | None], frozenset[Permission]]


class UserRequest(HttpRequest):
    """A request that a guard has let through: its user is one of ours."""

    user: User
    id: str


def held(request: HttpRequest) -> frozenset[Permission]:
    """Return what the user of a request may do somewhere; asked of the database once a request."""
    if not request.user.is_authenticated:
        return frozenset()
    return frozenset().union(*_rights(request.user).values())


def role_words(request: HttpRequest) -> str:
    """Return as what the user works, in the order of the roles; asked like `held`."""
    if not request.user.is_authenticated:
        return ""
    roles = frozenset().union(*_roles(request.user).values())
    return ", ".join(role.label for role in Role if role in roles)


class VisibleTo(Protocol[M_co]):
    """A manager or queryset that knows which rows a user may see."""

    def visible_to(self, user: User, at: datetime) -> QuerySet[M_co]: ...


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only a signed-in user who holds `permission` somewhere reach the view."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission not in held(request):
                raise PermissionDenied(f"This page needs the right to {_words(permission)}.")
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the URL walk
        return login_required(guarded)

    return guard


def signed_in(view: View) -> View:
    """Let any signed-in user reach the view (pages about oneself)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    guarded.permission = "signed in"  # type: ignore[attr-defined]  # read by the URL walk
    return login_required(guarded)


def row_or_refuse(rows: VisibleTo[M], user: User, permission: Permission, **lookup: object) -> M:
    """Return the row that `lookup` names, if `user` may see it and holds `permission` in its unit.

    One statement where the user's rights in the row's unit are known already, as on most ways.
    Raises Http404 for a row that does not exist or is not visible, PermissionDenied otherwise.
    """
    at = timezone.now()
    row = cast("Any", rows).filter(**lookup).first()
    if row is not None and {permission, Permission.PATIENT_VIEW} <= rights_in(user, row.unit):
        return cast("M", row)
    if row is None or not rows.visible_to(user, at).filter(pk=row.pk).exists():
        raise Http404("There is no such record, or it is not yours to see.")
    require_in_unit(user, permission, row.unit, at)
    return cast("M", row)


def rights_in(user: User, unit: Unit) -> frozenset[Permission]:
    """Return what the user of this request may do in a unit; asked of the database once."""
    rights = _rights(user)
    in_unit = rights.get((unit.centre_id, unit.pk), frozenset())
    return in_unit | rights.get((unit.centre_id, None), frozenset())


def rights_in_centre(user: User, centre: int) -> frozenset[Permission]:
    """Return what the user of this request may do in one unit of a centre at least."""
    rights = _rights(user).items()
    return frozenset().union(*(held for (where, _), held in rights if where == centre))


def require_in_unit(user: User, permission: Permission, unit: Unit, at: datetime) -> None:
    """Raise PermissionDenied unless `user` holds `permission` in `unit`."""
    if not may(user, permission, unit=unit, at=at):
        raise _not_in(unit, permission)


class Requires(BasePermission):
    """API guard: the view's `permissions` maps an action name (or "*") to a Permission."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask whether the user holds the action's permission anywhere; rows ask again."""
        wanted = view.permissions
        permission = wanted.get(view.action or "metadata", wanted.get("*"))
        return (
            permission is not None and request.user.is_authenticated and permission in held(request)
        )


class SignedIn(BasePermission):
    """API guard for what any signed-in user may read (the schema, oneself)."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        """Any signed-in user."""
        return bool(request.user.is_authenticated)


class Refuse(BasePermission):
    """The default of every API view: refuse, so that a forgotten guard is a closed door."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        """Nobody."""
        return False


def _not_in(unit: Unit, permission: Permission) -> PermissionDenied:
    return PermissionDenied(f"In {unit} this needs the right to {_words(permission)}.")


def _words(permission: Permission) -> str:
    return permission.value.replace("_", " ")


def _rights(user: User) -> Rights:
    """Return the user's rights, kept on the user for as long as the request has it."""
    known = cast("Any", user)
    if not hasattr(known, "rights_of_request"):
        known.rights_of_request = {
            place: frozenset().union(*(ROLES[role] for role in roles))
            for place, roles in _roles(user).items()
        }
    return cast("Rights", known.rights_of_request)


def _roles(user: User) -> Roles:
    known = cast("Any", user)
    if not hasattr(known, "roles_of_request"):
        known.roles_of_request = roles_of(user, timezone.now())
    return cast("Roles", known.roles_of_request)
