"""The site's own list of diagnoses."""

from django.db import models

from accounts.models import Centre, User
from audit.tracking import tracked


class DiagnosisCodeQuerySet(models.QuerySet["DiagnosisCode"]):
    def in_use(self, centre: Centre) -> "DiagnosisCodeQuerySet":
        """Codes of the list that a centre imported last."""
        return self.filter(centre=centre, retired_at=None)


@tracked
class DiagnosisCode(models.Model):
    """One code of the ICD-10 list that a centre imported. A code that falls out is retired."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="diagnosis_codes")
    code = models.CharField("ICD-10 code", max_length=10)
    label = models.CharField(max_length=200)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    retired_at = models.DateTimeField("not in the list any more", null=True, blank=True)

    objects = DiagnosisCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "code"], name="patients_diagnosiscode_one_per_centre"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
