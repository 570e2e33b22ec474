"""What a person may do, and where."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Centre, Membership, Unit, User
from accounts.permissions import ROLES, Permission, Role

Roles = dict[tuple[int, int | None], frozenset[Role]]


def permissions_of(user: User, at: datetime) -> dict[int, frozenset[Permission]]:
    """Return for each unit (by primary key) what `user` may do there at `at`. Two statements."""
    if not user.is_active:
        return {}
    memberships = list(Membership.objects.current(at).filter(user=user))
    centres = {m.centre_id for m in memberships if m.unit_id is None}
    by_centre: dict[int, list[int]] = {}
    if centres:
        for pk, centre in Unit.objects.filter(centre__in=centres).values_list("pk", "centre"):
            by_centre.setdefault(centre, []).append(pk)
    held: dict[int, set[Permission]] = {}
    for membership in memberships:
        units = (
            by_centre.get(membership.centre_id, [])
            if membership.unit_id is None
            else [membership.unit_id]
        )
        for unit in units:
            held.setdefault(unit, set()).update(ROLES[Role(membership.role)])
    return {unit: frozenset(permissions) for unit, permissions in held.items()}


def may(user: User, permission: Permission, *, unit: Unit, at: datetime) -> bool:
    """Say whether `user` holds `permission` in `unit` at `at`."""
    return user.is_active and (
        Unit.objects.with_permission(user, permission, at).filter(pk=unit.pk).exists()
    )


def roles_of(user: User, at: datetime) -> Roles:
    """Return the roles of `user` by centre and unit (None: in all of it), in one statement."""
    held: Roles = {}
    if not user.is_active:
        return held
    rows = Membership.objects.current(at).filter(user=user)
    for role, centre, unit in rows.values_list("role", "centre_id", "unit_id"):
        held[centre, unit] = held.get((centre, unit), frozenset()) | {Role(role)}
    return held


def may_anywhere(user: User, permission: Permission, at: datetime) -> bool:
    """Say whether `user` holds `permission` in at least one unit or centre at `at`."""
    from_roles = [role for role, held in ROLES.items() if permission in held]
    return (
        user.is_active
        and Membership.objects.current(at).filter(user=user, role__in=from_roles).exists()
    )


def units_of(user: User, permission: Permission, at: datetime) -> QuerySet[Unit]:
    """Units where `user` holds `permission`, for the choices of a form."""
    return Unit.objects.with_permission(user, permission, at).select_related("centre")


def centres_of(user: User, permission: Permission, at: datetime) -> QuerySet[Centre]:
    """Centres for the whole of which `user` holds `permission` (not only in one unit)."""
    from_roles = [role for role, held in ROLES.items() if permission in held]
    held = Membership.objects.current(at).filter(user=user, role__in=from_roles, unit=None)
    return Centre.objects.filter(pk__in=held.values("centre"))


def with_role(role: Role, unit: Unit, at: datetime) -> QuerySet[User]:
    """People who hold `role` in `unit` or in all of its centre, by name."""
    held = Membership.objects.current(at).filter(role=role, centre=unit.centre_id)
    here = held.filter(Q(unit=None) | Q(unit=unit))
    return User.objects.filter(is_active=True, pk__in=here.values("user"))


def users_with(permission: Permission, *, unit: Unit, at: datetime) -> QuerySet[User]:
    """People who hold `permission` in `unit`, by their role there or in all of its centre."""
    from_roles = [role for role, held in ROLES.items() if permission in held]
    held = Membership.objects.current(at).filter(role__in=from_roles, centre=unit.centre_id)
    here = held.filter(Q(unit=None) | Q(unit=unit))
    return User.objects.filter(is_active=True, pk__in=here.values("user"))
