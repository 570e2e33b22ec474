"""What the endpoints below `runs/{run_id}/` share."""

from rest_framework import serializers

from patients.models import Run
from web.endpoints import Endpoint


class OfRun(Endpoint):
    """Something of a run; the path runs through `runs/{run_id}/`."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"


def confirmations() -> serializers.ListField:
    """Return the field that names what the user confirmed."""
    return serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=20
    )
