"""Weaning trials through the API."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require_in_unit
from accounts.permissions import Permission
from circuits.actions.weaning import record_step, record_trial, start_trial
from circuits.actions.weaning_end import end_trial, judge_trial, restore_settings
from circuits.api.base import OfRun, confirmations
from patients.models import WeaningKind, WeaningTrial, WeaningVerdict
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, JsonObject, Number, PersonShape, Text, fixed

P = Permission


class StepShape(EnteredShape):
    """One step of a trial; its values are a check of the circuit as well."""

    stepped_at = Instant()
    blood_flow = Number(allow_null=True, help_text="L/min")
    sweep_gas_flow = Number(allow_null=True, help_text="L/min")
    flow_unit = fixed("L/min")
    fdo2 = Number(allow_null=True, help_text="a fraction")
    check_id = serializers.UUIDField(allow_null=True)
    gas = serializers.CharField(help_text="public id of the gas sample")
    note = serializers.CharField()


class TrialShape(EnteredShape):
    """One weaning trial with its steps."""

    kind = serializers.CharField()
    started_at = Instant()
    ended_at = Instant(allow_null=True)
    was_planned = serializers.BooleanField()
    confirmed = serializers.CharField(help_text="rule that asked, where it did not fit")
    settings_before = JsonObject()
    restored_at = Instant(allow_null=True)
    verdict = serializers.CharField()
    stop_reason = serializers.CharField()
    next_plan = serializers.CharField()
    judged_at = Instant(allow_null=True)
    judged_by = PersonShape(allow_null=True)
    steps = StepShape(many=True)


class TrialInput(Input):
    """A trial: planned, or (with `has_begun`) one that had begun already."""

    kind = serializers.ChoiceField(choices=WeaningKind.choices)
    started_at = Instant()
    has_begun = serializers.BooleanField(
        default=False, help_text="a fact: asked back at most, never refused"
    )
    confirmed = confirmations()


class StepInput(Input):
    """A step: what was set and read."""

    stepped_at = Instant()
    blood_flow = Number(8, 3, required=False, help_text="L/min")
    sweep_gas_flow = Number(8, 3, required=False, help_text="L/min")
    fdo2 = Number(6, 3, required=False, help_text="a fraction, or a percentage of 21 to 100")
    gas = Text(max_length=40)
    note = Text(max_length=300)
    confirmed = confirmations()


class RestoreInput(Input):
    """When the settings were as before again."""

    restored_at = Instant()


class VerdictInput(Input):
    """What a trial showed."""

    verdict = serializers.ChoiceField(choices=WeaningVerdict.choices)
    stop_reason = Text(max_length=300)
    next_plan = Text(max_length=300)
    confirmed = confirmations()


class EndInput(Input):
    """The end of a trial whose settings are not restored; the verdict may follow."""

    ended_at = Instant()
    verdict = serializers.ChoiceField(choices=WeaningVerdict.choices, allow_blank=True, default="")
    stop_reason = Text(max_length=300)
    next_plan = Text(max_length=300)
    confirmed = confirmations()


class TrialEndpoint(OfRun, Listed, Shown):
    """The weaning trials of a run, newest first."""

    queryset = WeaningTrial.objects.none()
    serializer_class = TrialShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "step": P.CHECK_RECORD,
        "restore": P.CHECK_RECORD,
        "end": P.CARE_PLAN_SET,
        "judge": P.CARE_PLAN_SET,
    }

    def visible_rows(self) -> QuerySet[WeaningTrial]:
        """Of the run."""
        rows = self.parent.weaning_trials.select_related("entered_by", "judged_by")
        related = rows.prefetch_related("steps__entered_by")
        return cast("QuerySet[WeaningTrial]", related)

    @extend_schema(request=TrialInput, responses={201: TrialShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Begin a trial: 409 `trial_does_not_fit` for a plan, `needs_confirmation` for a fact."""
        run, facts = self.parent, self.read(TrialInput)
        confirmed = facts.pop("confirmed")
        if facts.pop("has_begun"):
            trial = record_trial(run=run, **facts, confirmed=confirmed, by=self.user, at=self.at)
        else:
            require_in_unit(self.user, P.CARE_PLAN_SET, run.unit, self.at)
            trial = start_trial(run=run, **facts, by=self.user, at=self.at)
        return self.created(trial)

    @extend_schema(request=StepInput, responses=TrialShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def step(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a step; what is unusual is asked back as in a check."""
        trial, facts = self.row, self.read(StepInput)
        names = ("blood_flow", "sweep_gas_flow", "fdo2")
        values = {name: facts.pop(name) for name in names if name in facts}
        record_step(trial=trial, values=values, **facts, by=self.user, at=self.at)
        return self.show(self._again(trial))

    @extend_schema(request=RestoreInput, responses=TrialShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def restore(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that the settings are restored: the trial is over, its verdict is owed."""
        trial, facts = self.row, self.read(RestoreInput)
        return self.show(restore_settings(trial=trial, **facts, by=self.user, at=self.at))

    @extend_schema(request=EndInput, responses=TrialShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """End a trial without restoring the settings."""
        trial, facts = self.row, self.read(EndInput)
        return self.show(end_trial(trial=trial, **facts, by=self.user, at=self.at))

    @extend_schema(request=VerdictInput, responses=TrialShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def judge(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what an ended trial showed."""
        trial, facts = self.row, self.read(VerdictInput)
        return self.show(judge_trial(trial=trial, **facts, by=self.user, at=self.at))

    def _again(self, trial: WeaningTrial) -> WeaningTrial:
        rows: QuerySet[WeaningTrial] = self.get_queryset()
        return rows.get(pk=trial.pk)
