"""What the patient weighs, and how we know."""

from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.tracking import append_only, tracked
from patients.models.run import Run


class WeightBasis(models.TextChoices):
    ACTUAL = "actual", "Measured"
    ESTIMATED = "estimated", "Estimated"
    DRY = "dry", "Dry"
    ADJUSTED = "adjusted", "Adjusted"
    BIRTH = "birth", "Birth weight"


@tracked
class WeightEntry(models.Model):
    """One weight. The newest by `measured_at` is the one in use for doses and indices."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="weights")
    weight_kg = models.DecimalField("weight (kg)", max_digits=7, decimal_places=3)
    basis = models.CharField(max_length=12, choices=WeightBasis)
    measured_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-measured_at", "-entered_at", "-pk"]
        constraints = [
            # 0.3-650 kg are the hard limits of weight in the bedside reference (1.5).
            models.CheckConstraint(
                condition=Q(weight_kg__gte="0.3") & Q(weight_kg__lte=650),
                name="patients_weightentry_possible",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{Decimal(self.weight_kg).normalize():f} kg"
