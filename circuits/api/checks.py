"""Bedside checks through the API."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Permission
from accounts.queries import may
from circuits.actions.checks import AmendedMeanwhile, amend_check, record_check
from circuits.actions.withdrawal import withdraw_check
from circuits.api.base import OfRun
from circuits.api.check_shapes import AmendmentInput, CheckInput, CheckShape, CheckWithdrawalInput
from circuits.document import Typed
from circuits.history import ChartedCheck, charted
from circuits.models import Check, CheckKind
from patients.models import Run
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission
TYPED = (
    "checked_at",
    "values",
    "units",
    "methods",
    "not_done",
    "findings",
    "kind",
    "trial",
    "note",
)


CHECK_EXAMPLE = OpenApiExample(
    "An hourly check",
    {
        "checked_at": "2026-03-02T11:50:00+01:00",
        "values": {
            "pump_speed": 3100,
            "blood_flow": "4.40",
            "sweep_gas_flow": "3.0",
            "fdo2": "0.8",
            "p_drainage": -58,
        },
        "not_done": {"temp_blood_out": "probe broken"},
        "performed_by": "5d0c1f5e-6a55-4a0b-9a1e-0f5a4d0a7a10",
        "public_id": "0f2a1e5e-8f2b-4f7b-9f0d-0a8a6a3d9f11",
    },
    request_only=True,
)


class CheckFilter(Filters):
    """Which checks."""

    checked_after = django_filters.IsoDateTimeFilter(field_name="checked_at", lookup_expr="gte")
    checked_before = django_filters.IsoDateTimeFilter(field_name="checked_at", lookup_expr="lt")
    kind = django_filters.ChoiceFilter(choices=CheckKind.choices)


class ChecksOfRun(OfRun):
    """What endpoints of checks share."""

    queryset = Check.objects.none()
    serializer_class = CheckShape

    def presented(self, rows: Sequence[Check]) -> Sequence[ChartedCheck]:
        """Return checks with their versions."""
        return charted(rows)


class CheckEndpoint(ChecksOfRun, Listed, Shown):
    """The bedside checks of a run: the newest version of each, newest reading first."""

    lookup_url_kwarg = "check_id"
    filterset_class = CheckFilter
    ordering_fields = ("checked_at", "entered_at")
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
    }

    def visible_rows(self) -> QuerySet[Check]:
        """Of the run; one that was withdrawn is answered when it is asked for by its id."""
        checks = self.parent.checks
        rows = checks.newest() if "check_id" in self.kwargs else checks.current()
        rows = rows.select_related("run", "performed_by", "transmitted_by")
        ordered: QuerySet[Check] = rows.order_by("-checked_at", "-entered_at", "-pk")
        return ordered

    @property
    def row(self) -> Check:
        """The newest version of the check that the path names."""
        found: Check | None = self.get_queryset().filter(root_id=self.kwargs["check_id"]).first()
        if found is None:
            raise Http404("This run has no such check.")
        return found

    @extend_schema(request=CheckInput, responses={201: CheckShape}, examples=[CHECK_EXAMPLE])
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record a check. 422 says what cannot be, 409 `needs_confirmation` asks what is unusual.

        Sent again with the questioned measures in `confirmed` it is accepted.
        """
        run, facts = self.parent, self.read(CheckInput)
        typed = Typed(**{name: facts[name] for name in TYPED}, device_at=facts.get("device_at"))
        check = record_check(
            run=run,
            typed=typed,
            by=self.user,
            at=self.at,
            confirmed=facts["confirmed"],
            performed_by=self._performer(run, facts.get("performed_by")),
            public_id=facts.get("public_id"),
        )
        return self.created(check)

    def _performer(self, run: Run, user: User | None) -> User | None:
        if user is not None and not may(user, P.CHECK_RECORD, unit=run.unit, at=self.at):
            raise serializers.ValidationError(
                {"performed_by": f"{user} does not record checks in {run.unit}."}
            )
        return user


class AmendmentEndpoint(ChecksOfRun, Listed):
    """The versions of a check, newest first, and their amendment."""

    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.CHECK_AMEND}

    def visible_rows(self) -> QuerySet[Check]:
        """Every version of the check."""
        rows = self.parent.checks.filter(root_id=self.kwargs["check_id"])
        versions: QuerySet[Check] = rows.select_related("run", "performed_by", "transmitted_by")
        return versions.order_by("-version")

    @extend_schema(request=AmendmentInput, responses={201: CheckShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Write a new version; 409 `amended_meanwhile` if `version` is no longer the newest."""
        facts = self.read(AmendmentInput)
        check = self.newest(facts.pop("version"))
        return self.created(amend_check(check=check, **facts, by=self.user, at=self.at))

    def newest(self, version: int) -> Check:
        """The newest version, if it is the one that the user had before them."""
        versions: list[Check] = list(self.get_queryset())
        if not versions:
            raise Http404("This run has no such check.")
        if versions[0].version != version:
            raise AmendedMeanwhile(
                "Somebody amended this check while you had it open. Open it again, look at what "
                "it says now, then amend that."
            )
        return versions[0]


class CheckWithdrawalEndpoint(AmendmentEndpoint):
    """The withdrawal of a check that was entered in error."""

    @extend_schema(request=CheckWithdrawalInput, responses={201: CheckShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Withdraw a check: it counts no more, and stays readable."""
        facts = self.read(CheckWithdrawalInput)
        check = self.newest(facts.pop("version"))
        return self.created(withdraw_check(check=check, **facts, by=self.user, at=self.at))
