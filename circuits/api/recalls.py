"""Recalls through the API."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from audit.actions import record_accesses
from circuits.access import open_recall, working_centres
from circuits.actions.recall_closing import close_recall
from circuits.actions.recalls import (
    Notice,
    receive_recall,
    record_fate,
    record_reply,
    search_again,
    tell_physician,
)
from circuits.api.recall_shapes import (
    ClosingInput,
    RecallFateInput,
    RecallInput,
    RecallShape,
    ReplyInput,
    ToldInput,
    TraceShape,
    counted,
)
from circuits.models import ActionAsked, Recall, RecallItem
from circuits.traces import trace
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission


class RecallFilter(Filters):
    """Which recalls."""

    centre = django_filters.UUIDFilter(field_name="centre__public_id")
    action = django_filters.ChoiceFilter(choices=ActionAsked.choices)
    is_open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")


class RecallEndpoint(Listed, Shown):
    """Recalls of the centres in which one works: received, searched for, closed by two."""

    queryset = Recall.objects.none()
    serializer_class = RecallShape
    filterset_class = RecallFilter
    ordering_fields = ("received_at", "issued_on")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "trace": P.CATALOGUE_VIEW,
        "create": P.CATALOGUE_EDIT,
        "search": P.CATALOGUE_EDIT,
        "tell": P.CATALOGUE_EDIT,
        "fate": P.CATALOGUE_EDIT,
        "reply": P.CATALOGUE_EDIT,
        "close": P.CATALOGUE_EDIT,
    }

    def visible_rows(self) -> QuerySet[Recall]:
        """Of one's centres, with their counts."""
        rows = Recall.objects.visible_to(self.user, self.at).with_state()
        return rows.select_related("centre", "model", "entered_by", "closing_asked_by", "closed_by")

    def presented(self, rows: Sequence[Recall]) -> Sequence[Recall]:
        """Return each with its counts."""
        return [row if hasattr(row, "undecided") else counted(row) for row in rows]

    @property
    def row(self) -> Recall:
        """The recall that the path names: 403 without the right anywhere in its centre."""
        return open_recall(self.user, self.kwargs["public_id"], self.permission, self.at)

    @extend_schema(request=RecallInput, responses={201: RecallShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Receive a notice; its parts are searched for at once. 409 `recall_known`."""
        facts = self.read(RecallInput)
        public_id, received_at = facts.pop("centre"), facts.pop("received_at")
        centre = working_centres(self.user, self.permission, self.at).filter(public_id=public_id)
        found = centre.first()
        if found is None:
            raise ValidationError({"centre": "This is no centre in which you may do that."})
        recall = receive_recall(
            centre=found, notice=Notice(**facts), received_at=received_at, by=self.user, at=self.at
        )
        return self.created(recall)

    @extend_schema(responses=TraceShape)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def trace(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Tell who has a part, who had one, what lies on the shelf, what can replace it."""
        recall = self.row
        found = trace(recall, self.user, self.at)
        record_accesses(
            by=self.user,
            at=self.at,
            what="API: recalls trace",
            patient_keys=[patient.public_id for patient in found.patients],
            request_id=getattr(self.request, "id", ""),
        )
        return Response(TraceShape(found).data)

    @extend_schema(request=None, responses=RecallShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def search(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Search again; each search is a step with its own proof."""
        return self.show(search_again(recall=self.row, by=self.user, at=self.at))

    @extend_schema(request=ToldInput, responses=RecallShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def tell(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note that a physician was told."""
        recall, facts = self.row, self.read(ToldInput)
        parts = recall.items.values("component")
        if not facts["run"].circuits.filter(uses__component__in=parts).exists():
            raise ValidationError({"run": "In this run no part of the recall was ever used."})
        tell_physician(recall=recall, **facts, by=self.user, at=self.at)
        return self.show(recall)

    @extend_schema(request=RecallFateInput, responses=RecallShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def fate(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what became of parts and lots. 409 `fate_contradicted`."""
        recall, facts = self.row, self.read(RecallFateInput)
        items = self._items(recall, facts.pop("items"))
        record_fate(recall=recall, items=items, **facts, by=self.user, at=self.at)
        return self.show(recall)

    @extend_schema(request=ReplyInput, responses=RecallShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def reply(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note that a reply was sent by other means than our page, which keeps its PDF."""
        recall, facts = self.row, self.read(ReplyInput)
        record_reply(recall=recall, **facts, by=self.user, at=self.at)
        return self.show(recall)

    @extend_schema(request=ClosingInput, responses=RecallShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Ask for closing or, as the second person, close. 409 `not_ready_to_close`, `closed_by_two`."""
        recall, facts = self.row, self.read(ClosingInput)
        return self.show(close_recall(recall=recall, **facts, by=self.user, at=self.at))

    def _items(self, recall: Recall, wanted: list[Any]) -> list[RecallItem]:
        items = list(recall.items.filter(public_id__in=wanted).select_related("component__model"))
        if len(items) != len(set(wanted)):
            raise ValidationError({"items": "This recall has no such part or lot."})
        return items
