"""Clots on the map of a circuit through the API."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.clots import look_at_clot, record_clot
from circuits.api.base import OfRun, confirmations
from circuits.models import ClotChange, ClotKind, ClotLook, ClotPlace
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input, Instant, Text

P = Permission


class ClotLookShape(EnteredShape):
    """One look at one clot; `clot` is the same for all looks at it."""

    clot = serializers.UUIDField()
    place = serializers.ChoiceField(choices=ClotPlace.choices)
    kind = serializers.ChoiceField(choices=ClotKind.choices)
    grade = serializers.IntegerField(help_text="1 to 4, a local scale")
    size_mm = serializers.DecimalField(5, 1, allow_null=True, help_text="mm")
    clock_position = serializers.IntegerField(allow_null=True)
    is_mobile = serializers.BooleanField()
    change = serializers.ChoiceField(choices=ClotChange.choices)
    seen_at = Instant()
    note = serializers.CharField()


class SeenInput(Input):
    """How a clot looks now."""

    grade = serializers.IntegerField(min_value=1, max_value=4)
    size_mm = serializers.DecimalField(
        5, 1, min_value=Decimal("0.1"), default=None, allow_null=True
    )
    is_mobile = serializers.BooleanField(default=False)
    seen_at = Instant()
    note = Text(max_length=200)
    confirmed = confirmations()


class ClotInput(SeenInput):
    """A clot that was seen for the first time."""

    place = serializers.ChoiceField(choices=ClotPlace.choices)
    kind = serializers.ChoiceField(choices=ClotKind.choices)
    clock_position = serializers.IntegerField(
        min_value=1, max_value=12, default=None, allow_null=True
    )


class ClotAgainInput(SeenInput):
    """A clot that was looked at again."""

    change = serializers.ChoiceField(choices=ClotChange.choices[1:])


class ClotEndpoint(OfRun, Listed, Shown):
    """Every look at the clots of a run's circuits."""

    queryset = ClotLook.objects.none()
    serializer_class = ClotLookShape
    ordering_fields = ("seen_at", "grade")
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "again": P.CHECK_RECORD,
    }

    def visible_rows(self) -> QuerySet[ClotLook]:
        """Of the run."""
        rows: QuerySet[ClotLook] = self.parent.clot_looks.select_related("entered_by", "run")
        return rows

    @extend_schema(request=ClotInput, responses={201: ClotLookShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put a clot on the map. A grade that its size contradicts is asked back (409)."""
        run, facts = self.parent, self.read(ClotInput)
        return self.created(record_clot(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=ClotAgainInput, responses={201: ClotLookShape})
    @action(detail=True, methods=["post"])
    @idempotent
    def again(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what a clot did since. 409 `gone_already` for one that was gone by then."""
        look, facts = self.row, self.read(ClotAgainInput)
        return self.created(look_at_clot(look=look, **facts, by=self.user, at=self.at))
