"""What the endpoints of the laboratory share."""

from rest_framework import serializers

from accounts.models import User
from patients.models import Run
from web.endpoints import Endpoint
from web.shapes import Input, RowField


class OfRun(Endpoint):
    """Something of a run; the path runs through `runs/{run_id}/`."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"


class Confirmable(Input):
    """Something that may be asked back: sent again with what was asked in `confirmed`, it is taken."""

    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=100
    )


class Verifier(RowField):
    """The second person, who checked it."""

    def __init__(self) -> None:
        super().__init__(
            queryset=User.objects.filter(is_active=True), default=None, allow_null=True
        )
