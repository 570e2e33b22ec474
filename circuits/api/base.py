"""What the endpoints below `runs/{run_id}/` share."""

from patients.models import Run
from web.endpoints import Endpoint


class OfRun(Endpoint):
    """Something of a run; the path runs through `runs/{run_id}/`."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"
