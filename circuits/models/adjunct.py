"""Adjunct devices beside or on the circuit, each with its clock."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from audit.tracking import tracked
from patients.models import Run
from patients.models.of_run import OfRunQuerySet


class AdjunctKind(models.TextChoices):
    CRRT = "crrt", "CRRT"
    HEMOFILTER = "hemofilter", "Haemofilter in the circuit"
    IMPELLA = "impella", "Impella"
    IABP = "iabp", "Intra-aortic balloon pump"
    LV_VENT = "lv_vent", "Left ventricular vent"
    BLADDER = "bladder", "Bladder"
    NITRIC_OXIDE = "nitric_oxide", "Inhaled nitric oxide"


class Connection(models.TextChoices):
    """How a CRRT machine or a filter is joined to the circuit, by where it draws and returns."""

    NONE = "", "Not on the circuit"
    OWN_ACCESS = "own_access", "Own catheter"
    PRE_PUMP = "pre_pump", "Draws and returns before the pump"
    POST_PUMP_TO_PRE_PUMP = "post_pump_pre_pump", "Draws after the pump, returns before it"
    POST_OXY_TO_PRE_PUMP = (
        "post_oxy_pre_pump",
        "Draws after the oxygenator, returns before the pump",
    )
    POST_PUMP_TO_PRE_OXY = "post_pump_pre_oxy", "Draws and returns between pump and oxygenator"


@tracked
class Adjunct(models.Model):
    """One stretch of one adjunct device of a run. A new filter is a new row: its hours begin anew."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="adjuncts")
    kind = models.CharField(max_length=14, choices=AdjunctKind)
    model_name = models.CharField("device or filter", max_length=100, blank=True)
    connection = models.CharField(max_length=20, choices=Connection, blank=True)
    settings = models.CharField("settings, with their units", max_length=300, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfRunQuerySet["Adjunct"].as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gt=F("started_at"), ended_by__isnull=False),
                name="circuits_adjunct_ends_after_start_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["run", "kind"],
                condition=Q(ended_at=None),
                name="circuits_adjunct_one_of_a_kind_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.model_name}".strip()

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit
