"""Reference data: centres, units, who may sign in and as what."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from accounts.models import Centre, Membership, Unit, User


class NeverDeletes(admin.ModelAdmin[Any]):
    """What was once used is kept: it stands in the history of others."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False


@admin.register(Centre)
class CentreAdmin(NeverDeletes):
    list_display = ("name", "code", "elso_number", "timezone")


@admin.register(Unit)
class UnitAdmin(NeverDeletes):
    list_display = ("name", "code", "centre")
    list_filter = ("centre",)


@admin.register(Membership)
class MembershipAdmin(NeverDeletes):
    list_display = ("user", "role", "centre", "unit", "valid_from", "valid_to")
    list_filter = ("role", "centre", "unit")
    autocomplete_fields = ("user",)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Users without Django's own groups and permissions: roles are memberships."""

    list_display = ("username", "first_name", "last_name", "email", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Who", {"fields": ("first_name", "last_name", "email")}),
        ("Sign-in", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never: switch the user off instead; what they did keeps their name."""
        return False
