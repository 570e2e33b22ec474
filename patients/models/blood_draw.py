"""Blood drawn for tests: below ten kilograms it adds up."""

from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run


@tracked
class BloodDraw(models.Model):
    """One volume of blood drawn, discard included."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="blood_draws")
    volume_ml = models.DecimalField("volume (mL)", max_digits=6, decimal_places=2)
    drawn_at = models.DateTimeField()
    note = models.CharField("for what", max_length=120, blank=True)
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(volume_ml__gt=0), name="patients_blooddraw_volume_above_0"
            )
        ]

    def __str__(self) -> str:
        return f"{Decimal(self.volume_ml).normalize():f} mL drawn"
