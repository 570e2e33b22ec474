"""What the endpoints below `runs/{run_id}/` share, and how an entry is withdrawn."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from patients.actions.entries import withdraw_entry
from patients.models import Run
from web.endpoints import Endpoint, Listed
from web.shapes import ReasonInput


class OfRun(Endpoint):
    """Something of a run; the path runs through `runs/{run_id}/`."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"


class Withdrawn(OfRun, Listed):
    """Entries of a run that can be withdrawn and stay readable."""

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that it was entered in error; it stays readable."""
        row, facts = self.row, self.read(ReasonInput)
        return self.show(withdraw_entry(entry=row, **facts, by=self.user, at=self.at))
