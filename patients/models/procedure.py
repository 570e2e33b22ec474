"""Procedures before, for and on ECLS."""

from uuid import uuid4

from django.db import models

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run


class ProcedureKind(models.TextChoices):
    """What was done, in our words; the registry's code (CPT) is a number beside it, without text."""

    CARDIAC_SURGERY = "cardiac_surgery", "Cardiac surgery"
    CHEST_REEXPLORATION = "chest_reexploration", "Chest re-exploration"
    CHEST_DRAIN = "chest_drain", "Chest drain"
    PCI = "pci", "Coronary intervention"
    CATHETERISATION = "catheterisation", "Heart catheter"
    LV_DECOMPRESSION = "lv_decompression", "Decompression of the left ventricle"
    RRT = "rrt", "Renal replacement therapy"
    TRACHEOSTOMY = "tracheostomy", "Tracheostomy"
    BRONCHOSCOPY = "bronchoscopy", "Bronchoscopy"
    CDH_REPAIR = "cdh_repair", "Repair of a diaphragmatic hernia"
    LAPAROTOMY = "laparotomy", "Laparotomy"
    FASCIOTOMY = "fasciotomy", "Fasciotomy"
    NEUROSURGERY = "neurosurgery", "Neurosurgery"
    TRANSPLANT = "transplant", "Transplant"
    OTHER = "other", "Other"


@tracked
class Procedure(models.Model):
    """One procedure with its time."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="procedures")
    kind = models.CharField(max_length=40, choices=ProcedureKind)
    label = models.CharField("in words", max_length=200, blank=True)
    code = models.CharField("registry code (number only)", max_length=10, blank=True)
    performed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-performed_at", "-pk"]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()
