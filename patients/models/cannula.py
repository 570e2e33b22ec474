"""Cannulas belong to the run: they outlive circuits."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import tracked
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


@tracked
class Cannula(models.Model):
    """One cannula from insertion to removal."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="cannulas")
    site = models.CharField(max_length=30, choices=CannulaSite)
    side = models.CharField(max_length=1, choices=Side, blank=True)
    purpose = models.CharField(max_length=20, choices=CannulaPurpose)
    size_fr = models.DecimalField("size (Fr)", max_digits=4, decimal_places=1, null=True)
    technique = models.CharField(max_length=20, choices=Technique, blank=True)
    depth_cm = models.DecimalField(
        "depth secured (cm)", max_digits=4, decimal_places=1, null=True, blank=True
    )
    tip_position = models.CharField(max_length=80, blank=True)
    tip_entered_at = models.DateTimeField(null=True, blank=True)
    inserted_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=60, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

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
