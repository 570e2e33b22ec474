"""The shelf through the API."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from accounts.permissions import Permission
from circuits.access import open_shared
from circuits.actions.counts import count_stock
from circuits.actions.stock import (
    Arrival,
    discard_stock,
    quarantine_stock,
    receive_stock,
    reserve_stock,
    return_stock,
    set_par_level,
)
from circuits.api.stock_shapes import (
    AsideEndInput,
    CountInput,
    CountShape,
    DeliveryInput,
    MoveInput,
    MovementShape,
    ParLevelInput,
    ParLevelShape,
    ReservationInput,
    StockLotShape,
)
from circuits.models import MovementKind, ParLevel, StockLot, StockMovement
from circuits.stocklist import LotLine, lines_of
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission


class OfCentre(Endpoint):
    """Equipment: everybody of the centre may read it, whoever may in its unit changes it."""

    @property
    def row(self) -> Any:
        """The row that the path names."""
        return open_shared(self.rows, self.user, self.kwargs["public_id"], self.permission)

    def in_unit(self, unit: Unit) -> Unit:
        """Return the unit that the body names, if the user may act in it."""
        units = Unit.objects.with_permission(self.user, self.permission, self.at)
        if not units.filter(pk=unit.pk).exists():
            raise ValidationError({"unit": "This is no unit in which you may do that."})
        return unit


class StockLotFilter(Filters):
    """Which lots."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    model = django_filters.UUIDFilter(field_name="model__public_id")
    lot = django_filters.CharFilter()


class StockLotEndpoint(OfCentre, Listed, Shown):
    """Lots in the stores of one's centres: what lies there, received, counted, reserved, thrown away."""

    queryset = StockLot.objects.none()
    serializer_class = StockLotShape
    filterset_class = StockLotFilter
    ordering_fields = ("expires_on", "lot")
    rows = StockLot.objects.select_related("model", "unit__centre", "entered_by")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "movements": P.CATALOGUE_VIEW,
        "create": P.CATALOGUE_EDIT,
        "count": P.CATALOGUE_EDIT,
        "reserve": P.CATALOGUE_EDIT,
        "set_aside": P.CATALOGUE_EDIT,
        "discard": P.CATALOGUE_EDIT,
    }

    def presented(self, rows: Sequence[StockLot]) -> Sequence[LotLine]:
        """Return each with what lies of it."""
        return lines_of(rows, self.at)

    @extend_schema(request=DeliveryInput, responses={201: StockLotShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Receive a delivery; the same lot again adds to it. 409 `received_already`."""
        facts = self.read(DeliveryInput)
        unit = self.in_unit(facts.pop("unit"))
        received_at, reason = facts.pop("received_at"), facts.pop("reason")
        movement = receive_stock(
            unit=unit,
            arrival=Arrival(**facts),
            received_at=received_at,
            reason=reason,
            by=self.user,
            at=self.at,
        )
        return self.created(movement.lot)

    @extend_schema(responses=MovementShape(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def movements(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Tell everything that moved of the lot, the oldest first."""
        moved = self.row.movements.select_related("lot", "component", "settles", "entered_by")
        return Response(MovementShape(moved, many=True).data)

    @extend_schema(request=CountInput, responses={201: CountShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def count(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note how many lie free on the shelf. 422 `count_differs` without a reason where it does."""
        count = count_stock(lot=self.row, **self.read(CountInput), by=self.user, at=self.at)
        return Response(CountShape(count).data, status=201)

    @extend_schema(request=ReservationInput, responses={201: MovementShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def reserve(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Set some aside for a plan. 409 `lot_expired`, `lot_recalled`, `part_used`, `stock_gone`."""
        return self._move(reserve_stock, ReservationInput, "reserved_at")

    @extend_schema(request=MoveInput, responses={201: MovementShape})
    @action(detail=True, methods=["post"], url_path="set-aside")
    @idempotent
    def set_aside(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Keep some aside until it is decided what becomes of it."""
        return self._move(quarantine_stock, MoveInput, "quarantined_at")

    @extend_schema(request=MoveInput, responses={201: MovementShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def discard(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Throw some away."""
        return self._move(discard_stock, MoveInput, "discarded_at")

    def _move(self, act: Callable[..., StockMovement], shape: Any, time: str) -> Response:
        lot, facts = self.row, self.read(shape)
        part = facts["component"]
        if part is not None and not lot.movements.filter(component=part).exists():
            raise ValidationError({"component": "This lot has no such part."})
        facts[time] = facts.pop("moved_at")
        moved = act(lot=lot, **facts, by=self.user, at=self.at)
        return Response(MovementShape(moved).data, status=201)


class StockMovementFilter(Filters):
    """Which movements."""

    unit = django_filters.UUIDFilter(field_name="lot__unit__public_id")
    kind = django_filters.ChoiceFilter(choices=MovementKind.choices)
    is_open = django_filters.BooleanFilter(
        field_name="settled_by", lookup_expr="isnull", label="nothing has ended it yet"
    )


class StockMovementEndpoint(OfCentre, Listed, Shown):
    """What moved in the stores; a reservation or quarantine is ended here."""

    queryset = StockMovement.objects.none()
    serializer_class = MovementShape
    filterset_class = StockMovementFilter
    ordering_fields = ("moved_at",)
    rows = StockMovement.objects.select_related(
        "lot__model", "lot__unit__centre", "component", "settles", "entered_by"
    )
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "put_back": P.CATALOGUE_EDIT,
        "discard": P.CATALOGUE_EDIT,
    }

    @extend_schema(request=AsideEndInput, responses={201: MovementShape})
    @action(detail=True, methods=["post"], url_path="put-back")
    @idempotent
    def put_back(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """End it: back on the shelf. 409 `nothing_to_settle`, with who ended it and when."""
        movement, facts = self.row, self.read(AsideEndInput)
        facts["returned_at"] = facts.pop("moved_at")
        return self.created(return_stock(movement=movement, **facts, by=self.user, at=self.at))

    @extend_schema(request=AsideEndInput, responses={201: MovementShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def discard(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """End it: thrown away."""
        movement, facts = self.row, self.read(AsideEndInput)
        facts["discarded_at"] = facts.pop("moved_at")
        ended = discard_stock(lot=movement.lot, settles=movement, **facts, by=self.user, at=self.at)
        return self.created(ended)


class ParLevelFilter(Filters):
    """Which wishes."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    model = django_filters.UUIDFilter(field_name="model__public_id")


class ParLevelEndpoint(OfCentre, Listed):
    """How many of each product a store wants."""

    queryset = ParLevel.objects.none()
    serializer_class = ParLevelShape
    filterset_class = ParLevelFilter
    rows = ParLevel.objects.select_related("model", "unit__centre", "set_by")
    permissions: ClassVar = {"list": P.CATALOGUE_VIEW, "create": P.CATALOGUE_EDIT}

    @extend_schema(request=ParLevelInput, responses={201: ParLevelShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Say how many are wanted; the same product again replaces what was said."""
        facts = self.read(ParLevelInput)
        self.in_unit(facts["unit"])
        return self.created(set_par_level(**facts, by=self.user, at=self.at))
