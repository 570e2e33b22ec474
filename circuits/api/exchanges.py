"""Exchanges through the API: one part, several, or the whole circuit, at one time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.exchange import ExchangeFacts, exchange_components
from circuits.api.base import confirmations, new_part
from circuits.api.part_shapes import CircuitNameShape, ComponentShape, PartInput
from circuits.api.parts import PartsOfRun
from circuits.lives import Life, lives
from circuits.models import Exchange, Fate, RemovalReason, Urgency
from clinical.complications import BY_CODE
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Text

P = Permission
CODES = [(one.code, one.label) for one in BY_CODE.values()]


class PartChange(Input):
    """A part that goes out, the one (or null) that takes its place, and where the old one went."""

    component = serializers.UUIDField()
    part = PartInput(allow_null=True)
    fate = serializers.ChoiceField(choices=Fate.choices, allow_blank=True, default="")


class ExchangeInput(Input):
    """One exchange: one part, several, or (with `new_circuit`, a label) the whole circuit.

    For a whole circuit every part of the old one is told: in `changes`, or in `moved` if it goes
    along. A fault without `complications` or `no_complication_by` leaves that owed.
    """

    exchanged_at = Instant()
    reason = serializers.ChoiceField(choices=RemovalReason.choices)
    urgency = serializers.ChoiceField(choices=Urgency.choices, allow_blank=True, default="")
    off_support_s = serializers.IntegerField(
        min_value=0, max_value=86_400, allow_null=True, default=None, help_text="s"
    )
    complications = serializers.ListField(
        child=serializers.ChoiceField(choices=CODES), default=list, max_length=10
    )
    no_complication_by = Text(max_length=120, help_text="who said that it was none")
    note = Text(max_length=300)
    new_circuit = Text(max_length=60)
    moved = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=30)
    changes = PartChange(many=True, allow_empty=False)
    confirmed = confirmations()


class ExchangeShape(EnteredShape):
    """An exchange: what went out and what is in since."""

    circuit = CircuitNameShape(source="row.circuit")
    new_circuit = CircuitNameShape(source="row.new_circuit", allow_null=True)
    exchanged_at = Instant(source="row.exchanged_at")
    reason = serializers.CharField(source="row.reason")
    urgency = serializers.CharField(source="row.urgency")
    off_support_s = serializers.IntegerField(
        source="row.off_support_s", allow_null=True, help_text="s; null: not known"
    )
    no_complication_by = serializers.CharField(source="row.no_complication_by")
    note = serializers.CharField(source="row.note")
    components = ComponentShape(many=True, help_text="what went in")
    taken_out = ComponentShape(many=True)


@dataclass(frozen=True, slots=True)
class Told:
    """An exchange with the lives of its parts."""

    row: Exchange
    components: list[Life]
    taken_out: list[Life]

    def __getattr__(self, name: str) -> Any:
        """Show the row's own facts."""
        return getattr(self.row, name)


class ExchangeEndpoint(PartsOfRun, Listed, Shown):
    """Exchanges of a run, newest first."""

    queryset = Exchange.objects.none()
    serializer_class = ExchangeShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.COMPONENT_EXCHANGE,
    }

    def visible_rows(self) -> QuerySet[Exchange]:
        """Of the run."""
        rows: QuerySet[Exchange] = self.parent.exchanges.all()
        return rows.select_related("circuit", "new_circuit", "entered_by")

    def presented(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return exchanges with the lives of their parts."""
        found = lives(self.parent, self.at)
        return [
            Told(
                row,
                [life for life in found if life.use.came_in_with_id == row.pk],
                [life for life in found if life.use.went_out_with_id == row.pk],
            )
            for row in rows
        ]

    @extend_schema(request=ExchangeInput, responses={201: ExchangeShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Exchange parts. 409 `not_in_circuit` says who took a part out before, and when."""
        run, told = self.parent, self.read(ExchangeInput)
        given = told.pop("changes")
        uses = [self.use_of(change["component"]) for change in given]
        facts = ExchangeFacts(
            urgency=told.pop("urgency"),
            off_support_s=told.pop("off_support_s"),
            fates={use.pk: change["fate"] for use, change in zip(uses, given, strict=True)},
            complications=tuple(told.pop("complications")),
            no_complication_by=told.pop("no_complication_by"),
            new_circuit=told.pop("new_circuit"),
            moved=tuple(self.use_of(public_id) for public_id in told.pop("moved")),
        )
        changes = [
            (use, new_part(change["part"], self.user, self.at) if change["part"] else None)
            for use, change in zip(uses, given, strict=True)
        ]
        exchange_components(run=run, changes=changes, **told, facts=facts, by=self.user, at=self.at)
        row = self.visible_rows().filter(taken_out__in=[use.pk for use in uses]).first()
        return self.created(row)
