"""The catalogue of devices that the site uses."""

from uuid import uuid4

from django.db import models
from django.db.models import Count, Q

from audit.tracking import tracked
from clinical.emergency import CENTRIFUGAL, ROLLER


class ComponentKind(models.TextChoices):
    OXYGENATOR = "oxygenator", "Oxygenator"
    PUMP_HEAD = "pump_head", "Pump head"
    CONSOLE = "console", "Console"
    TUBING = "tubing", "Tubing pack"
    HEATER = "heater", "Heater unit"
    BRIDGE = "bridge", "Bridge"
    BLADDER = "bladder", "Bladder"
    HEMOFILTER = "hemofilter", "Haemofilter"
    SENSOR = "sensor", "Sensor"
    OTHER = "other", "Other"


class PumpType(models.TextChoices):
    """What drives the blood; emergency cards and rules differ by it."""

    CENTRIFUGAL = CENTRIFUGAL, "Centrifugal"
    ROLLER = ROLLER, "Roller"


class DeviceModelQuerySet(models.QuerySet["DeviceModel"]):
    def with_use(self) -> "DeviceModelQuerySet":
        """Annotate each product with how many are in a circuit now."""
        inside = Q(components__uses__removed_at=None, components__uses__isnull=False)
        return self.annotate(in_use=Count("components__uses", filter=inside))


@tracked
class DeviceModel(models.Model):
    """One product. What its labels say of hours, market by market, stands in `labels`."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=ComponentKind)
    name = models.CharField(max_length=150)
    manufacturer = models.CharField(max_length=100, blank=True)
    gtin = models.CharField("GTIN (UDI-DI)", max_length=14, blank=True)
    pump_type = models.CharField(
        "kind of pump, if it is or drives one", max_length=11, choices=PumpType, blank=True
    )
    is_draft = models.BooleanField("made from an unknown GTIN, to be completed", default=False)

    objects = DeviceModelQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["gtin"], condition=~Q(gtin=""), name="circuits_devicemodel_gtin_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name
