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
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Unit, User
from accounts.permissions import Permission
from accounts.queries import held_by, may, may_anywhere

M = TypeVar("M", bound=Model)
M_co = TypeVar("M_co", bound=Model, covariant=True)
View = Callable[..., HttpResponseBase]


class UserRequest(HttpRequest):
    """A request that a guard has let through: its user is one of ours."""

    user: User
    id: str


def held(request: HttpRequest) -> frozenset[Permission]:
    """Return what the user of a request may do somewhere; asked of the database once a request."""
    if not hasattr(request, "held_permissions"):
        user = cast("User", request.user)
        rights = held_by(user, timezone.now()) if user.is_authenticated else {}
        request.held_permissions = frozenset().union(*rights.values())  # type: ignore[attr-defined]
    return cast("Any", request).held_permissions  # type: ignore[no-any-return]


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

    One statement if its model has a column `unit` (fetched with it, and the centre), else more.
    Raises Http404 for a row that does not exist or is not visible, PermissionDenied otherwise.
    """
    at = timezone.now()
    found: Any = rows.visible_to(user, at).filter(**lookup)
    if not _has_unit_column(found.model):
        row = _first_or_404(found)
        require_in_unit(user, permission, row.unit, at)
        return cast("M", row)
    allowed = Unit.objects.with_permission(user, permission, at).filter(pk=OuterRef("unit"))
    row = _first_or_404(found.select_related("unit__centre").annotate(is_allowed=Exists(allowed)))
    if not row.is_allowed:
        raise _not_in(row.unit, permission)
    return cast("M", row)


def _has_unit_column(model: type[Model]) -> bool:
    return any(field.name == "unit" for field in model._meta.concrete_fields)


def _first_or_404(rows: QuerySet[Any]) -> Any:
    row = rows.first()
    if row is None:
        raise Http404("There is no such record, or it is not yours to see.")
    return row


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
            permission is not None
            and request.user.is_authenticated
            and may_anywhere(request.user, permission, timezone.now())
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
