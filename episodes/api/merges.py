"""Merging the record of an unknown patient into a known one through the API."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.api.base import confirmations
from episodes.actions.merging import merge_patients, undo_merge
from patients.models import Patient, PatientMerge
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import Input, Instant, PersonShape, ReasonInput, Shape

P = Permission


class MergeShape(Shape):
    """One record that went into another."""

    public_id = serializers.UUIDField()
    retired = serializers.UUIDField(source="retired.public_id")
    survivor = serializers.UUIDField(source="survivor.public_id")
    reason = serializers.CharField()
    doubts = serializers.ListField(child=serializers.CharField(), help_text="confirmed")
    merged_at = Instant()
    merged_by = PersonShape()
    undone_at = Instant(allow_null=True)
    undone_by = PersonShape(allow_null=True)
    undone_why = serializers.CharField()


class MergeInput(Input):
    """Two records of one person; `same_person` and each doubt are asked back."""

    retired = serializers.UUIDField(help_text="the unknown patient")
    survivor = serializers.UUIDField(help_text="the known patient, whose record is kept")
    reason = serializers.CharField(max_length=200, help_text="how it is known who this is")
    confirmed = confirmations()


class MergeEndpoint(Listed, Shown):
    """Records of unknown patients that went into those of known ones, the newest first."""

    queryset = PatientMerge.objects.none()
    rows = PatientMerge.objects.select_related(
        "retired", "survivor__unit__centre", "merged_by", "undone_by"
    )
    serializer_class = MergeShape
    whose = "survivor.public_id"
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.PATIENT_EDIT,
        "undo": P.PATIENT_EDIT,
    }

    def visible_rows(self) -> QuerySet[PatientMerge]:
        """Into patients whom one may see."""
        rows = PatientMerge.objects.visible_to(self.user, self.at)
        return rows.select_related("retired", "survivor", "merged_by", "undone_by")

    @extend_schema(request=MergeInput, responses={201: MergeShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Merge. 409 `needs_confirmation`, `on_ecmo_twice`, `not_unknown`, `cannot_merge`."""
        facts = self.read(MergeInput)
        rows = Patient.objects.select_related("unit__centre", "centre")
        for name in ("retired", "survivor"):
            facts[name] = self.find(rows, facts[name])
        return self.created(merge_patients(**facts, by=self.user, at=self.at))

    @extend_schema(request=ReasonInput, responses=MergeShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Part the two records again. 409 `nothing_to_undo`."""
        merge, facts = self.row, self.read(ReasonInput)
        return self.show(undo_merge(merge=merge, **facts, by=self.user, at=self.at))
