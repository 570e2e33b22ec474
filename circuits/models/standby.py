"""Standby circuits: assembled, primed, checked, and then used or discarded."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.circuit import Circuit
from circuits.models.component import Component
from clinical.prime import PrimeKind


class PrimeFill(models.TextChoices):
    """What a standby circuit is filled with."""

    DRY = PrimeKind.DRY.value, "Dry"
    CRYSTALLOID = PrimeKind.CRYSTALLOID.value, "Crystalloid"
    BLOOD = PrimeKind.BLOOD.value, "Blood"


WET = [(fill.value, fill.label) for fill in (PrimeFill.CRYSTALLOID, PrimeFill.BLOOD)]
"""What a circuit can be primed with."""


class StandbyStatus(models.TextChoices):
    READY = "ready", "Ready"
    IN_USE = "in_use", "In use"
    QUARANTINED = "quarantined", "Quarantined"
    DISCARDED = "discarded", "Discarded"


class StandbyQuerySet(models.QuerySet["StandbyCircuit"]):
    def visible_to(self, user: User, at: datetime) -> "StandbyQuerySet":
        """Circuits of units where `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(unit__in=units.values("pk"))

    def kept(self) -> "StandbyQuerySet":
        """Circuits that stand somewhere: ready, or set apart."""
        return self.filter(status__in=[StandbyStatus.READY, StandbyStatus.QUARANTINED])

    def locked(self, pk: int) -> "StandbyCircuit":
        """Return the circuit, locked until the transaction ends. A run's lock is taken before it."""
        rows = self.select_for_update(of=("self",)).select_related("unit__centre")
        return rows.get(pk=pk)


@tracked
class StandbyCircuit(models.Model):
    """One circuit that stands ready: what it is filled with decides how long it keeps."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="standby_circuits")
    label = models.CharField("written on the circuit", max_length=60)
    configuration = models.CharField("size and what it is meant for", max_length=100, blank=True)
    location = models.CharField("where it stands", max_length=100)
    console = models.CharField("console it stands on", max_length=100, blank=True)
    fill = models.CharField(max_length=11, choices=PrimeFill, default=PrimeFill.DRY)
    assembled_at = models.DateTimeField()
    primed_at = models.DateTimeField(null=True, blank=True)
    tamper_seal = models.CharField("number of the seal", max_length=40, blank=True)
    status = models.CharField(
        max_length=11, choices=StandbyStatus, default=StandbyStatus.READY, db_index=True
    )
    circuit = models.OneToOneField(
        Circuit, models.PROTECT, null=True, blank=True, related_name="standby"
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = StandbyQuerySet.as_manager()

    class Meta:
        ordering = ["location", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "label"],
                condition=Q(status__in=["ready", "quarantined"]),
                name="circuits_standbycircuit_label_unique_while_kept",
            ),
            models.CheckConstraint(
                condition=Q(fill="dry", primed_at=None)
                | ~Q(fill="dry") & Q(primed_at__gte=F("assembled_at")),
                name="circuits_standbycircuit_wet_is_primed_after_assembly",
            ),
            models.CheckConstraint(
                condition=Q(status="in_use", circuit__isnull=False)
                | ~Q(status="in_use") & Q(circuit=None),
                name="circuits_standbycircuit_in_use_has_circuit",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def clock_from(self) -> datetime:
        """From when its time counts: of the prime, or of the assembly while it is dry."""
        return self.primed_at or self.assembled_at


@tracked
class StandbyPart(models.Model):
    """One component of a standby circuit, in its position."""

    standby = models.ForeignKey(StandbyCircuit, models.PROTECT, related_name="parts")
    component = models.ForeignKey(Component, models.PROTECT, related_name="standby_parts")
    position = models.CharField(max_length=40)
    exchange_group = models.CharField(max_length=40, blank=True)
    is_kept = models.BooleanField("still in it", default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["component"],
                condition=Q(is_kept=True),
                name="circuits_standbypart_in_one_standby_circuit",
            ),
            models.UniqueConstraint(
                fields=["standby", "position"], name="circuits_standbypart_one_part_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} as {self.position}"


@tracked
class StandbyChange(models.Model):
    """One change of what a standby circuit is good for: who, when, why. Written once."""

    standby = models.ForeignKey(StandbyCircuit, models.PROTECT, related_name="changes")
    status = models.CharField(max_length=11, choices=StandbyStatus)
    reason = models.CharField(max_length=300)
    changed_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["entered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="circuits_standbychange_has_reason"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.reason}"


@tracked
class Prime(models.Model):
    """One filling of a standby circuit. A circuit primed anew has another row. Written once."""

    standby = models.ForeignKey(StandbyCircuit, models.PROTECT, related_name="primes")
    kind = models.CharField(max_length=11, choices=PrimeFill)
    fluid = models.CharField("fluid and volume", max_length=200)
    volume_ml = models.DecimalField("volume (mL)", max_digits=6, decimal_places=0)
    drugs = models.CharField("drugs with their doses", max_length=300, blank=True)
    primed_at = models.DateTimeField()
    primed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["primed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(volume_ml__gt=0), name="circuits_prime_volume_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("primed_by")),
                name="circuits_prime_verified_by_a_second_person",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.primed_at:%Y-%m-%d %H:%M}"


@tracked
class PrimeProduct(models.Model):
    """One blood product in a prime, by its donation: traceable both ways. Written once."""

    prime = models.ForeignKey(Prime, models.PROTECT, related_name="products")
    product = models.CharField(max_length=60)
    donation_id = models.CharField("donation identification number", max_length=40)
    expires_at = models.DateTimeField()
    volume_ml = models.DecimalField("volume (mL)", max_digits=6, decimal_places=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(volume_ml__gt=0) & ~Q(donation_id=""),
                name="circuits_primeproduct_has_donation_and_volume",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.product} {self.donation_id}"


@tracked
class PrimeChemistry(models.Model):
    """One analysis of a prime: {code: "4.1"} in the units of the table in force. Written once."""

    prime = models.ForeignKey(Prime, models.PROTECT, related_name="chemistries")
    sampled_at = models.DateTimeField()
    values = models.JSONField()
    table = models.JSONField("lines that it was judged by")
    source = models.CharField("where the lines come from", max_length=150)
    standing = models.CharField(max_length=10, blank=True)
    overridden_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="physician"
    )
    override_reason = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["sampled_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(overridden_by=None, override_reason="")
                | Q(overridden_by__isnull=False) & ~Q(override_reason=""),
                name="circuits_primechemistry_override_by_and_reason_together",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"chemistry of {self.sampled_at:%Y-%m-%d %H:%M}"
