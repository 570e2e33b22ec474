"""Clots and fibrin seen in a circuit, each at its place."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Unit, User
from audit.tracking import append_only, tracked
from clinical.clots import Change
from patients.models import Run
from patients.models.of_run import OfRunQuerySet


class ClotPlace(models.TextChoices):
    """Where in the circuit."""

    PUMP_HEAD = "pump_head", "Pump head"
    OXYGENATOR_PRE = "oxygenator_pre", "Oxygenator, inlet side"
    OXYGENATOR_POST = "oxygenator_post", "Oxygenator, outlet side"
    TUBING_PRE = "tubing_pre", "Tubing before the membrane"
    TUBING_POST = "tubing_post", "Tubing behind the membrane"
    CONNECTOR = "connector", "Connector"
    BRIDGE = "bridge", "Bridge"
    PIGTAIL = "pigtail", "Pigtail"
    HEMOFILTER = "hemofilter", "Haemofilter"
    CANNULA_HUB = "cannula_hub", "Hub of a cannula"
    BLADDER = "bladder", "Bladder"


class ClotKind(models.TextChoices):
    FIBRIN = "fibrin", "Fibrin, white"
    CLOT = "clot", "Clot, dark"


class ClotChange(models.TextChoices):
    """What it did since it was looked at before."""

    NEW = Change.NEW.value, "New"
    LARGER = Change.LARGER.value, "Larger"
    SAME = Change.SAME.value, "Same"
    SMALLER = Change.SMALLER.value, "Smaller"
    GONE = Change.GONE.value, "Gone"


@tracked
class ClotLook(models.Model):
    """One look at one clot: what it was at one time. `clot` is the same for all looks at it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    clot = models.UUIDField("which clot", default=uuid4, db_index=True)
    run = models.ForeignKey(Run, models.PROTECT, related_name="clot_looks")
    place = models.CharField(max_length=20, choices=ClotPlace)
    kind = models.CharField(max_length=10, choices=ClotKind)
    grade = models.PositiveSmallIntegerField("grade, 1 to 4")
    size_mm = models.DecimalField("size (mm)", max_digits=5, decimal_places=1, null=True)
    clock_position = models.PositiveSmallIntegerField("at what o'clock, 1 to 12", null=True)
    is_mobile = models.BooleanField("it moves", default=False)
    change = models.CharField(max_length=10, choices=ClotChange)
    seen_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfRunQuerySet["ClotLook"].as_manager()

    class Meta:
        ordering = ["-seen_at", "-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=4), name="circuits_clotlook_grade_on_scale"
            ),
            models.CheckConstraint(
                condition=Q(clock_position=None) | Q(clock_position__gte=1, clock_position__lte=12),
                name="circuits_clotlook_position_on_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(size_mm=None) | Q(size_mm__gt=0),
                name="circuits_clotlook_size_above_zero",
            ),
            models.UniqueConstraint(
                fields=["clot"],
                condition=Q(change=Change.NEW.value),
                name="circuits_clotlook_new_once",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, grade {self.grade}, {self.get_place_display()}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit
