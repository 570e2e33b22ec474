"""Referrals through the API: what was told, steps, the log, who has it, flow on."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, cast

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require_in_unit
from accounts.permissions import Permission
from audit.actions import record_access, record_accesses
from clinical.lifecycle import State, asked_for
from episodes.actions import referrals as actions
from episodes.api.shapes import (
    STATES,
    EpisodeStepShape,
    ReferralFacts,
    ReferralInput,
    ReferralShape,
    ReferralStepInput,
)
from episodes.policy import referral_policy
from episodes.queries import lines_of, visible_referrals, who_may_own
from patients.actions.referral import change_referral, name_patient
from patients.episode import step_line
from patients.models import CallLogEntry, EpisodeStep, LogKind, Mode, Referral, Sex, SupportType
from patients.models.referral import ReferralQuerySet
from web.endpoints import Endpoint, Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, PersonShape, ReasonInput, Text, optional_text

P = Permission
EXAMPLE = OpenApiExample(
    "The number is enough, the rest may follow",
    {
        "unit": "3f2b7c9a-0a52-4f5e-8f77-0d2f6f1f9b11",
        "call_back": "+00 555 01 234",
        "called_at": "2026-03-02T13:00:00+01:00",
    },
    request_only=True,
)


class OfReferrals(Endpoint):
    """Referrals, or what belongs to one: read with its own name until the patient is known."""

    def note_reading(self, rows: Iterable[Referral]) -> None:
        """Write into the access trail whose calls are read."""
        what = f"API: {self.basename} {self.action}"
        request_id = getattr(self.request, "id", "")
        read = list(rows)
        if self.action == "list" and self.parents is None:
            keys = [str(one.patient.public_id) for one in read if one.patient]
            record_accesses(
                by=self.user,
                at=self.at,
                what=what,
                patient_keys=dict.fromkeys(keys),
                request_id=request_id,
            )
            return
        for one in read:
            record_access(
                by=self.user,
                at=self.at,
                what=what,
                patient_key=one.patient.public_id if one.patient else "",
                subject=one.public_id,
                request_id=request_id,
            )


class OwnerInput(Input):
    """Who takes it from here."""

    to = serializers.UUIDField()
    text = serializers.CharField(max_length=4000, help_text="where it stands, and what is next")


class ReferredPatientInput(Input):
    """Who the referred patient is."""

    mrn = serializers.CharField(max_length=40)
    family_name = serializers.CharField(max_length=200)
    given_name = optional_text(200)
    born_at = Instant(required=False, allow_null=True)
    sex = serializers.ChoiceField(choices=Sex.choices, required=False)


class FlowOnInput(Input):
    """Flow on: a time; all else is owed."""

    started_at = Instant()
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    support_type = serializers.ChoiceField(choices=SupportType.choices, required=False)
    public_id = serializers.UUIDField(required=False, help_text="of the run")
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=10
    )


class ReferralFilter(Filters):
    """Which referrals."""

    is_open = django_filters.BooleanFilter(method="waiting", label="its clock runs")
    state = django_filters.ChoiceFilter(choices=STATES)
    unit = django_filters.UUIDFilter(field_name="unit__public_id")
    called_after = django_filters.IsoDateTimeFilter(field_name="called_at", lookup_expr="gte")
    called_before = django_filters.IsoDateTimeFilter(field_name="called_at", lookup_expr="lt")

    def waiting(self, rows: ReferralQuerySet, _name: str, value: bool) -> QuerySet[Referral]:  # noqa: FBT001 - django-filter's call
        """Referrals that wait for something, or those that do not."""
        return rows.open() if value else rows.exclude(pk__in=rows.open().values("pk"))


class ReferralEndpoint(OfReferrals, Listed, Shown):
    """Calls about patients who may need ECMO."""

    queryset = Referral.objects.none()
    rows = Referral.objects.select_related("unit__centre", "owner", "patient", "run", "entered_by")
    serializer_class = ReferralShape
    filterset_class = ReferralFilter
    ordering_fields = ("called_at", "state_since")
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.REFERRAL_RECORD,
        "partial_update": P.REFERRAL_RECORD,
        "hand_over": P.REFERRAL_RECORD,
        "say_who": P.REFERRAL_RECORD,
        "flow_on": P.RUN_START,
    }

    def visible_rows(self) -> QuerySet[Referral]:
        """Referrals to one's units, the newest call first."""
        return visible_referrals(self.user, self.at).select_related("entered_by")

    def presented(self, rows: Sequence[Referral]) -> Sequence[Referral]:
        """Find what each waits for."""
        self.waiting = {line.referral.pk: line.due for line in lines_of(rows)}
        return rows

    @extend_schema(request=ReferralInput, responses={201: ReferralShape}, examples=[EXAMPLE])
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Begin a referral: its clock runs, and the physician on call is told."""
        facts = self.read(ReferralInput)
        require_in_unit(self.user, self.permission, facts["unit"], self.at)
        return self.created(actions.receive_referral(**facts, by=self.user, at=self.at))

    @extend_schema(request=ReferralFacts, responses=ReferralShape)
    def partial_update(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Write down more of what was told; the history keeps what was there before."""
        referral, facts = self.row, self.read(ReferralFacts, partial=True)
        return self.show(change_referral(referral=referral, **facts, by=self.user, at=self.at))

    @extend_schema(request=OwnerInput, responses=ReferralShape)
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent
    def hand_over(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Give it to the next coordinator; its clock runs on, and they are told."""
        referral, facts = self.row, self.read(OwnerInput)
        to = who_may_own(referral.unit, self.at).filter(public_id=facts["to"]).first()
        if to is None:
            raise ValidationError({"to": "Nobody of this id takes on referrals in this unit."})
        text = facts["text"]
        actions.hand_over(referral=referral, to=to, text=text, by=self.user, at=self.at)
        return self._again(referral)

    @extend_schema(request=ReferredPatientInput, responses=ReferralShape)
    @action(detail=True, methods=["post"], url_path="patient")
    @idempotent
    def say_who(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say who the patient is: found by the MRN, admitted if new; 409 `another_patient`."""
        referral, facts = self.row, self.read(ReferredPatientInput)
        name_patient(referral=referral, **facts, by=self.user, at=self.at)
        return self._again(referral)

    @extend_schema(request=FlowOnInput, responses={201: ReferralShape})
    @action(detail=True, methods=["post"], url_path="flow-on")
    @idempotent
    def flow_on(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Flow on: the run begins, for a patient nobody has named under a temporary name."""
        referral, facts = self.row, self.read(FlowOnInput)
        actions.start_from_referral(referral=referral, **facts, by=self.user, at=self.at)
        return self._again(referral, code=201)

    def _again(self, referral: Referral, *, code: int = 200) -> Response:
        rows = cast("QuerySet[Referral]", self.rows)
        return self.show(rows.get(pk=referral.pk), code=code)


class OfReferral(OfReferrals):
    """Something of a referral; the path runs through `referrals/{referral_id}/`."""

    parents = Referral.objects.select_related("unit__centre", "patient")
    parent_kwarg = "referral_id"


class ReferralStepEndpoint(OfReferral, Listed):
    """The steps of a referral, the newest first: taken on, watched, accepted, declined and so on."""

    queryset = EpisodeStep.objects.none()
    serializer_class = EpisodeStepShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.REFERRAL_RECORD,
        "take_back": P.REFERRAL_TRIAGE,
    }

    def visible_rows(self) -> QuerySet[EpisodeStep]:
        """Of the referral."""
        rows = self.parent.steps.select_related("entered_by", "takes_back", "taken_back_by")
        return cast("QuerySet[EpisodeStep]", rows)

    def presented(self, rows: Sequence[EpisodeStep]) -> Sequence[Any]:
        """Return steps with what is still owed of them, reasons in words."""
        reasons = referral_policy(self.parent.unit.centre, self.at).decline_reasons
        return [step_line(row, reasons) for row in rows]

    @extend_schema(request=ReferralStepInput, responses={201: EpisodeStepShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take a step; each asks for the right that the table names. 409 `step_refused` says what can follow."""
        referral, facts = self.parent, self.read(ReferralStepInput)
        facts["to"] = State(facts["to"])
        if row := asked_for(State(referral.state), facts["to"], of_run=False):
            require_in_unit(self.user, P(row.who), referral.unit, self.at)
        return self.created(
            actions.step_referral(referral=referral, **facts, by=self.user, at=self.at)
        )

    @extend_schema(request=ReasonInput, responses={201: EpisodeStepShape})
    @action(detail=False, methods=["post"], url_path="take-back")
    @idempotent
    def take_back(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Undo the newest step, which was an error; both stay readable."""
        referral, facts = self.parent, self.read(ReasonInput)
        return self.created(actions.take_back(referral=referral, **facts, by=self.user, at=self.at))


class CallShape(EnteredShape):
    """One call, note or handover about a referral."""

    kind = serializers.ChoiceField(choices=LogKind.choices)
    spoke_with = serializers.CharField()
    text = serializers.CharField()
    to = PersonShape(allow_null=True, help_text="handed over to")
    happened_at = Instant()


class CallInput(Input):
    """What was said."""

    text = serializers.CharField(max_length=4000)
    happened_at = Instant()
    kind = serializers.ChoiceField(choices=[LogKind.CALL, LogKind.NOTE], default=LogKind.CALL)
    spoke_with = Text(max_length=120)


class CallEndpoint(OfReferral, Listed):
    """The log of a referral, the newest first."""

    queryset = CallLogEntry.objects.none()
    serializer_class = CallShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.REFERRAL_RECORD}

    def visible_rows(self) -> QuerySet[CallLogEntry]:
        """Of the referral."""
        return cast("QuerySet[CallLogEntry]", self.parent.log.select_related("entered_by", "to"))

    @extend_schema(request=CallInput, responses={201: CallShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Add to the log."""
        referral, facts = self.parent, self.read(CallInput)
        return self.created(actions.log_call(referral=referral, **facts, by=self.user, at=self.at))
