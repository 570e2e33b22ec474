"""Keep the catalogue of devices."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.context import action
from circuits.models import DeviceModel
from web.problems import RuleBroken


class ModelKnown(RuleBroken):
    code = "model_known"


@action("added a device to the catalogue")
def list_model(
    *,
    kind: str,
    name: str,
    by: User,
    at: datetime,
    manufacturer: str = "",
    gtin: str = "",
    label_hours: int | None = None,
    label_source: str = "",
    is_draft: bool = False,
) -> DeviceModel:
    """Add a product. `label_hours` is what its labelling says: information, never a due time."""
    model = DeviceModel(
        kind=kind,
        name=name,
        manufacturer=manufacturer,
        gtin=gtin,
        label_hours=label_hours,
        label_source=label_source,
        is_draft=is_draft,
    )
    try:
        with transaction.atomic():
            model.save()
    except IntegrityError as broken:
        if "gtin_unique" not in str(broken):
            raise
        raise ModelKnown(
            f"The catalogue has a product with GTIN {gtin} already. Use that one.",
            errors=[{"parameter": "gtin", "rule": "taken", "message": "already in use"}],
        ) from broken
    return model


@action("named a device")
def known_model(
    *, kind: str, name: str, by: User, at: datetime, gtin: str = "", **facts: object
) -> DeviceModel:
    """Return the product with this GTIN, else of this kind and name; a draft of it if there is none.

    What is on the patient is recorded, also if nobody has put it into the catalogue yet: the draft
    waits for who keeps the catalogue.
    """
    same = DeviceModel.objects.filter(gtin=gtin) if gtin else DeviceModel.objects.none()
    found = same.first() or DeviceModel.objects.filter(kind=kind, name=name, gtin=gtin).first()
    if found is not None:
        return found
    label_hours = facts.get("label_hours")
    return list_model(
        kind=kind,
        name=name,
        by=by,
        at=at,
        manufacturer=str(facts.get("manufacturer", "")),
        gtin=gtin,
        label_hours=label_hours if isinstance(label_hours, int) else None,
        label_source=str(facts.get("label_source", "")),
        is_draft=True,
    )
