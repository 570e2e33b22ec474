"""Device incidents through the API: of a run, or of a device on which no patient is."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from accounts.permissions import Permission
from circuits.actions.incidents import (
    close_incident,
    hand_over,
    judge_harm,
    record_incident,
    release_part,
    report_incident,
)
from circuits.actions.incidents_outside import record_incident_outside
from circuits.api.base import confirmations, new_part
from circuits.api.part_shapes import NumberedPartShape, PartInput
from circuits.models import ComponentUse, DeviceIncident, HarmDone, StockLot
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, PersonShape, RowField, Text, UnitShape

P = Permission


class CustodyShape(EnteredShape):
    """Who holds the part from a time on."""

    holder = serializers.CharField()
    place = serializers.CharField()
    note = serializers.CharField()
    taken_at = Instant()


class IncidentShape(EnteredShape):
    """One incident with a device, as a case."""

    unit = UnitShape()
    component = NumberedPartShape(allow_null=True)
    happened_at = Instant()
    known_at = Instant()
    what = serializers.CharField()
    harm = serializers.ChoiceField(choices=HarmDone.choices)
    quarantined_at = Instant(allow_null=True)
    released_at = Instant(allow_null=True)
    released_to = serializers.CharField()
    custody = CustodyShape(many=True)
    report_by = Instant(allow_null=True)
    report_rule = serializers.CharField()
    reported_at = Instant(allow_null=True)
    reported_to = serializers.CharField()
    closed_at = Instant(allow_null=True)
    closed_by = PersonShape(allow_null=True)
    outcome = serializers.CharField()


class IncidentInput(Input):
    """An incident, of a run or (with `unit`) of a device outside any."""

    run = RowField(queryset=Run.objects.all(), default=None, allow_null=True)
    unit = RowField(queryset=Unit.objects.all(), default=None, allow_null=True)
    component = serializers.UUIDField(
        default=None, allow_null=True, help_text="public_id of the component in the run"
    )
    part = PartInput(required=False, help_text="with `unit`: the device as its label says")
    stock_lot = RowField(
        queryset=StockLot.objects.all(),
        default=None,
        allow_null=True,
        help_text="with `unit`: one of this lot leaves the shelf",
    )
    happened_at = Instant()
    what = serializers.CharField(max_length=4000)
    harm = serializers.ChoiceField(choices=HarmDone.choices)
    harm_note = Text(max_length=300)
    keep_part = serializers.BooleanField(default=True)
    holder = Text(max_length=150)
    place = Text(max_length=150)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one of run and unit."""
        if (attrs["run"] is None) == (attrs["unit"] is None):
            raise serializers.ValidationError(
                "Name either the run or, for a device outside any run, the unit.", code="one_of"
            )
        own, others = (
            ("component", ("part", "stock_lot")) if attrs["run"] else ("part", ("component",))
        )
        if any(attrs.get(name) for name in others):
            raise serializers.ValidationError(
                f"Here the device is named by `{own}`.", code="one_of"
            )
        return attrs


class CustodyInput(Input):
    """The part goes from hand to hand."""

    holder = serializers.CharField(max_length=150)
    place = serializers.CharField(max_length=150)
    taken_at = Instant()
    note = Text(max_length=300)


class HarmInput(Input):
    """The harm, once it is known."""

    harm = serializers.ChoiceField(choices=HarmDone.choices)
    harm_note = Text(max_length=300)


class ReleaseInput(Input):
    """What became of the part."""

    to = serializers.CharField(max_length=200)
    released_at = Instant()
    confirmed = confirmations()


class ReportedInput(Input):
    """To whom the incident was reported."""

    to = serializers.CharField(max_length=200)
    reported_at = Instant()


class IncidentOutcomeInput(Input):
    """What the case came to."""

    outcome = serializers.CharField(max_length=4000)


class IncidentFilter(Filters):
    """Which incidents."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    harm = django_filters.ChoiceFilter(choices=HarmDone.choices)
    is_open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")


class IncidentEndpoint(Listed, Shown):
    """Device incidents of one's units: quarantine, custody, report, outcome. Names no patient."""

    queryset = DeviceIncident.objects.none()
    serializer_class = IncidentShape
    filterset_class = IncidentFilter
    ordering_fields = ("happened_at", "report_by")
    rows = DeviceIncident.objects.select_related(
        "unit__centre", "component__model", "entered_by", "closed_by"
    ).prefetch_related("custody__entered_by")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "create": P.INCIDENT_RECORD,
        "hand_over": P.INCIDENT_RECORD,
        "harm": P.INCIDENT_RECORD,
        "release": P.CATALOGUE_EDIT,
        "report": P.CATALOGUE_EDIT,
        "close": P.CATALOGUE_EDIT,
    }

    @extend_schema(request=IncidentInput, responses={201: IncidentShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Record an incident; its part is kept aside, its report falls due by the site's rules."""
        facts = self.read(IncidentInput)
        run, unit, use = facts.pop("run"), facts.pop("unit"), facts.pop("component")
        part, lot = facts.pop("part", None), facts.pop("stock_lot")
        facts |= {"by": self.user, "at": self.at}
        if run is None:
            self._unit(unit)
            return self.created(
                record_incident_outside(
                    unit=unit,
                    part=new_part(part, self.user, self.at) if part else None,
                    lot=self._lot(lot, unit),
                    **facts,
                )
            )
        run = self.find(Run.objects.select_related("patient", "unit__centre"), str(run.public_id))
        component = self._use(run, use).component if use else None
        return self.created(record_incident(unit=run.unit, run=run, component=component, **facts))

    @extend_schema(request=CustodyInput, responses=IncidentShape)
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent
    def hand_over(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note who holds the part from a time on, and where."""
        return self._step(hand_over, CustodyInput)

    @extend_schema(request=HarmInput, responses=IncidentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def harm(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what it did to the patient; the report's date follows."""
        return self._step(judge_harm, HarmInput)

    @extend_schema(request=ReleaseInput, responses=IncidentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Let the part go."""
        return self._step(release_part, ReleaseInput)

    @extend_schema(request=ReportedInput, responses=IncidentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def report(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note the report as sent."""
        return self._step(report_incident, ReportedInput)

    @extend_schema(request=IncidentOutcomeInput, responses=IncidentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Close with the outcome. 409 `report_owed` while the report or the part is owed."""
        return self._step(close_incident, IncidentOutcomeInput)

    def _step(self, act: Any, shape: type[Input]) -> Response:
        incident, facts = self.row, self.read(shape)
        done = act(incident=incident, **facts, by=self.user, at=self.at)
        return self.show(getattr(done, "incident", done))

    def _use(self, run: Run, public_id: Any) -> ComponentUse:
        use = ComponentUse.objects.filter(circuit__run=run, public_id=public_id).first()
        if use is None:
            raise ValidationError({"component": "This run has no such component."})
        return use

    def _lot(self, lot: StockLot | None, unit: Unit) -> StockLot | None:
        if lot is not None and lot.unit_id != unit.pk:
            raise ValidationError({"stock_lot": "This lot lies in the store of another unit."})
        return lot

    def _unit(self, unit: Unit) -> None:
        units = Unit.objects.with_permission(self.user, self.permission, self.at)
        if not units.filter(pk=unit.pk).exists():
            raise ValidationError({"unit": "This is no unit in which you may do that."})
