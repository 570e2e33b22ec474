"""Messages owed to people, and the pulse of what delivers them."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def deliverable(self, at: datetime, lapsed_before: datetime) -> "NotificationQuerySet":
        """Messages to send now: due, not expired, and claimed by nobody still at work."""
        unclaimed = Q(state=State.QUEUED) | Q(state=State.SENDING, claimed_at__lt=lapsed_before)
        return self.filter(unclaimed, not_before__lte=at, expires_at__gt=at)


class Notification(models.Model):
    """A message owed to one person: written with what caused it, sent afterwards.

    Subject and text hold no patient data: keys and bed only; the detail is read after login.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField("owed once per key", max_length=160, unique=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    subject = models.CharField(max_length=150)
    text = models.TextField()
    link = models.CharField("path of the page with the detail", max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField("to be sent from")
    expires_at = models.DateTimeField("of no use after")
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    message_id = models.CharField("Message-ID, the same at every attempt", max_length=200)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=Q(state__in=["queued", "sending"]),
                name="notifications_owed",
            ),
            models.Index(fields=["to", "-queued_at"], name="notifications_to"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(sent_at=None) & ~Q(state="sent"))
                | Q(sent_at__isnull=False, state="sent"),
                name="notifications_notification_sent_at_iff_sent",
            )
        ]

    def __str__(self) -> str:
        return self.key


class ContactPoint(models.Model):
    """Where a person wants messages of one channel; without one, the user's own e-mail address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact_points"
    )
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel"], name="notifications_contactpoint_one_per_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} by {self.channel}"


class Heartbeat(models.Model):
    """When a part of the machinery last showed that it works ("worker", "beat")."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
