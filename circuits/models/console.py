"""Durable equipment: consoles, heater units and their like, and what was done to them."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.component import Component
from circuits.models.device import ComponentKind

DURABLE = frozenset({ComponentKind.CONSOLE, ComponentKind.HEATER, ComponentKind.OTHER})


class ServiceState(models.TextChoices):
    IN_SERVICE = "in_service", "In service"
    OUT_OF_SERVICE = "out_of_service", "Out of service"
    QUARANTINED = "quarantined", "Quarantined"
    LENT = "lent", "Lent to others"
    GONE = "gone", "Given back or retired"


class ConsoleQuerySet(models.QuerySet["Console"]):
    def visible_to(self, user: User, at: datetime) -> "ConsoleQuerySet":
        """Equipment of every unit of the centres in which `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(unit__centre__in=units.values("centre"))

    def present(self) -> "ConsoleQuerySet":
        """What has not been given back or retired."""
        return self.exclude(state=ServiceState.GONE)

    def heaters(self) -> "ConsoleQuerySet":
        """Heater units, whose water is looked after."""
        return self.filter(component__model__kind=ComponentKind.HEATER)

    def usable(self) -> "ConsoleQuerySet":
        """What is in service and in no circuit now."""
        in_circuit = Q(component__uses__removed_at=None, component__uses__isnull=False)
        return self.filter(state=ServiceState.IN_SERVICE).exclude(in_circuit)

    def locked(self, pk: int) -> "Console":
        """Return the console, locked until the transaction ends."""
        rows = self.select_for_update(of=("self",))
        return rows.select_related("component__model", "unit__centre").get(pk=pk)


@tracked
class Console(models.Model):
    """One device that is not used up: a console, a heater unit; perhaps on loan.

    Model and serial stand in its component, by which circuits know it; where it is in use is read
    from the component's uses, never stored.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    component = models.OneToOneField(Component, models.PROTECT, related_name="console")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="consoles", verbose_name="unit that keeps it"
    )
    asset_tag = models.CharField(max_length=40, blank=True)
    location = models.CharField("where it stands when not in use", max_length=100, blank=True)
    owner = models.CharField("owner, if lent to us", max_length=150, blank=True)
    lent_to = models.CharField("who has it, if we lent it", max_length=150, blank=True)
    return_on = models.DateField("to be given back on", null=True, blank=True)
    firmware = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=15, choices=ServiceState, default=ServiceState.IN_SERVICE)
    state_reason = models.CharField(max_length=300, blank=True)
    state_since = models.DateTimeField()
    state_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ConsoleQuerySet.as_manager()

    class Meta:
        ordering = ["component__model__kind", "component__model__name", "asset_tag"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "asset_tag"],
                condition=~Q(asset_tag=""),
                name="circuits_console_asset_tag_unique_in_unit",
            ),
            models.CheckConstraint(
                condition=Q(return_on=None) | ~Q(owner="") | ~Q(lent_to=""),
                name="circuits_console_only_what_is_lent_is_given_back",
            ),
            models.CheckConstraint(
                condition=Q(state=ServiceState.LENT, owner="") & ~Q(lent_to="")
                | ~Q(state=ServiceState.LENT) & Q(lent_to=""),
                name="circuits_console_our_own_is_lent_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ServiceState.IN_SERVICE) | ~Q(state_reason=""),
                name="circuits_console_not_in_service_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.asset_tag}".strip()

    @property
    def is_loan(self) -> bool:
        """Whether it belongs to somebody else."""
        return bool(self.owner)

    @property
    def is_heater(self) -> bool:
        """Whether it has water to look after."""
        return self.component.model.kind == ComponentKind.HEATER


class RecordKind(models.TextChoices):
    """What is done to a device again and again; the site says how often."""

    MAINTENANCE = "maintenance", "Maintenance"
    SELF_TEST = "self_test", "Self-test"
    BATTERY_TEST = "battery_test", "Battery test"
    ALARM_LIMITS = "alarm_limits", "Alarm limits as configured"
    WATER_CHANGE = "water_change", "Water change"
    DISINFECTION = "disinfection", "Disinfection"
    WATER_SAMPLE = "water_sample", "Water sample taken"


HYGIENE = (RecordKind.WATER_CHANGE, RecordKind.DISINFECTION, RecordKind.WATER_SAMPLE)


class Verdict(models.TextChoices):
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    DONE = "done", "Done"


@tracked
class ConsoleRecord(models.Model):
    """One thing done to a console: a test, a maintenance, a water change. Written once.

    `details` holds what was read: {"battery_min": "42"} or, for alarm limits, {measure: {"low":
    "-100", "high": null}} with decimals as strings.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    console = models.ForeignKey(Console, models.PROTECT, related_name="records")
    kind = models.CharField(max_length=15, choices=RecordKind)
    verdict = models.CharField(max_length=6, choices=Verdict)
    done_at = models.DateTimeField()
    next_due_on = models.DateField("next due, as written on the device", null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-done_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.FAILED) | ~Q(note=""),
                name="circuits_consolerecord_failed_says_what",
            ),
            models.CheckConstraint(
                condition=Q(done_at__lte=F("entered_at")),
                name="circuits_consolerecord_done_before_entered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["console", "kind", "-done_at"], name="circuits_consolerecord_newest"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.console}"


class WaterVerdict(models.TextChoices):
    ACCEPTABLE = "acceptable", "Acceptable"
    NOT_ACCEPTABLE = "not_acceptable", "Not acceptable"


@tracked
class WaterResult(models.Model):
    """What the laboratory found in the water of a heater unit. A correction is a row of its own."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    console = models.ForeignKey(Console, models.PROTECT, related_name="water_results")
    test = models.CharField("organism or count looked for", max_length=120)
    value = models.CharField("result as reported", max_length=60)
    unit_text = models.CharField("unit of the result", max_length=30, blank=True)
    verdict = models.CharField(max_length=15, choices=WaterVerdict)
    sampled_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sampled_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_at__gte=F("sampled_at")),
                name="circuits_waterresult_reported_after_sampling",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(note=""),
                name="circuits_waterresult_corrected_with_reason",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.test}: {self.value} {self.unit_text}".strip()
