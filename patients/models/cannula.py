"""Cannulas belong to the run: they outlive circuits."""

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from patients.models.run import Run


class CannulaSite(models.TextChoices):
    FEMORAL_V = "femoral_v", "Femoral vein"
    INTERNAL_JUGULAR_V = "internal_jugular_v", "Internal jugular vein"
    SUBCLAVIAN_V = "subclavian_v", "Subclavian vein"
    FEMORAL_A = "femoral_a", "Femoral artery"
    CAROTID_A = "carotid_a", "Carotid artery"
    AXILLARY_A = "axillary_a", "Axillary artery"
    SUBCLAVIAN_A = "subclavian_a", "Subclavian artery"
    AORTA = "aorta", "Aorta"
    RIGHT_ATRIUM = "right_atrium", "Right atrium"
    PULMONARY_A = "pulmonary_a", "Pulmonary artery"
    OTHER_V = "other_v", "Other vein"
    OTHER_A = "other_a", "Other artery"
    OTHER = "other", "Other"


class Side(models.TextChoices):
    LEFT = "L", "Left"
    RIGHT = "R", "Right"
    NONE = "", "No side"


class CannulaPurpose(models.TextChoices):
    DRAINAGE = "drainage", "Drainage"
    RETURN = "return", "Return"
    BOTH = "both", "Drainage and return (dual lumen)"
    DISTAL_PERFUSION = "distal_perfusion", "Distal perfusion"
    CEPHALAD = "cephalad", "Cephalad drain"
    VENT = "vent", "Left-sided vent"


class Technique(models.TextChoices):
    PERCUTANEOUS = "percutaneous", "Percutaneous"
    OPEN_CUT_DOWN = "open_cut_down", "Open cut-down"
    SEMI_OPEN = "semi_open", "Semi-open"
    CENTRAL = "central", "Central"
    GRAFT = "graft", "Graft"
    UNKNOWN = "", "Not known"


class Lumens(models.TextChoices):
    """How many ways a cannula has; the codes are those of the Maastricht nomenclature."""

    SINGLE = "", "Single lumen"
    DUAL = "dl", "Dual lumen"
    BICAVAL = "bc", "Dual lumen, bicaval"
    CAVOATRIAL = "ca", "Dual lumen, cavo-atrial"


class CannulaRemoval(models.TextChoices):
    """Why a cannula came out or was replaced (registry reference 1.5)."""

    ELECTIVE = "elective_decannulation", "Elective decannulation"
    POSITION = "position", "Position"
    CLOT = "clot", "Clot"
    KINK = "kink", "Kink"
    BLEEDING = "bleeding", "Bleeding"
    LIMB_ISCHAEMIA = "limb_ischaemia", "Limb ischaemia"
    CONVERSION = "conversion", "Conversion"
    INFECTION = "infection", "Infection"
    OTHER = "other", "Other"


class Repair(models.TextChoices):
    """What was done to the vessel when a cannula came out."""

    NOT_TOLD = "", "Not told"
    NONE = "none", "None, pressure only"
    SUTURE = "suture", "Suture at the skin"
    CLOSURE_DEVICE = "closure_device", "Closure device"
    VESSEL_REPAIR = "vessel_repair", "Vessel repaired"
    LIGATED = "ligated", "Vessel ligated"


def centimetres(label: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """Return a nullable length in cm; none means that it is not known."""
    return models.DecimalField(label, max_digits=4, decimal_places=1, null=True, blank=True)


class CannulaQuerySet(models.QuerySet["Cannula"]):
    def visible_to(self, user: User, at: datetime) -> "CannulaQuerySet":
        """Cannulas of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(run__unit__in=units.values("pk"))

    def inside(self) -> "CannulaQuerySet":
        """Cannulas in place."""
        return self.filter(removed_at=None)


@tracked
class Cannula(models.Model):
    """One cannula from insertion to removal. Its depth and tip are the newest on record."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="cannulas")
    site = models.CharField(max_length=30, choices=CannulaSite)
    side = models.CharField(max_length=1, choices=Side, blank=True)
    purpose = models.CharField(max_length=20, choices=CannulaPurpose)
    size_fr = models.DecimalField("size (Fr)", max_digits=4, decimal_places=1, null=True)
    technique = models.CharField(max_length=20, choices=Technique, blank=True)
    length_cm = centimetres("length (cm)")
    lumens = models.CharField(max_length=2, choices=Lumens, blank=True)
    is_minor = models.BooleanField("carries the minor flow", default=False)
    depth_cm = centimetres("depth secured (cm)")
    tip_position = models.CharField(max_length=80, blank=True)
    tip_entered_at = models.DateTimeField(null=True, blank=True)
    inserted_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=60, choices=CannulaRemoval, blank=True)
    repair = models.CharField("repair of the vessel", max_length=20, choices=Repair, blank=True)
    removal_entered_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CannulaQuerySet.as_manager()

    class Meta:
        ordering = ["inserted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gt=F("inserted_at")),
                name="patients_cannula_removed_after_insertion",
            ),
            models.CheckConstraint(
                condition=Q(size_fr=None) | (Q(size_fr__gt=0) & Q(size_fr__lte=60)),
                name="patients_cannula_size_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_site_display()} {self.side} {self.get_purpose_display()}".strip()

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit


@tracked
class CannulaPosition(models.Model):
    """Where a cannula lay at one time: how deep it was secured, and where its tip was seen."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    cannula = models.ForeignKey(Cannula, models.PROTECT, related_name="positions")
    seen_at = models.DateTimeField()
    depth_cm = centimetres("depth secured (cm)")
    tip_position = models.CharField(max_length=80, blank=True)
    reason = models.CharField("why it was moved", max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["seen_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(depth_cm__isnull=False) | ~Q(tip_position=""),
                name="patients_cannulaposition_says_something",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        depth = "" if self.depth_cm is None else f"{self.depth_cm.normalize():f} cm"
        return ", ".join(part for part in (depth, self.tip_position) if part)
