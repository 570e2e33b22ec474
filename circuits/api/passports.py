"""The passport of a circuit through the API."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.api.base import OfRun
from circuits.api.part_shapes import NumberedPartShape
from circuits.models import Circuit
from circuits.passports import passport
from web.shapes import Instant, PersonShape, Shape

P = Permission


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
