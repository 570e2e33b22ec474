"""What a create answered, so that a retry answers the same."""

from django.conf import settings
from django.db import models


class IdempotencyRecord(models.Model):
    """One create that was sent with an Idempotency-Key: its fingerprint and its answer."""

    key = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    fingerprint = models.CharField("SHA-256 of method, path and body", max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="web_idempotencyrecord_one_per_user_and_key"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="web_idempotency_created")]

    def __str__(self) -> str:
        return self.key
