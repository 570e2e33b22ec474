"""Components and where they were used."""

from datetime import datetime
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import tracked
from circuits.models.circuit import Circuit
from circuits.models.device import ComponentKind, DeviceModel
from web.ranges import TsTzRange


class RemovalReason(models.TextChoices):
    """Why a component came out."""

    END_OF_RUN = "end_of_run", "End of run"
    CLOT = "clot", "Clot"
    GAS_EXCHANGE = "gas_exchange", "Gas exchange failure"
    HAEMOLYSIS = "haemolysis", "Haemolysis"
    PUMP = "pump", "Pump failure"
    LEAK = "leak", "Leak"
    AIR = "air", "Air"
    HEAT_EXCHANGER = "heat_exchanger", "Heat exchanger failure"
    PROTOCOL = "protocol_expiry", "Hours reached, changed after review"
    UPSIZING = "upsizing", "Other size needed"
    MODE_CHANGE = "mode_change", "Mode change"
    MOVED = "moved", "Moved to the new circuit"
    FOUND_ELSEWHERE = "found_elsewhere", "Found in another circuit"
    TRANSFERRED = "transferred_with_patient", "Transferred with the patient"
    RECALL = "recall", "Recall"
    OTHER = "other", "Other"


class Fate(models.TextChoices):
    """Where a part went that came out."""

    NOT_TOLD = "", "Not told"
    DISCARD = "discard", "Discarded"
    QUARANTINE = "quarantine", "In quarantine"
    BIOMED = "biomed", "With biomedical engineering"
    RETURNED = "returned", "Returned to the manufacturer"


@tracked
class Component(models.Model):
    """One physical part: its model, lot, serial, UDI and expiry."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="components")
    lot = models.CharField(max_length=40, blank=True)
    serial = models.CharField(max_length=40, blank=True)
    udi = models.CharField("UDI as scanned", max_length=200, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["model", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "serial"],
                condition=~Q(serial=""),
                name="circuits_component_serial_unique_in_model",
            )
        ]
        indexes = [models.Index(fields=["lot"], name="circuits_component_lot")]

    def __str__(self) -> str:
        return f"{self.model} {self.serial or self.lot}".strip()

    @property
    def kind(self) -> str:
        """The kind of part."""
        return self.model.kind

    @property
    def lot_and_serial(self) -> str:
        """What its label says of lot and serial, or that it says nothing."""
        lot = f"lot {self.lot}" if self.lot else "no lot on record"
        return f"{lot}, {f'serial {self.serial}' if self.serial else 'no serial'}"


class ComponentUseQuerySet(models.QuerySet["ComponentUse"]):
    def visible_to(self, user: User, at: datetime) -> "ComponentUseQuerySet":
        """Components of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(circuit__run__unit__in=units.values("pk"))


@tracked
class ComponentUse(models.Model):
    """One component in one position of one circuit, from installation to removal."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    circuit = models.ForeignKey(Circuit, models.PROTECT, related_name="uses")
    component = models.ForeignKey(Component, models.PROTECT, related_name="uses")
    position = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=ComponentKind)
    exchange_group = models.CharField(
        "parts that can only be exchanged together", max_length=40, blank=True
    )
    installed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=30, choices=RemovalReason, blank=True)
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removal_entered_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    came_in_with = models.ForeignKey(
        "circuits.Exchange", models.PROTECT, null=True, blank=True, related_name="put_in"
    )
    went_out_with = models.ForeignKey(
        "circuits.Exchange", models.PROTECT, null=True, blank=True, related_name="taken_out"
    )
    fate = models.CharField("where it went", max_length=12, choices=Fate, blank=True)
    fate_entered_at = models.DateTimeField(null=True, blank=True)
    fate_entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ComponentUseQuerySet.as_manager()

    class Meta:
        ordering = ["installed_at", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gt=F("installed_at")),
                name="circuits_componentuse_removed_after_installation",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_reason="", removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_reason=""),
                name="circuits_componentuse_removed_at_by_and_reason_together",
            ),
            models.CheckConstraint(
                condition=Q(fate="") | Q(removed_at__isnull=False),
                name="circuits_componentuse_fate_only_when_removed",
            ),
            models.CheckConstraint(
                condition=Q(fate_entered_at=None, fate_entered_by=None)
                | Q(fate_entered_at__isnull=False, fate_entered_by__isnull=False),
                name="circuits_componentuse_fate_at_and_by_together",
            ),
            ExclusionConstraint(
                name="circuits_componentuse_one_part_a_position",
                expressions=[
                    ("circuit", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    (
                        TsTzRange("installed_at", "removed_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            ExclusionConstraint(
                name="circuits_componentuse_no_part_in_two_places",
                expressions=[
                    ("component", RangeOperators.EQUAL),
                    (
                        TsTzRange("installed_at", "removed_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} as {self.position}"

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.circuit.run.unit
