"""What a person may do, and where."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Centre, Membership, Unit, User
from accounts.permissions import ROLES, Permission, Role


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


def held_by(user: User, at: datetime) -> dict[int | None, frozenset[Permission]]:
    """Return what `user` may do by unit (None: in whole centres), in one statement."""
    held: dict[int | None, frozenset[Permission]] = {}
    if user.is_active:
        for role, unit in (
            Membership.objects.current(at).filter(user=user).values_list("role", "unit")
        ):
            held[unit] = held.get(unit, frozenset()) | ROLES[Role(role)]
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
