"""Checklists through the API: what is asked, what was answered, and answers."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from web.actions import answer_checklist, end_checklist
from web.checklists import Progress, progress_of
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.models import Answer, ChecklistRun
from web.shapes import Input, Instant, Number, PersonShape, Shape, Text, UnitShape, plain

P = Permission


class ChecklistAnswerShape(Shape):
    """One answer; a later one stands beside it."""

    item = serializers.CharField()
    answer = serializers.ChoiceField(choices=Answer.choices)
    value = serializers.CharField()
    unit = serializers.CharField()
    standing = serializers.CharField(help_text="caution or stop: outside that line; blank: neither")
    note = serializers.CharField()
    tapped_at = Instant()
    by = PersonShape()


class ChecklistItemShape(Shape):
    """One item with its newest answer; null is not answered."""

    id = serializers.CharField(source="item.id")
    label = serializers.CharField(source="item.label")  # type: ignore[assignment]  # a field
    group = serializers.CharField(source="item.group")
    kind = serializers.CharField(source="item.kind", help_text="tick or value")
    unit = serializers.CharField(source="item.unit")
    newest = ChecklistAnswerShape(source="tap", allow_null=True)


class ChecklistShape(Shape):
    """One use of a list."""

    public_id = serializers.UUIDField(source="checklist.public_id")
    unit = UnitShape(source="checklist.unit")
    kind = serializers.CharField(source="checklist.kind")
    title = serializers.CharField(source="checklist")
    list_source = serializers.CharField(source="checklist.source")
    subject = serializers.CharField(source="checklist.subject", help_text="what it is about")
    started_at = Instant(source="checklist.started_at")
    started_by = PersonShape(source="checklist.started_by")
    ended_at = Instant(source="checklist.ended_at", allow_null=True)
    open = serializers.IntegerField(help_text="items without an answer")
    items = ChecklistItemShape(source="states", many=True)


class ChecklistAnswerInput(Input):
    """An answer; a value outside a line is sent again with `value` in `confirmed`."""

    item = serializers.CharField(max_length=80)
    answer = serializers.ChoiceField(choices=Answer.choices)
    value = Number(12, 4, required=False, allow_null=True, help_text="in the unit of the item")
    note = Text(max_length=300)
    confirmed = serializers.ListField(child=serializers.CharField(max_length=40), default=list)


class ChecklistFilter(Filters):
    """Which checklists."""

    subject = django_filters.CharFilter()
    kind = django_filters.CharFilter()
    ended = django_filters.BooleanFilter(
        field_name="ended_at", lookup_expr="isnull", exclude=True, label="closed"
    )


class ChecklistEndpoint(Listed, Shown):
    """Checklists of one's units; they are begun where they belong."""

    queryset = ChecklistRun.objects.none()
    serializer_class = ChecklistShape
    filterset_class = ChecklistFilter
    ordering_fields = ("started_at",)
    rows = ChecklistRun.objects.select_related("unit__centre", "document", "started_by")
    whose = "patient_key"
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "answer": P.CHECKLIST_ANSWER,
        "end": P.CHECKLIST_ANSWER,
    }

    def visible_rows(self) -> QuerySet[ChecklistRun]:
        """Of one's units, newest first."""
        rows = super().visible_rows().select_related("unit__centre", "document", "started_by")
        return rows.order_by("-started_at", "pk")

    def presented(self, rows: Sequence[ChecklistRun]) -> Sequence[Progress]:
        """Return checklists with their items."""
        return [progress_of(row) for row in rows]

    def note_reading(self, rows: Iterable[ChecklistRun]) -> None:
        """Write down only those about a patient."""
        super().note_reading(row for row in rows if row.patient_key)

    @extend_schema(request=ChecklistAnswerInput, responses={201: ChecklistShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Answer an item. 409 `needs_confirmation` for a value outside its line."""
        checklist, facts = self.row, self.read(ChecklistAnswerInput)
        if facts.get("value") is not None:
            facts["value"] = Decimal(plain(facts["value"]))
        answer_checklist(checklist=checklist, **facts, by=self.user, at=self.at)
        return self.show(checklist, code=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ChecklistShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Close a list; answers that come late are still taken."""
        checklist = self.row
        if checklist.ended_at is None:
            self.close(checklist)
        return self.show(checklist)

    def close(self, checklist: ChecklistRun) -> None:
        """End a list that is open."""
        end_checklist(checklist=checklist, by=self.user, at=self.at)
