"""People, shifts and who is on call, through the API."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require_in_unit
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import units_of
from staffing.actions import add_shift, cancel_shift, publish_shifts
from staffing.models import Duty, Person, Shift
from staffing.queries import on_duty
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import Input, Instant, PersonShape, Shape, Text, UnitField, UnitShape

P = Permission


class PersonOnRosterShape(Shape):
    """Somebody who works in the programme."""

    public_id = serializers.UUIDField()
    name = serializers.CharField()
    job = serializers.CharField()
    phone = serializers.CharField()
    unit = UnitShape()
    user = PersonShape(allow_null=True, help_text="their login, if they have one")


class ShiftPersonShape(Shape):
    """Who has the shift."""

    public_id = serializers.UUIDField()
    name = serializers.CharField()
    job = serializers.CharField()
    phone = serializers.CharField()


class ShiftShape(Shape):
    """One person on one duty in one unit, from start up to end."""

    public_id = serializers.UUIDField()
    unit = UnitShape()
    person = ShiftPersonShape()
    duty = serializers.ChoiceField(choices=Duty.choices)
    starts_at = Instant()
    ends_at = Instant()
    published_at = Instant(allow_null=True, help_text="null: a draft, nobody's duty yet")
    cancelled_at = Instant(allow_null=True)


class ShiftInput(Input):
    """A shift to draft."""

    unit = UnitField()
    person = serializers.UUIDField()
    duty = serializers.ChoiceField(choices=Duty.choices)
    starts_at = Instant()
    ends_at = Instant()


class PeriodInput(Input):
    """A unit and a stretch of time."""

    unit = UnitField()
    starts_at = Instant()
    ends_at = Instant()


class CancelInput(Input):
    """Why a shift is cancelled."""

    reason = Text(max_length=200)


class PersonFilter(Filters):
    """Which people."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains")


class PersonEndpoint(Listed):
    """People of the centres whose roster one sees."""

    queryset = Person.objects.none()
    serializer_class = PersonOnRosterShape
    filterset_class = PersonFilter
    ordering_fields = ("name",)
    permissions: ClassVar = {"list": P.ROSTER_VIEW}

    def visible_rows(self) -> QuerySet[Person]:
        """Of those centres."""
        centres = units_of(self.user, P.ROSTER_VIEW, self.at).values("centre")
        rows = Person.objects.filter(unit__centre__in=centres)
        return rows.select_related("unit", "user").order_by("name", "pk")


class ShiftFilter(Filters):
    """Which shifts."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    person = django_filters.UUIDFilter(field_name="person__public_id")
    starts_before = django_filters.IsoDateTimeFilter(field_name="starts_at", lookup_expr="lt")
    ends_after = django_filters.IsoDateTimeFilter(field_name="ends_at", lookup_expr="gt")


class ShiftEndpoint(Listed, Shown):
    """Shifts of the units whose roster one sees; drafts and cancelled ones among them."""

    queryset = Shift.objects.none()
    rows = Shift.objects
    serializer_class = ShiftShape
    filterset_class = ShiftFilter
    ordering_fields = ("starts_at",)
    permissions: ClassVar = {
        "list": P.ROSTER_VIEW,
        "retrieve": P.ROSTER_VIEW,
        "create": P.ROSTER_EDIT,
        "publish": P.ROSTER_EDIT,
        "cancel": P.ROSTER_EDIT,
    }

    def visible_rows(self) -> QuerySet[Shift]:
        """With unit and person."""
        rows = Shift.objects.visible_to(self.user, self.at).select_related("unit", "person")
        return rows.order_by("starts_at", "duty", "pk")

    @extend_schema(request=ShiftInput, responses={201: ShiftShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Draft a shift; 409 `double_booked` if the person is elsewhere then."""
        facts = self.read(ShiftInput)
        require_in_unit(self.user, self.permission, facts["unit"], self.at)
        facts["person"] = self._person(facts["unit"], facts["person"])
        return self.created(add_shift(**facts, by=self.user, at=self.at))

    @extend_schema(request=PeriodInput, responses=ShiftShape(many=True))
    @action(detail=False, methods=["post"], pagination_class=None, filter_backends=[])
    @idempotent
    def publish(self, request: Request) -> Response:  # noqa: ARG002
        """Publish the drafts of a period; each person is told once."""
        facts = self.read(PeriodInput)
        require_in_unit(self.user, self.permission, facts["unit"], self.at)
        shifts = publish_shifts(**facts, by=self.user, at=self.at)
        return Response(ShiftShape(shifts, many=True).data)

    @extend_schema(request=CancelInput, responses=ShiftShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Cancel a shift; who was on it is told, if it was published."""
        shift, facts = self.row, self.read(CancelInput)
        return self.show(cancel_shift(shift=shift, **facts, by=self.user, at=self.at))

    def _person(self, unit: Unit, public_id: object) -> Person:
        people = Person.objects.filter(unit__centre=unit.centre_id)
        person = people.filter(public_id=str(public_id)).first()
        if person is None:
            raise ValidationError({"person": "Nobody of this centre is known by this id."})
        return person


class OnCallEndpoint(Endpoint):
    """Who is on duty."""

    queryset = Shift.objects.none()
    serializer_class = ShiftShape
    filter_backends: list[Any] = []
    pagination_class = None
    permissions: ClassVar = {"list": P.ROSTER_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("unit", str, required=True, description="public id of the unit"),
            OpenApiParameter("at", str, description="a time with its offset; default: now"),
        ],
        responses=ShiftShape(many=True),
    )
    def list(self, request: Request) -> Response:
        """Return the published shifts of a unit that cover a time, one for each duty and person."""
        unit = self._unit(request.query_params.get("unit", ""))
        asked = request.query_params.get("at")
        when = Instant().run_validation(asked) if asked else self.at
        shifts = on_duty(unit, when).select_related("unit", "person")
        return Response(self.get_serializer(shifts, many=True).data)

    def _unit(self, public_id: str) -> Unit:
        pk = serializers.UUIDField().run_validation(public_id)
        unit = units_of(self.user, self.permission, self.at).filter(public_id=pk).first()
        if unit is None:
            raise ValidationError({"unit": "You see no roster of such a unit."})
        return unit
