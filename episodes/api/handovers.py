"""Handovers of a run through the API: the sheet as it is now, giving it, taking over."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Permission
from episodes.actions.handover import give_handover, take_handover
from episodes.handover import sheet_of
from episodes.models import Handover
from episodes.queries import who_may
from patients.api.base import OfRun
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import Input, Instant, PersonShape, Shape, Text

P = Permission


class LineShape(Shape):
    """One fact of the sheet: how it stands with its unit, when, and where it comes from."""

    name = serializers.CharField(source="label", help_text="what it is about")
    text = serializers.CharField()
    at = Instant(allow_null=True)
    origin = serializers.CharField(source="source", help_text="where it comes from")
    level = serializers.IntegerField(help_text="attention: 0 none, 1 low, 2 medium, 3 high")
    was = serializers.CharField(help_text="the value before, in the same unit")
    is_old = serializers.BooleanField(help_text="nobody renewed it for longer than is usual")


class SectionShape(Shape):
    """Lines about one thing; `empty` says what it means that there is none."""

    key = serializers.CharField()
    title = serializers.CharField()
    empty = serializers.CharField()
    lines = LineShape(many=True)


class HandoverShape(Shape):
    """One handover as both read it; the newest of a run replaces those before it."""

    public_id = serializers.UUIDField()
    given_at = Instant(help_text="data as at")
    given_by = PersonShape()
    to = PersonShape(allow_null=True)
    plan = serializers.CharField()
    watch_for = serializers.CharField()
    taken_at = Instant(allow_null=True)
    taken_by = PersonShape(allow_null=True)
    sections = SectionShape(many=True, source="body")


class HandoverInput(Input):
    """What the giver adds in own words; nothing is carried over from the last handover."""

    plan = Text(max_length=4000)
    watch_for = Text(max_length=4000)
    to = serializers.UUIDField(default=None, allow_null=True, help_text="who is to take over")


class HandoverEndpoint(OfRun, Listed, Shown):
    """The handovers of a run, the newest first."""

    queryset = Handover.objects.none()
    serializer_class = HandoverShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "now": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "take": P.CHECK_RECORD,
    }

    def visible_rows(self) -> QuerySet[Handover]:
        """Of the run."""
        rows: QuerySet[Handover] = self.parent.handovers.all()
        return rows.select_related("given_by", "taken_by", "to")

    @extend_schema(responses=SectionShape(many=True))
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[])
    def now(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return the sheet as it writes itself now, for who asks."""
        sections = sheet_of(self.parent, self.user, self.at)
        return Response(SectionShape(sections, many=True).data)

    @extend_schema(request=HandoverInput, responses={201: HandoverShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Sign the sheet as it stands and hand over. 409 `own_handover`."""
        run, facts = self.parent, self.read(HandoverInput)
        if facts["to"] is not None:
            facts["to"] = self._receiver(facts["to"])
        return self.created(give_handover(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=None, responses=HandoverShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def take(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take over. 409 `own_handover`, `taken_already`, `newer_handover`."""
        return self.show(take_handover(handover=self.row, by=self.user, at=self.at))

    def _receiver(self, public_id: UUID) -> User:
        people = who_may(P.CHECK_RECORD, self.parent.unit, self.at)
        if (found := people.filter(public_id=public_id).first()) is None:
            raise ValidationError({"to": "Nobody of this id records checks in this unit."})
        return found
