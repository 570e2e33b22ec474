"""Alerts and what is due, through the API."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from alerts.actions import acknowledge
from alerts.models import Alert, AlertChange, Category, Change, Due
from alerts.past import open_at
from alerts.queries import history, with_seen
from clinical.findings import Severity
from clinical.measures import MEASURES
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import Input, Instant, Number, PersonShape, PlainJson, Shape, Text, UnitShape

P = Permission

SEVERITIES = [(one.name.lower(), one.name.title()) for one in Severity]
AT = OpenApiParameter(
    "at", datetime, description="what was open at this time, as it then stood; default: now"
)


class SeverityField(serializers.ChoiceField):
    """How urgently somebody is needed, as a word."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=SEVERITIES, **kwargs)

    def to_representation(self, value: Any) -> str:
        """Name the number."""
        return Severity(value).name.lower()


class AcknowledgementShape(Shape):
    """Somebody has seen an alert; it stays open."""

    severity = SeverityField()
    by = PersonShape()
    at = Instant()
    note = serializers.CharField()


class AlertShape(Shape):
    """A finding that someone must act on, with what it rests on."""

    public_id = serializers.UUIDField()
    unit = UnitShape()
    run = serializers.UUIDField(source="run.public_id", default=None)
    code = serializers.CharField()
    subject = serializers.CharField(help_text="key of what it is about, within unit or run")
    category = serializers.ChoiceField(choices=Category.choices)
    severity = SeverityField()
    message = serializers.CharField()
    parameter = serializers.CharField()
    side = serializers.CharField(help_text="low, high or blank")
    value = Number(allow_null=True)
    comparator = serializers.CharField()
    value_unit = serializers.CharField(help_text="UCUM, of value and limit")
    limit = Number(allow_null=True, help_text="the bound that was passed, as valid at that time")
    measured_at = Instant(allow_null=True)
    since = Instant(allow_null=True, help_text="outside since, without a break")
    source = serializers.CharField(help_text="check_id, or result:public_id")  # type: ignore[assignment]  # a field
    opened_at = Instant(help_text="when it became known")
    closed_at = Instant(allow_null=True)
    acknowledgements = AcknowledgementShape(many=True, source="acknowledgements.all")


class AlertChangeShape(Shape):
    """One opening, escalation, easing or closing."""

    alert = serializers.UUIDField(source="alert.public_id")
    code = serializers.CharField(source="alert.code")
    category = serializers.CharField(source="alert.category")
    parameter = serializers.CharField(source="alert.parameter")
    side = serializers.CharField(source="alert.side")
    at = Instant()
    change = serializers.ChoiceField(choices=Change.choices)
    severity = SeverityField(allow_null=True)
    value = Number(allow_null=True)
    unit = serializers.SerializerMethodField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    run_ended = serializers.BooleanField(help_text="closed because the run ended")
    why = serializers.CharField(help_text="why it closed, if not by itself")

    def get_unit(self, change: AlertChange) -> str:
        """The unit of the value (UCUM)."""
        parameter = change.alert.parameter
        return MEASURES[parameter].unit if parameter in MEASURES else change.alert.value_unit


class NoteInput(Input):
    """A word to an acknowledgement."""

    note = Text(max_length=300)


class AlertFilter(Filters):
    """Which alerts."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    run = django_filters.UUIDFilter(field_name="run__public_id")
    category = django_filters.ChoiceFilter(choices=Category.choices)
    severity = django_filters.ChoiceFilter(choices=SEVERITIES, method="as_bad_as")

    def as_bad_as(self, rows: QuerySet[Alert], _name: str, word: str) -> QuerySet[Alert]:
        """Of exactly this severity; of a time that has passed, `list` asks it of what held then."""
        if "at" in self.data:
            return rows
        return rows.filter(severity=Severity[word.upper()])


class AlertsOpen(Listed):
    """What is open, now or at a time that has passed."""

    queryset = Alert.objects.none()
    serializer_class = AlertShape
    filterset_class = AlertFilter

    @extend_schema(parameters=[AT])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Return open alerts, the most urgent first."""
        if "at" not in request.query_params:
            return super().list(request, **kwargs)
        moment = Instant().run_validation(request.query_params["at"])
        rows = self.filter_queryset(with_seen(self.ever()))
        standing = open_at(rows, moment)
        if word := request.query_params.get("severity"):
            standing = [one for one in standing if Severity(one.severity).name.lower() == word]
        page = self.paginate_queryset(standing) or []
        if self.parents is None:
            self.note_reading(page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def ever(self) -> QuerySet[Alert]:
        """Return every alert that was ever open here."""
        raise NotImplementedError

    def visible_rows(self) -> QuerySet[Alert]:
        """Open now."""
        rows = with_seen(self.ever()).filter(closed_at=None)
        return rows.order_by("-severity", "opened_at", "code", "pk")


class AlertEndpoint(AlertsOpen, Shown):
    """Alerts of the units that one sees."""

    rows = Alert.objects
    whose = "run.patient.public_id"
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "acknowledge": P.ALERT_ACKNOWLEDGE,
    }

    def ever(self) -> QuerySet[Alert]:
        """Of the units that one sees."""
        return Alert.objects.visible_to(self.user, self.at)

    def note_reading(self, rows: Iterable[Alert]) -> None:
        """Alerts of a unit without a run tell about nobody."""
        super().note_reading(row for row in rows if row.run_id is not None)

    @extend_schema(request=NoteInput, responses={201: AcknowledgementShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def acknowledge(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that somebody has seen an alert; it stays open."""
        alert, facts = self.row, self.read(NoteInput)
        seen = acknowledge(alert=alert, **facts, by=self.user, at=self.at)
        return Response(AcknowledgementShape(seen).data, status=status.HTTP_201_CREATED)


class RunAlertEndpoint(AlertsOpen):
    """Alerts of one run."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    def ever(self) -> QuerySet[Alert]:
        """Of the run."""
        return Alert.objects.filter(run=self.parent)


class AlertHistoryEndpoint(Listed):
    """Each opening, escalation, easing and closing of a run's alerts, oldest first."""

    queryset = AlertChange.objects.none()
    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
    serializer_class = AlertChangeShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    def visible_rows(self) -> QuerySet[AlertChange]:
        """Of the run."""
        return history(self.parent).order_by("at", "pk")


class DueShape(Shape):
    """Something that is due, by which rule, and why."""

    unit = UnitShape()
    run = serializers.UUIDField(source="run.public_id", default=None)
    subject = serializers.CharField(help_text="public id of what it is about")
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    due_at = Instant()
    warn_at = Instant(allow_null=True)
    overdue_at = Instant(help_text="counts as late after")
    is_overdue = serializers.SerializerMethodField()
    owner = serializers.CharField(help_text="role that owes it")
    rule = serializers.CharField(help_text="rule and version")
    anchor = Instant(allow_null=True, help_text="counted from")
    inputs = PlainJson(help_text="why it is due then")
    is_pending = serializers.BooleanField(help_text="done, answer awaited")

    def get_is_overdue(self, due: Due) -> bool:
        """Whether it is late now; exactly when it falls due it is not."""
        return bool(due.overdue_at < self.context["view"].at)


class DueFilter(Filters):
    """What of it."""

    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    run = django_filters.UUIDFilter(field_name="run__public_id")
    kind = django_filters.CharFilter()
    is_overdue = django_filters.BooleanFilter(method="late", label="counts as late now")

    def late(self, rows: QuerySet[Due], _name: str, value: bool) -> QuerySet[Due]:  # noqa: FBT001 - django-filter's call
        """Late rows, or the others."""
        is_late = Q(overdue_at__lt=self.request.parser_context["view"].at)
        return rows.filter(is_late) if value else rows.exclude(is_late)


class DuesOpen(Listed):
    """What is owed, the soonest first."""

    queryset = Due.objects.none()
    serializer_class = DueShape
    filterset_class = DueFilter
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    def visible_rows(self) -> QuerySet[Due]:
        """Of the units that one sees."""
        rows = Due.objects.open().visible_to(self.user, self.at)
        return rows.select_related("unit", "run").order_by("due_at", "kind", "pk")


class DueEndpoint(DuesOpen):
    """What the units that one sees owe."""


class RunDueEndpoint(DuesOpen):
    """What one run owes."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"

    def visible_rows(self) -> QuerySet[Due]:
        """Of the run."""
        rows = Due.objects.open().filter(run=self.parent)
        return rows.select_related("unit", "run").order_by("due_at", "kind", "pk")
