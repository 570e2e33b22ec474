"""Anticoagulation plans through the API: the target, how it went, what the protocol says."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from clinical.measures import MEASURES
from clinical.titration import TitrationRow
from labs.actions.plans import end_plan, set_plan
from labs.api.base import OfRun
from labs.models import Agent, AnticoagulationPlan
from labs.queries.plans import is_titration_signed, protocol_of, time_in_target, titration_of
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.problems import RuleBroken
from web.shapes import EnteredShape, Input, Instant, Number, Shape, Text

P = Permission


class NotSigned(RuleBroken):
    code = "not_signed"


class NoProtocol(RuleBroken):
    code = "no_protocol"


class PlanShape(EnteredShape):
    """Agent, driver test, target range and protocol for some time of a run."""

    agent = serializers.ChoiceField(choices=Agent.choices)
    driver = serializers.CharField(help_text="the test that drives the plan")
    target_low = Number(allow_null=True, help_text="in `unit`")
    target_high = Number(allow_null=True, help_text="in `unit`")
    unit = serializers.CharField(help_text="UCUM")
    protocol = serializers.CharField(help_text="id in the site's document")
    reason = serializers.CharField()
    starts_at = Instant()
    ends_at = Instant(allow_null=True)


class PlanInput(Input):
    """A plan; the one before ends where this one begins. `public_id` may be the client's."""

    agent = serializers.ChoiceField(choices=Agent.choices)
    driver = Text(max_length=40)
    target_low = Number(10, 4, allow_null=True, default=None)
    target_high = Number(10, 4, allow_null=True, default=None)
    unit = serializers.CharField(max_length=30, required=False, help_text="the test's own, UCUM")
    protocol = Text(max_length=60)
    reason = Text(max_length=200)
    starts_at = Instant()
    ends_at = Instant(allow_null=True, default=None)
    public_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a target in another unit than the test's, and an end before the start."""
        own = MEASURES[attrs["driver"]].unit if attrs["driver"] in MEASURES else ""
        if (unit := attrs.pop("unit", own)) != own:
            raise serializers.ValidationError(
                {"unit": f"{attrs['driver']} is aimed at in {own}, not in {unit}."},
                code="wrong_unit",
            )
        if attrs["ends_at"] and attrs["ends_at"] <= attrs["starts_at"]:
            raise serializers.ValidationError({"ends_at": "The plan would end before it began."})
        return attrs


class PlanEnd(Input):
    """When a plan stops to hold, and why."""

    ends_at = Instant()
    reason = Text(max_length=200)


class UninterpolatedShape(Shape):
    """An interval about which nothing is claimed."""

    starts_at = Instant()
    ends_at = Instant()
    hours = serializers.FloatField(help_text="h")
    why = serializers.ListField(child=serializers.CharField())


class TimeInRangeShape(Shape):
    """How much of the time the driver test was within its target (Rosendaal)."""

    results = serializers.IntegerField()
    results_censored = serializers.IntegerField()
    results_in_range = serializers.IntegerField()
    not_interpolated = UninterpolatedShape(many=True)
    lost_h = serializers.FloatField(help_text="h")
    interpolated_h = serializers.FloatField(help_text="h")
    in_range_h = serializers.FloatField(help_text="h")
    below_h = serializers.FloatField(help_text="h")
    above_h = serializers.FloatField(help_text="h")
    in_range_pct = serializers.FloatField(allow_null=True, help_text="%")


class DiscordantShape(Shape):
    """Another test that disagrees with the driver, by a rule of the protocol."""

    rule = serializers.CharField()
    source = serializers.CharField(help_text="message or result")  # type: ignore[assignment]  # a field
    value = Number()


class TitrationRowShape(Shape):
    """What the protocol says to one message about the driver test. Nothing applies itself."""

    source = serializers.CharField(source="result.source", help_text="message or result")  # type: ignore[assignment]  # a field
    collected_at = Instant(source="result.collected_at")
    known_at = Instant(source="result.known_at")
    value = Number(source="result.value", allow_null=True)
    comparator = serializers.CharField(source="result.comparator", allow_null=True)
    status = serializers.CharField(source="result.status")
    replaces = serializers.CharField(allow_null=True)
    rate_when_known = Number(allow_null=True)
    steps = serializers.SerializerMethodField()
    rate_pct = Number(source="step.rate_pct", default=None, help_text="%")
    hold_min = serializers.IntegerField(source="step.hold_min", default=None, help_text="min")
    proposed_rate = Number(allow_null=True)
    censored = serializers.BooleanField(source="is_censored")
    blocked = serializers.ListField(child=serializers.CharField())
    next_due = Instant(allow_null=True)
    discordant = DiscordantShape(allow_null=True)

    def get_steps(self, row: TitrationRow) -> list[str]:
        """The ids of the steps that hold the value."""
        return [step.id for step in row.steps]


class TitrationShape(Shape):
    """A plan's protocol applied to each of its results: arithmetic for a person to judge."""

    protocol = serializers.CharField()
    rows = TitrationRowShape(many=True)


class PlanEndpoint(OfRun, Listed, Shown):
    """The anticoagulation plans of a run, newest first."""

    queryset = AnticoagulationPlan.objects.none()
    serializer_class = PlanShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.PLAN_SET,
        "end": P.PLAN_SET,
        "time_in_range": P.PATIENT_VIEW,
        "titration": P.PATIENT_VIEW,
    }

    def visible_rows(self) -> QuerySet[AnticoagulationPlan]:
        """Of the run."""
        rows: QuerySet[AnticoagulationPlan] = self.parent.plans.select_related(
            "entered_by", "run__patient", "run__unit__centre"
        )
        return rows.order_by("-starts_at", "-pk")

    @extend_schema(request=PlanInput, responses={201: PlanShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Set agent, test and target from a time on."""
        run, facts = self.parent, self.read(PlanInput)
        return self.created(set_plan(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=PlanEnd, responses=PlanShape)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Let a plan hold no longer."""
        plan, facts = self.row, self.read(PlanEnd)
        return self.show(end_plan(plan=plan, **facts, by=self.user, at=self.at))

    @extend_schema(responses=TimeInRangeShape)
    @action(detail=True, methods=["get"], url_path="time-in-range")
    def time_in_range(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return how much of the time the driver test was within the target."""
        return Response(TimeInRangeShape(time_in_target(self.row)).data)

    @extend_schema(responses=TitrationShape)
    @action(detail=True, methods=["get"])
    def titration(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return what the protocol says to each result; 409 until the site has signed that."""
        plan = self.row
        if not is_titration_signed(plan.run.unit.centre, self.at):
            raise NotSigned("The site has not signed titration arithmetic; nothing is proposed.")
        protocol = protocol_of(plan, self.at)
        if protocol is None:
            raise NoProtocol("The plan names no protocol that is in force.")
        rows = titration_of(plan, protocol)
        return Response(TitrationShape({"protocol": protocol.id, "rows": rows}).data)
