"""The catalogue as a table: what each label says of hours, and what the site itself goes by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Centre
from circuits.change_policies import change_policy
from circuits.models import DeviceModel, ModelLabelAcknowledgement


@dataclass(frozen=True, slots=True)
class LocalHours:
    """After how many hours a centre reviews a part of a product, and where that stands."""

    centre: Centre
    hours: float | None
    source: str
    read: ModelLabelAcknowledgement | None


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One product: its labels by market, and the hours of each centre."""

    model: DeviceModel
    local: tuple[LocalHours, ...]


def catalogue(centres: Iterable[Centre], at: datetime) -> list[CatalogueLine]:
    """Return every product (three statements, and one a centre)."""
    policies = [(centre, change_policy(centre, at)) for centre in centres]
    read = {
        (row.model_id, row.centre_id): row
        for row in ModelLabelAcknowledgement.objects.select_related("acknowledged_by")
    }
    lines = []
    for model in DeviceModel.objects.with_use().prefetch_related("labels"):
        local = []
        for centre, policy in policies:
            review = policy.of(model.kind, model=model.name).review
            hours = review.policy_hours if review else None
            local.append(LocalHours(centre, hours, policy.source, read.get((model.pk, centre.pk))))
        lines.append(CatalogueLine(model, tuple(local)))
    return lines
