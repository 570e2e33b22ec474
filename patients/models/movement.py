"""Where the patient lies, and journeys on support."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from audit.tracking import append_only, tracked
from patients.models.of_run import OfRunQuerySet
from patients.models.run import Run


@tracked
class BedMove(models.Model):
    """One move to another bed; the newest by time says where the patient lies."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="bed_moves")
    from_bed = models.CharField(max_length=20, blank=True)
    to_bed = models.CharField(max_length=20)
    moved_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-moved_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(to_bed=""), name="patients_bedmove_goes_somewhere")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"to bed {self.to_bed}"


class LegKind(models.TextChoices):
    IN_HOSPITAL = "in_hospital", "Within the hospital"
    ROAD = "road", "Road"
    AIR = "air", "Air"


class GoDecision(models.TextChoices):
    OPEN = "", "Not decided"
    GO = "go", "Go"
    NO_GO = "no_go", "No go"


@tracked
class TransportLeg(models.Model):
    """One journey on support: planned, decided, departed, arrived.

    `cylinders` = [{"size": "E", "psi": "2000", "factor": "0.28"}]: oxygen taken along. `oxygen_flow`
    is what sweep and ventilator take together.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="transport_legs")
    kind = models.CharField(max_length=12, choices=LegKind)
    from_place = models.CharField(max_length=80)
    to_place = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    crew = models.CharField(max_length=300, blank=True)
    journey_min = models.PositiveSmallIntegerField("planned minutes", null=True, blank=True)
    oxygen_flow = models.DecimalField(
        "total oxygen flow (L/min)", max_digits=6, decimal_places=2, null=True, blank=True
    )
    cylinders = models.JSONField(default=list)
    planned_at = models.DateTimeField()
    decision = models.CharField(max_length=6, choices=GoDecision, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decision_note = models.CharField(max_length=300, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField("called off or stood down", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfRunQuerySet["TransportLeg"].as_manager()

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decided_by=None)
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="patients_transportleg_decision_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(arrived_at__gte=F("departed_at")),
                name="patients_transportleg_arrives_after_departure",
            ),
            models.CheckConstraint(
                condition=Q(oxygen_flow=None) | Q(oxygen_flow__gt=0),
                name="patients_transportleg_oxygen_flow_above_0",
            ),
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(departed_at__isnull=False, arrived_at=None),
                name="patients_transportleg_one_under_way_in_a_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_place} to {self.to_place}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit

    @property
    def is_under_way(self) -> bool:
        """The patient has left and not arrived."""
        return self.departed_at is not None and self.arrived_at is None
