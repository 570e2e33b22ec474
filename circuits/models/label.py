"""What a product's labelling says about hours, market by market, and who has read that."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Centre, User
from audit.tracking import append_only, tracked
from circuits.models.device import DeviceModel


class Market(models.TextChoices):
    """Where a label holds; the same product may carry other hours elsewhere."""

    US = "us", "United States"
    EU = "eu", "European Union"
    UK = "uk", "United Kingdom"
    CA = "ca", "Canada"
    AU = "au", "Australia"
    JP = "jp", "Japan"
    OTHER = "other", "Elsewhere"


@tracked
class DeviceLabel(models.Model):
    """The labelled hours of a product in one market: information, never a due time."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="labels")
    market = models.CharField(max_length=5, choices=Market)
    hours = models.PositiveIntegerField("labelled hours")
    source = models.CharField("document read", max_length=150)
    checked_on = models.DateField("read on", null=True, blank=True)

    class Meta:
        ordering = ["model", "market"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "market"], name="circuits_devicelabel_one_per_market"
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=1), name="circuits_devicelabel_at_least_an_hour"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="circuits_devicelabel_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.hours} h ({self.get_market_display()})"


@tracked
class ModelLabelAcknowledgement(models.Model):
    """A centre has read what a product's labels say about hours; asked once, not at each use."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="acknowledgements")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    labels_read = models.CharField("what they said then", max_length=500, blank=True)

    class Meta:
        ordering = ["acknowledged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "centre"],
                name="circuits_modellabelacknowledgement_once_per_model_and_centre",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.model} in {self.centre}"
