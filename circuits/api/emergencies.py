"""Emergencies through the API: start the clock, open cards, note, name, end, debrief.

Steps are answered where every checklist is (`/checklists/`); `cards` of an emergency names them.
"""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require_in_unit, rights_in
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.actions.emergencies import (
    debrief_emergency,
    end_emergency,
    name_patient,
    note_in_emergency,
    open_card,
    start_emergency,
)
from circuits.emergencies import debriefs_for, opened_cards, timeline
from circuits.models import Emergency, EntryKind, HarmDone
from clinical.emergency import CODES, UNKNOWN
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.models import ChecklistRun
from web.shapes import EnteredShape, Input, Instant, PersonShape, Shape, Text, UnitShape

P = Permission


class OpenedCardShape(Shape):
    """A card that was opened; its steps are at `/checklists/<public_id>/`."""

    public_id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField(source="*")
    list_source = serializers.CharField(source="source", help_text="the version and whose it is")
    started_at = Instant()
    ended_at = Instant(allow_null=True)


class TimelineShape(Shape):
    """One line of what happened; `entered_at` later than `at` is a late entry."""

    at = Instant()
    entered_at = Instant()
    kind = serializers.CharField()
    text = serializers.CharField()
    note = serializers.CharField()
    by = PersonShape()


class DebriefShape(EnteredShape):
    """What was said soon after; only with the right to peer review, or one's own."""

    led_by = serializers.CharField()
    held_at = Instant()
    went_well = serializers.CharField()
    to_fix = serializers.CharField()
    equipment_faults = serializers.CharField()
    staff_ok = serializers.BooleanField(allow_null=True)


class EmergencyShape(Shape):
    """One emergency; `run` is null until somebody names the patient."""

    public_id = serializers.UUIDField()
    unit = UnitShape()
    run = serializers.UUIDField(source="run.public_id", default=None, allow_null=True)
    started_at = Instant()
    started_by = PersonShape()
    ended_at = Instant(allow_null=True)
    ended_by = PersonShape(allow_null=True)
    harm = serializers.ChoiceField(choices=HarmDone.choices)
    effect = serializers.CharField()
    cards = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    @extend_schema_field(OpenedCardShape(many=True))
    def get_cards(self, row: Emergency) -> Any:
        """The cards, the newest first."""
        return OpenedCardShape(opened_cards(row), many=True).data

    @extend_schema_field(TimelineShape(many=True))
    def get_timeline(self, row: Emergency) -> Any:
        """What happened, newest first."""
        return TimelineShape(timeline(row, opened_cards(row)), many=True).data


class StartInput(Input):
    """An emergency begins: of a run, or (with `unit`) before anybody knows whose it is."""

    public_id = serializers.UUIDField(required=False, help_text="made by the device")
    run = serializers.UUIDField(default=None, allow_null=True)
    unit = serializers.UUIDField(default=None, allow_null=True)
    card = serializers.ChoiceField(choices=CODES, default=UNKNOWN)
    started_at = Instant(default=None, allow_null=True, help_text="left out: now")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one of run and unit."""
        if (attrs["run"] is None) == (attrs["unit"] is None):
            raise serializers.ValidationError(
                "Name the run or, while nobody knows whose it is, the unit.", code="one_of"
            )
        return attrs


class CardInput(Input):
    """Which card is opened."""

    card = serializers.ChoiceField(choices=CODES)


class NameInput(Input):
    """Whose emergency it is."""

    run = serializers.UUIDField()


class EmergencyEntryInput(Input):
    """A line said, given, read or called."""

    public_id = serializers.UUIDField(required=False, help_text="made by the device")
    kind = serializers.ChoiceField(choices=EntryKind.choices)
    text = serializers.CharField(max_length=300)
    occurred_at = Instant(default=None, allow_null=True, help_text="left out: now")


class EmergencyEndInput(Input):
    """The end of an emergency."""

    ended_at = Instant()
    harm = serializers.ChoiceField(choices=HarmDone.choices, default=HarmDone.NOT_KNOWN)
    effect = Text(max_length=300)


class DebriefInput(Input):
    """What those who were there say soon after."""

    led_by = serializers.CharField(max_length=150)
    held_at = Instant()
    went_well = Text(max_length=4000)
    to_fix = Text(max_length=4000)
    equipment_faults = Text(max_length=4000)
    staff_ok = serializers.BooleanField(default=None, allow_null=True)


class EmergencyFilter(Filters):
    """Which emergencies."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    run = django_filters.UUIDFilter(field_name="run__public_id")
    is_running = django_filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull")


class EmergencyEndpoint(Listed, Shown):
    """Emergencies of one's units."""

    queryset = Emergency.objects.none()
    serializer_class = EmergencyShape
    filterset_class = EmergencyFilter
    ordering_fields = ("started_at",)
    rows = Emergency.objects.select_related(
        "unit__centre", "run__patient", "started_by", "ended_by"
    )
    whose = "run.patient.public_id"
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "debriefs": P.CATALOGUE_VIEW,
        "create": P.CHECKLIST_ANSWER,
        "card": P.CHECKLIST_ANSWER,
        "name_patient": P.CHECKLIST_ANSWER,
        "entry": P.CHECKLIST_ANSWER,
        "end": P.CHECKLIST_ANSWER,
        "debrief": P.CHECKLIST_ANSWER,
    }

    def visible_rows(self) -> QuerySet[Emergency]:
        """Of one's units, running ones first."""
        rows = super().visible_rows()
        return rows.select_related("unit__centre", "run__patient", "started_by", "ended_by")

    def note_reading(self, rows: Iterable[Emergency]) -> None:
        """Write down only those whose patient is named."""
        super().note_reading(row for row in rows if row.run is not None)

    @property
    def emergency(self) -> Emergency:
        """The emergency that the path names; of a patient only where one may see patients."""
        row: Emergency = self.row
        if row.run is not None:
            require_in_unit(self.user, P.PATIENT_VIEW, row.unit, self.at)
        return row

    @extend_schema(request=StartInput, responses={201: EmergencyShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Start the clock; whoever is on call is told."""
        facts = self.read(StartInput)
        run, unit = facts.pop("run"), facts.pop("unit")
        found = self._run(run) if run else None
        where = found.unit if found else self._unit(unit)
        return self.created(
            start_emergency(unit=where, run=found, **facts, by=self.user, at=self.at)
        )

    @extend_schema(request=CardInput, responses={201: OpenedCardShape})
    @action(detail=True, methods=["post"], url_path="cards")
    @idempotent
    def card(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Open another card; one that is open already is answered as it is."""
        facts = self.read(CardInput)
        card: ChecklistRun = open_card(emergency=self.emergency, **facts, by=self.user, at=self.at)
        return Response(OpenedCardShape(card).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=NameInput, responses=EmergencyShape)
    @action(detail=True, methods=["post"], url_path="patient")
    @idempotent
    def name_patient(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say whose emergency it is. 409 `names_another` once it is somebody else's."""
        run = self._run(self.read(NameInput)["run"])
        row = name_patient(emergency=self.emergency, run=run, by=self.user, at=self.at)
        return self.show(row)

    @extend_schema(request=EmergencyEntryInput, responses={201: EmergencyShape})
    @action(detail=True, methods=["post"], url_path="entries")
    @idempotent
    def entry(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Add a line; one that comes late keeps both times."""
        row = self.emergency
        facts = self.read(EmergencyEntryInput)
        note_in_emergency(emergency=row, **facts, by=self.user, at=self.at)
        return self.created(row)

    @extend_schema(request=EmergencyEndInput, responses=EmergencyShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Stop the clock and close the cards."""
        row, facts = self.emergency, self.read(EmergencyEndInput)
        return self.show(end_emergency(emergency=row, **facts, by=self.user, at=self.at))

    @extend_schema(request=DebriefInput, responses={201: DebriefShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def debrief(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Keep what was said soon after."""
        row, facts = self.emergency, self.read(DebriefInput)
        debrief = debrief_emergency(emergency=row, **facts, by=self.user, at=self.at)
        return Response(DebriefShape(debrief).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=DebriefShape(many=True))
    @action(detail=True, methods=["get"])
    def debriefs(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return the debriefs that one may read: all with the right to peer review, else one's own."""
        row = self.emergency
        may_review = P.PEER_REVIEW in rights_in(self.user, row.unit)
        rows = debriefs_for(self.user, row, may_review=may_review)
        return Response(DebriefShape(rows, many=True).data)

    def _run(self, public_id: object) -> Run:
        run: Run = self.find(Run.objects.select_related("patient", "unit__centre"), public_id)
        return run

    def _unit(self, public_id: UUID) -> Unit:
        unit = units_of(self.user, self.permission, self.at).filter(public_id=public_id).first()
        if unit is None:
            raise serializers.ValidationError({"unit": "In this unit you may not do that."})
        return unit
