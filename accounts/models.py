"""People who sign in, where they work, and as what."""

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission, Role, roles_with
from audit.tracking import tracked


def validate_timezone(name: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if name not in available_timezones():
        raise ValidationError(f"{name} is no time zone; use a name such as Europe/Oslo.")


@tracked
class Centre(models.Model):
    """One ECMO programme, as the registry knows it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.SlugField("short code", max_length=20, unique=True)
    name = models.CharField(max_length=200)
    elso_number = models.CharField("ELSO centre number", max_length=20, blank=True)
    timezone = models.CharField(max_length=60, default="UTC", validators=[validate_timezone])
    unit_preferences = models.JSONField("units shown, by measure", default=dict, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.timezone)


class UnitQuerySet(models.QuerySet["Unit"]):
    def with_permission(self, user: "User", permission: Permission, at: datetime) -> "UnitQuerySet":
        """Units in which `user` holds `permission` at `at`, through the unit or its centre."""
        held = Membership.objects.current(at).filter(user=user, role__in=roles_with(permission))
        return self.filter(
            Q(pk__in=held.filter(unit__isnull=False).values("unit"))
            | Q(centre__in=held.filter(unit=None).values("centre"))
        )


@tracked
class Unit(models.Model):
    """One intensive care unit of a centre."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="units")
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=200)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "code"], name="accounts_unit_code_unique_in_centre"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Theme(models.TextChoices):
    AUTO = "auto", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
    NIGHT = "night", "Night (bedside)"


@tracked
class User(AbstractUser):
    """A person or machine with a login. What they may do stands in their memberships."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.AUTO)

    class Meta:
        ordering = ["last_name", "first_name", "username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, at: datetime) -> "MembershipQuerySet":
        """Memberships that hold at `at`."""
        return self.filter(valid_from__lte=at).filter(Q(valid_to=None) | Q(valid_to__gt=at))


@tracked
class Membership(models.Model):
    """A role that a user has in a whole centre or in one unit of it, for some time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="memberships", null=True, blank=True
    )
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField("valid until (agency staff)", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="accounts_membership_ends_after_start",
            )
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="accounts_membership_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    def clean(self) -> None:
        """Refuse a unit of another centre."""
        if self.unit and self.unit.centre_id != self.centre_id:
            raise ValidationError({"unit": "This unit belongs to another centre."})
