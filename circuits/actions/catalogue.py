"""Keep the catalogue of devices, and what their labels say of hours."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import Centre, User
from audit.context import action
from circuits.models import DeviceLabel, DeviceModel, ModelLabelAcknowledgement
from web.problems import RuleBroken


class ModelKnown(RuleBroken):
    code = "model_known"


@dataclass(frozen=True, slots=True)
class LabelHours:
    """The labelled hours of a product in one market, and the document in which that was read."""

    market: str
    hours: int
    source: str
    checked_on: date | None = None


@action("added a device to the catalogue")
def list_model(
    *,
    kind: str,
    name: str,
    by: User,
    at: datetime,
    manufacturer: str = "",
    gtin: str = "",
    pump_type: str = "",
    labels: Sequence[LabelHours] = (),
    is_draft: bool = False,
) -> DeviceModel:
    """Add a product. `labels` is what its labelling says of hours: information, never a due time."""
    model = DeviceModel(
        kind=kind,
        name=name,
        manufacturer=manufacturer,
        gtin=gtin,
        pump_type=pump_type,
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
    for label in labels:
        set_label(model=model, label=label, by=by, at=at)
    return model


@action("set the label hours of a device")
def set_label(*, model: DeviceModel, label: LabelHours, by: User, at: datetime) -> DeviceLabel:
    """Say what a product's label says of hours in a market; the history keeps what stood there."""
    facts = asdict(label)
    market = facts.pop("market")
    row, _ = DeviceLabel.objects.update_or_create(model=model, market=market, defaults=facts)
    return row


@action("read the labels of a device")
def acknowledge_labels(
    *, model: DeviceModel, centre: Centre, by: User, at: datetime
) -> ModelLabelAcknowledgement:
    """Note that a centre has read what a product's labels say of hours; once, not at each use."""
    said = "; ".join(f"{one.get_market_display()} {one.hours} h" for one in model.labels.all())
    row, _ = ModelLabelAcknowledgement.objects.get_or_create(
        model=model,
        centre=centre,
        defaults={
            "acknowledged_at": at,
            "acknowledged_by": by,
            "labels_read": said[:500] or "nothing about hours",
        },
    )
    return row


def listed(model: DeviceModel, by: User, at: datetime) -> DeviceModel:
    """Return the product as it is in the catalogue; one that was only named now becomes a draft."""
    if model.pk is not None:
        return model
    same = {name: getattr(model, name) for name in ("kind", "name", "gtin", "manufacturer")}
    return known_model(**same, by=by, at=at)


@action("named a device")
def known_model(
    *,
    kind: str,
    name: str,
    by: User,
    at: datetime,
    gtin: str = "",
    manufacturer: str = "",
    pump_type: str = "",
    labels: Sequence[LabelHours] = (),
) -> DeviceModel:
    """Return the product with this GTIN, else of this kind and name; a draft of it if there is none.

    What is on the patient is recorded, also if nobody has put it into the catalogue yet: the draft
    waits for who keeps the catalogue.
    """
    same = DeviceModel.objects.filter(gtin=gtin) if gtin else DeviceModel.objects.none()
    found = same.first() or DeviceModel.objects.filter(kind=kind, name=name, gtin=gtin).first()
    if found is not None:
        return found
    return list_model(
        kind=kind,
        name=name,
        by=by,
        at=at,
        manufacturer=manufacturer,
        gtin=gtin,
        pump_type=pump_type,
        labels=labels,
        is_draft=True,
    )
