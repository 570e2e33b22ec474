"""Device incidents: what happened, the part kept aside, who held it, and the report owed."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.component import Component
from clinical.incident import Harm
from patients.models import Run


class HarmDone(models.TextChoices):
    NEAR_MISS = Harm.NEAR_MISS.value, "Near miss: it did not reach the patient"
    NO_HARM = Harm.NO_HARM.value, "Reached the patient, no harm"
    TEMPORARY = Harm.TEMPORARY.value, "Temporary harm"
    PERMANENT = Harm.PERMANENT.value, "Permanent harm"
    DEATH = Harm.DEATH.value, "Death"
    NOT_KNOWN = Harm.NOT_KNOWN.value, "Not known yet"


class IncidentQuerySet(models.QuerySet["DeviceIncident"]):
    def open(self) -> "IncidentQuerySet":
        """Incidents that nobody has closed."""
        return self.filter(closed_at=None)

    def unreported(self) -> "IncidentQuerySet":
        """Open incidents whose report is owed."""
        return self.open().filter(reported_at=None, report_by__isnull=False)

    def holding(self) -> "IncidentQuerySet":
        """Incidents whose part is still kept aside."""
        return self.filter(quarantined_at__isnull=False, released_at=None)

    def visible_to(self, user: User, at: datetime) -> "IncidentQuerySet":
        """Incidents of units in which `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(unit__in=units.values("pk"))

    def locked(self, pk: int) -> "DeviceIncident":
        """Return the incident, locked until the transaction ends."""
        rows = self.select_for_update(of=("self",), no_key=True)
        return rows.select_related("unit__centre", "component__model").get(pk=pk)


@tracked
class DeviceIncident(models.Model):
    """One incident with a device, as a case from the event to its outcome."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="device_incidents")
    run = models.ForeignKey(
        Run, models.PROTECT, null=True, blank=True, related_name="device_incidents"
    )
    component = models.ForeignKey(
        Component, models.PROTECT, null=True, blank=True, related_name="incidents"
    )
    happened_at = models.DateTimeField()
    known_at = models.DateTimeField("became known")
    what = models.TextField("what happened")
    harm = models.CharField(max_length=12, choices=HarmDone)
    harm_note = models.CharField("what it did to the patient", max_length=300, blank=True)
    quarantined_at = models.DateTimeField("part kept aside since", null=True, blank=True)
    released_at = models.DateTimeField("part let go", null=True, blank=True)
    released_to = models.CharField("what became of the part", max_length=200, blank=True)
    report_by = models.DateTimeField(null=True, blank=True)
    report_rule = models.CharField("rule that says by when", max_length=300, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_to = models.CharField(max_length=200, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = [F("closed_at").desc(nulls_first=True), "-happened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("known_at")),
                name="circuits_deviceincident_happened_before_known",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="circuits_deviceincident_says_what"),
            models.CheckConstraint(
                condition=Q(quarantined_at=None) | Q(component__isnull=False),
                name="circuits_deviceincident_only_a_part_is_quarantined",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_to="")
                | Q(released_at__isnull=False, quarantined_at__isnull=False) & ~Q(released_to=""),
                name="circuits_deviceincident_released_says_where",
            ),
            models.CheckConstraint(
                condition=Q(reported_at=None, reported_by=None, reported_to="")
                | Q(reported_at__isnull=False, reported_by__isnull=False) & ~Q(reported_to=""),
                name="circuits_deviceincident_reported_at_by_and_to_together",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
                name="circuits_deviceincident_closed_with_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["component"],
                condition=Q(quarantined_at__isnull=False, released_at=None),
                name="circuits_deviceincident_held",
            )
        ]

    def __str__(self) -> str:
        about = self.component or "device"
        return f"{about}, {self.happened_at:%Y-%m-%d %H:%M}"

    @property
    def is_in_quarantine(self) -> bool:
        """Whether the part is kept aside."""
        return self.quarantined_at is not None and self.released_at is None


@tracked
class CustodyEntry(models.Model):
    """Who holds the part of an incident from a time on, and where; written once."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    incident = models.ForeignKey(DeviceIncident, models.PROTECT, related_name="custody")
    holder = models.CharField("who holds it", max_length=150)
    place = models.CharField("where", max_length=150)
    note = models.CharField("seal, packaging, condition", max_length=300, blank=True)
    taken_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at__lte=F("entered_at")),
                name="circuits_custodyentry_taken_before_entered",
            ),
            models.CheckConstraint(
                condition=~Q(holder="") & ~Q(place=""),
                name="circuits_custodyentry_says_who_and_where",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.holder}, {self.place}"
