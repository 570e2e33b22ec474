"""What the endpoints below `runs/{run_id}/`, and those about parts, share."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import User
from circuits.actions.catalogue import known_model
from circuits.actions.parts import NewPart
from circuits.models import DeviceModel
from patients.models import Run
from web.endpoints import Endpoint


class OfRun(Endpoint):
    """Something of a run; the path runs through `runs/{run_id}/`."""

    parents = Run.objects.select_related("patient", "unit__centre")
    parent_kwarg = "run_id"
    whose = "patient.public_id"


def new_part(facts: dict[str, Any], by: User, at: datetime) -> NewPart:
    """Return a part of a body as the actions take it; its product found, or drafted."""
    given, model_id = facts.pop("model", None), facts.pop("device_model", None)
    if given is not None:
        return NewPart(model=known_model(**given, by=by, at=at), **facts)
    model = DeviceModel.objects.filter(public_id=model_id).first()
    if model is None:
        raise serializers.ValidationError({"device_model": "The catalogue has no such product."})
    return NewPart(model=model, **facts)


def confirmations() -> serializers.ListField:
    """Return the field that names what the user confirmed."""
    return serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=20
    )
