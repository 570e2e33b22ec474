"""Oneself, centres, units and people through the API."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SignedIn
from accounts.models import Centre, Membership, Unit, User
from accounts.permissions import Permission, Role
from accounts.queries import permissions_of
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.shapes import CentreNameShape, Instant, PlainJson, Shape, UnitShape

P = Permission


class MembershipShape(Shape):
    """A role in a whole centre, or in one unit of it."""

    role = serializers.ChoiceField(choices=Role.choices)
    centre = CentreNameShape()
    unit = UnitShape(allow_null=True)
    valid_from = Instant()
    valid_to = Instant(allow_null=True)


class MeShape(Shape):
    """Who I am, where I work and what I may do there."""

    public_id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")
    email = serializers.CharField()
    theme = serializers.CharField()
    memberships = MembershipShape(many=True)
    permissions = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="by the public id of the unit",
    )


ONE_SELF: Any = forced_singular_serializer(MeShape)  # type: ignore[no-untyped-call]  # its untyped


class MeEndpoint(Endpoint):
    """Oneself."""

    permission_classes = [SignedIn]
    queryset = User.objects.none()
    serializer_class = MeShape
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(operation_id="me", responses=ONE_SELF)
    def list(self, request: Request) -> Response:  # noqa: ARG002
        """Return who I am, where I work and what I may do there."""
        me = self.user
        held = permissions_of(me, self.at)
        units = dict(Unit.objects.filter(pk__in=held).values_list("pk", "public_id"))
        current = Membership.objects.current(self.at).filter(user=me)
        return Response(
            MeShape(
                {
                    "public_id": me.public_id,
                    "username": me.username,
                    "__str__": str(me),
                    "email": me.email,
                    "theme": me.theme,
                    "memberships": current.select_related("centre", "unit"),
                    "permissions": {str(units[pk]): sorted(rights) for pk, rights in held.items()},
                }
            ).data
        )


class OwnRows(Listed, Shown):
    """Rows that anybody signed in may read of where they work."""

    permission_classes = [SignedIn]

    @property
    def row(self) -> Any:
        """The row that the path names, of those one may read."""
        return self.get_object()

    def memberships(self) -> QuerySet[Membership]:
        """Where the user works now."""
        return Membership.objects.current(self.at).filter(user=self.user)


class CentreShape(CentreNameShape):
    """One ECMO programme."""

    elso_number = serializers.CharField(help_text="ELSO centre number")
    timezone = serializers.CharField()
    unit_preferences = PlainJson(help_text="units shown, by measure")


class CentreEndpoint(OwnRows):
    """Centres in which one works."""

    queryset = Centre.objects.none()
    serializer_class = CentreShape

    def visible_rows(self) -> QuerySet[Centre]:
        """Where one works."""
        return Centre.objects.filter(pk__in=self.memberships().values("centre")).order_by("name")


class UnitOfCentreShape(UnitShape):
    """An intensive care unit of a centre."""

    centre = CentreNameShape()


class UnitFilter(Filters):
    """Which units."""

    centre = django_filters.UUIDFilter(field_name="centre__public_id")


class UnitEndpoint(OwnRows):
    """Units in which one works."""

    queryset = Unit.objects.none()
    serializer_class = UnitOfCentreShape
    filterset_class = UnitFilter

    def visible_rows(self) -> QuerySet[Unit]:
        """Where one works: one's units, and every unit of one's centres."""
        held = self.memberships()
        where = Q(pk__in=held.values("unit")) | Q(
            centre__in=held.filter(unit=None).values("centre")
        )
        return Unit.objects.filter(where).select_related("centre").order_by("name", "pk")


class UserShape(Shape):
    """Somebody with a login."""

    public_id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")


class UserFilter(Filters):
    """Which people."""

    unit = django_filters.UUIDFilter(method="in_unit", label="who works in this unit")
    username = django_filters.CharFilter()
    search = django_filters.CharFilter(method="named", label="part of a name")

    def in_unit(self, rows: QuerySet[User], _name: str, unit: Any) -> QuerySet[User]:
        """Members of the unit, or of its whole centre."""
        there = Q(unit__public_id=unit) | Q(unit=None, centre__units__public_id=unit)
        return rows.filter(pk__in=Membership.objects.filter(there).values("user"))

    def named(self, rows: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        """People whose name holds the text."""
        return rows.filter(
            Q(first_name__icontains=text)
            | Q(last_name__icontains=text)
            | Q(username__icontains=text)
        )


class UserEndpoint(Listed):
    """Colleagues: people of the centres in which one works."""

    queryset = User.objects.none()
    serializer_class = UserShape
    filterset_class = UserFilter
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    def visible_rows(self) -> QuerySet[User]:
        """People of one's centres."""
        mine = Membership.objects.current(self.at).filter(user=self.user).values("centre")
        there = Membership.objects.current(self.at).filter(centre__in=mine).values("user")
        return User.objects.filter(pk__in=there, is_active=True).order_by("username")
