"""A private file, reached only through a permission."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from audit.tracking import append_only


class Attachment(models.Model):
    """One stored file with its digest. The bytes never change; a new version is a new row."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField("file name shown", max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("size (bytes)")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-stored_at"]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name
