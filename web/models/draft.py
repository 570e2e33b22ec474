"""What somebody is still typing: kept so that an interruption loses nothing. No part of the record."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models


class DraftQuerySet(models.QuerySet["Draft"]):
    def kept_by(self, user: Any, key: str) -> "Draft | None":
        """Return what the user was typing under this key and has not sent, if anything."""
        return self.filter(user=user.pk, key=key, sent_at=None).first()

    def older_than(self, moment: datetime) -> "DraftQuerySet":
        """Drafts that nobody has touched since."""
        return self.filter(saved_at__lt=moment)


class Draft(models.Model):
    """The newest state of one form of one person, by the names of its fields.

    Overwritten at every key, so it has no history; it is no entry until it is sent.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField("which form, of what", max_length=120)
    fields = models.JSONField()
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField("sent, kept for an undo", null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="web_draft_one_per_person_and_form"
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.key}"
