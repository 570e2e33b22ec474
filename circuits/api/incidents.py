"""Device incidents, and the passport of a circuit, through the API."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
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
from circuits.api.base import OfRun, confirmations
from circuits.api.part_shapes import DeviceModelShape
from circuits.models import Circuit, ComponentUse, DeviceIncident, HarmDone
from circuits.passports import passport
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, PersonShape, RowField, Shape, Text, UnitShape

P = Permission


class NumberedPartShape(Shape):
    """One physical part."""

    public_id = serializers.UUIDField()
    model = DeviceModelShape()
    lot = serializers.CharField()
    serial = serializers.CharField()
    udi = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)


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
        if run is not None:
            rows = Run.objects.select_related("patient", "unit__centre")
            run = self.find(rows, str(run.public_id))
        else:
            self._unit(unit)
        component = self._use(run, use).component if use else None
        incident = record_incident(
            unit=run.unit if run else unit,
            run=run,
            component=component,
            **facts,
            by=self.user,
            at=self.at,
        )
        return self.created(incident)

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

    def _use(self, run: Run | None, public_id: Any) -> ComponentUse:
        use = ComponentUse.objects.filter(circuit__run=run, public_id=public_id).first()
        if run is None or use is None:
            raise ValidationError({"component": "This run has no such component."})
        return use

    def _unit(self, unit: Unit) -> None:
        units = Unit.objects.with_permission(self.user, self.permission, self.at)
        if not units.filter(pk=unit.pk).exists():
            raise ValidationError({"unit": "This is no unit in which you may do that."})


class PassportEntryShape(Shape):
    """One part in one position."""

    component = NumberedPartShape(source="use.component")
    installed_at = Instant(source="use.installed_at")
    entered_by = PersonShape(source="use.entered_by")
    removed_at = Instant(source="use.removed_at", allow_null=True)
    removed_by = PersonShape(source="use.removed_by", allow_null=True)
    removed_reason = serializers.CharField(source="use.removed_reason")
    note = serializers.CharField(source="use.note")
    hours_exact = serializers.CharField(help_text="H:MM in place")
    photos = serializers.IntegerField(source="photo_count", help_text="how many there are")
    recalls = serializers.ListField(
        source="recall_names", child=serializers.CharField(), help_text="issuer and reference"
    )
    incidents = serializers.IntegerField(source="incident_count", help_text="how many")


class PassportLineShape(Shape):
    """One position, the first part first."""

    position = serializers.CharField()
    kind = serializers.CharField()
    entries = PassportEntryShape(many=True)


class PassportShape(Shape):
    """A circuit with all that was ever in it."""

    circuit = serializers.CharField(source="circuit.label")
    started_at = Instant(source="circuit.started_at")
    ended_at = Instant(source="circuit.ended_at", allow_null=True)
    lines = PassportLineShape(many=True)


class PassportEndpoint(OfRun):
    """The passport of a circuit, by the circuit's public id."""

    queryset = Circuit.objects.none()
    serializer_class = PassportShape
    permissions: ClassVar = {"retrieve": P.PATIENT_VIEW}

    def visible_rows(self) -> QuerySet[Circuit]:
        """Circuits of the run."""
        rows: QuerySet[Circuit] = self.parent.circuits.all()
        return rows

    def retrieve(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return every part that was ever in the circuit, position by position."""
        run = self.parent
        circuit = get_object_or_404(self.get_queryset(), public_id=self.kwargs["public_id"])
        return Response(PassportShape(passport(circuit, run.ended_at or self.at)).data)
