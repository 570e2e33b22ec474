"""Devices that are not used up, through the API."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.consoles import (
    add_console,
    lend_console,
    record_service,
    record_water,
    return_console,
    set_state,
)
from circuits.api.console_shapes import (
    ConsoleInput,
    ConsoleShape,
    ConsoleStateInput,
    LoanInput,
    LoanReturnInput,
    ServiceInput,
    ServiceShape,
    WaterInput,
    WaterShape,
)
from circuits.api.stock import OfCentre
from circuits.consoles import ConsoleLine, console_lines
from circuits.models import ComponentKind, Console, ServiceState
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission


class ConsoleFilter(Filters):
    """Which devices."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    kind = django_filters.ChoiceFilter(
        field_name="component__model__kind", choices=ComponentKind.choices
    )
    state = django_filters.ChoiceFilter(choices=ServiceState.choices)


class ConsoleEndpoint(OfCentre, Listed, Shown):
    """Consoles, heater units and the like: where they are, looked after, lent, given back."""

    queryset = Console.objects.none()
    serializer_class = ConsoleShape
    filterset_class = ConsoleFilter
    ordering_fields = ("asset_tag",)
    rows = Console.objects.select_related("component__model", "unit__centre", "entered_by")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "records": P.CATALOGUE_VIEW,
        "water_results": P.CATALOGUE_VIEW,
        "create": P.CATALOGUE_EDIT,
        "service": P.CATALOGUE_EDIT,
        "water": P.CATALOGUE_EDIT,
        "state": P.CATALOGUE_EDIT,
        "lend": P.CATALOGUE_EDIT,
        "give_back": P.CATALOGUE_EDIT,
    }

    def presented(self, rows: Sequence[Console]) -> Sequence[ConsoleLine]:
        """Return each with where it is and what is due."""
        return console_lines(rows, self.user, self.at)

    @extend_schema(request=ConsoleInput, responses={201: ConsoleShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Add a device. 409 `console_known`, with who keeps it."""
        facts = self.read(ConsoleInput)
        self.in_unit(facts["unit"])
        return self.created(add_console(**facts, by=self.user, at=self.at))

    @extend_schema(responses=ServiceShape(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def records(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Tell everything that was done to it, the newest first."""
        rows = self.row.records.select_related("entered_by")
        return Response(ServiceShape(rows, many=True).data)

    @extend_schema(responses=WaterShape(many=True))
    @action(
        detail=True,
        methods=["get"],
        url_path="water-results",
        filterset_class=None,
        pagination_class=None,
    )
    def water_results(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Tell every result of its water, the newest first."""
        rows = self.row.water_results.select_related("entered_by", "supersedes")
        return Response(WaterShape(rows, many=True).data)

    @extend_schema(request=ServiceInput, responses={201: ServiceShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def service(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note a maintenance, a test, alarm limits, or hygiene. What failed goes out of service."""
        return self._recorded(record_service, ServiceInput, ServiceShape)

    @extend_schema(request=WaterInput, responses={201: WaterShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def water(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note a water result. One that is not acceptable takes the unit out of service."""
        return self._recorded(record_water, WaterInput, WaterShape)

    @extend_schema(request=ConsoleStateInput, responses=ConsoleShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def state(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put it in or out of service, or say where it stands."""
        return self._changed(set_state, ConsoleStateInput)

    @extend_schema(request=LoanInput, responses=ConsoleShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def lend(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Lend our own. 409 `console_in_use`, `not_lent`."""
        return self._changed(lend_console, LoanInput)

    @extend_schema(request=LoanReturnInput, responses=ConsoleShape)
    @action(detail=True, methods=["post"], url_path="return")
    @idempotent
    def give_back(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """End a loan: our own is back, or another's was given back. 409 `not_lent`."""
        return self._changed(return_console, LoanReturnInput)

    def _recorded(self, act: Callable[..., Any], read: Any, shown: Any) -> Response:
        console, facts = self.row, self.read(read)
        corrected = facts.get("supersedes")
        if corrected is not None and corrected.console_id != console.pk:
            raise ValidationError({"supersedes": "This device has no such result."})
        row = act(console=console, **facts, by=self.user, at=self.at)
        return Response(shown(row).data, status=201)

    def _changed(self, act: Callable[..., Any], read: Any) -> Response:
        return self.show(act(console=self.row, **self.read(read), by=self.user, at=self.at))
