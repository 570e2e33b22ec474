"""What the laboratory said, each version a row."""

from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.tracking import append_only, tracked
from clinical.measures import MEASURES
from labs.models.sample import Sample


class ResultStatus(models.TextChoices):
    """HL7 result status, in the order in which a later one replaces an earlier."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


class ResultQuerySet(models.QuerySet["Result"]):
    def current(self) -> "ResultQuerySet":
        """The newest version of each result; superseded ones and late history are left out."""
        return self.filter(superseded_by=None, is_history=False)

    def usable(self) -> "ResultQuerySet":
        """Final or corrected current results with a number."""
        return self.current().filter(
            status__in=[ResultStatus.FINAL, ResultStatus.CORRECTED], value__isnull=False
        )


@tracked
class Result(models.Model):
    """One version of one result. A correction is a new row that supersedes; nothing is changed."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="results")
    analyte = models.CharField(max_length=40)
    sub_id = models.CharField("OBX-4", max_length=20, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    comparator = models.CharField(max_length=2, blank=True)
    value_text = models.TextField(blank=True)
    unit = models.CharField("unit (UCUM)", max_length=30, blank=True)
    status = models.CharField(max_length=20, choices=ResultStatus)
    status_at = models.DateTimeField("status given by the laboratory")
    reported = models.CharField("as sent", max_length=200, blank=True)
    flags = models.JSONField(default=list, blank=True)
    control_id = models.CharField("message it came in", max_length=80, blank=True)
    known_at = models.DateTimeField("became known here")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("why corrected, if by hand", max_length=200, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    is_history = models.BooleanField("older than what was stored when it came", default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["-known_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None) | ~Q(unit=""), name="labs_result_number_has_a_unit"
            ),
            models.UniqueConstraint(
                fields=["sample", "analyte", "sub_id"],
                condition=Q(supersedes=None, is_history=False),
                name="labs_result_one_first_version",
            ),
        ]
        indexes = [models.Index(fields=["sample", "analyte"], name="labs_result_sample")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.analyte} {self.comparator}{self.value or self.value_text} {self.unit}"

    @property
    def shown(self) -> Decimal | None:
        """The value in the display unit of its measure, rounded for reading."""
        one = MEASURES.get(self.analyte)
        return self.value if one is None or self.value is None else one.shown(self.value)

    @property
    def status_text(self) -> str:
        """The status in words."""
        return self.status.replace("_", " ")

    @property
    def is_current(self) -> bool:
        """Whether this is what stands: neither superseded nor late history."""
        return not self.is_history and not hasattr(self, "superseded_by")
