"""Who read which identifiable page, export or PDF."""

from django.db import models

from audit.tracking import append_only


class AccessQuerySet(models.QuerySet["Access"]):
    def of(self, patient_key: str) -> "AccessQuerySet":
        """Accesses to anything about one patient."""
        return self.filter(patient_key=patient_key)


class Access(models.Model):
    """One reading of something that identifies a patient. No foreign keys: it blocks nothing."""

    at = models.DateTimeField("read at")
    user_key = models.CharField(max_length=40)
    user_name = models.CharField(max_length=200)
    what = models.CharField("page, export or PDF", max_length=100)
    patient_key = models.CharField("public id of the patient, or blank", max_length=40, blank=True)
    subject = models.CharField("public id of the thing read", max_length=80, blank=True)
    method = models.CharField(max_length=10, default="GET")
    request_id = models.CharField(max_length=40, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["patient_key", "-at"], name="audit_access_patient_at")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.user_name} read {self.what}"
