"""Make users, give and take roles, remember what a user prefers."""

from datetime import datetime

from accounts.models import Centre, Membership, Theme, Unit, User
from accounts.permissions import Role
from audit.context import action


@action("opened a centre")
def open_centre(
    *,
    code: str,
    name: str,
    timezone: str,
    by: User | None,
    at: datetime,
    elso_number: str = "",
) -> Centre:
    """Add a programme. Raises ValidationError for an unknown time zone."""
    centre = Centre(code=code, name=name, timezone=timezone, elso_number=elso_number)
    centre.clean_fields()
    centre.save()
    return centre


@action("opened a unit")
def open_unit(*, centre: Centre, code: str, name: str, by: User | None, at: datetime) -> Unit:
    """Add an intensive care unit to a centre."""
    return Unit.objects.create(centre=centre, code=code, name=name)


@action("made a user")
def make_user(
    *,
    username: str,
    password: str | None,
    by: User | None,
    at: datetime,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
) -> User:
    """Add a login. Without a password it cannot sign in until an administrator sets one."""
    return User.objects.create_user(
        username=username,
        password=password,
        first_name=first_name,
        last_name=last_name,
        email=email,
        date_joined=at,
    )


@action("gave a role")
def give_role(
    *,
    user: User,
    role: Role,
    centre: Centre,
    by: User | None,
    at: datetime,
    unit: Unit | None = None,
    valid_to: datetime | None = None,
    valid_from: datetime | None = None,
) -> Membership:
    """Let `user` work as `role` in a whole centre, or in one unit of it."""
    membership = Membership(
        user=user,
        role=role,
        centre=centre,
        unit=unit,
        valid_from=valid_from or at,
        valid_to=valid_to,
    )
    membership.clean()
    membership.save()
    return membership


@action("took a role")
def take_role(*, membership: Membership, by: User, at: datetime, reason: str) -> Membership:
    """End a membership now; what was done under it stays."""
    membership.valid_to = at
    membership.save(update_fields=["valid_to"])
    return membership


@action("chose a display")
def choose_theme(*, user: User, theme: Theme, by: User, at: datetime) -> User:
    """Remember light, dark, night or as the device."""
    user.theme = theme
    user.save(update_fields=["theme"])
    return user
