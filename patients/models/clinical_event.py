"""What happened to the patient on the way: complications, bleeding, products, diagnoses."""

from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import tracked
from patients.models.run import Run


@tracked
class Complication(models.Model):
    """One complication with its registry code and its time."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="complications")
    code = models.CharField("registry code", max_length=10)
    label = models.CharField(max_length=200)
    occurred_at = models.DateTimeField("when (blank: not known)", null=True, blank=True)
    note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = [F("occurred_at").desc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.label


@tracked
class BleedingEvent(models.Model):
    """One bleeding, open until it stops."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="bleedings")
    grade = models.PositiveSmallIntegerField("grade (1-4)")
    site = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__gte=1) & Q(grade__lte=4),
                name="patients_bleedingevent_grade_1_to_4",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="patients_bleedingevent_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site}, grade {self.grade}"


@tracked
class BloodProduct(models.Model):
    """One product begun: to the patient or to the circuit's prime.

    Kept light where the hospital's record owns it; the prime's bags carry their full identity.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="blood_products")
    product = models.CharField(max_length=40)
    volume_ml = models.DecimalField("volume (mL)", max_digits=7, decimal_places=1)
    given_to = models.CharField(
        max_length=10, choices=[("patient", "Patient"), ("circuit", "Circuit prime")]
    )
    donation_id = models.CharField(max_length=40, blank=True)
    product_code = models.CharField(max_length=20, blank=True)
    abo_rhd = models.CharField("ABO and RhD", max_length=20, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    indication = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(volume_ml__gt=0), name="patients_bloodproduct_volume_above_0"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product.replace('_', ' ').capitalize()} {Decimal(self.volume_ml).normalize():f} mL"


@tracked
class Diagnosis(models.Model):
    """One diagnosis, by code of the site's own list and text.

    Several may be called primary, by different people: the registry's findings ask which it is.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="diagnoses")
    icd10 = models.CharField("ICD-10 code", max_length=10, blank=True)
    label = models.CharField(max_length=200)
    is_primary = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField("entered in error", null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-is_primary", "pk"]

    def __str__(self) -> str:
        return self.label
