"""One's own messages, through the API."""

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.access import SignedIn
from notifications.models import Channel, Notification, State
from notifications.queries import of_user
from web.endpoints import Listed
from web.filters import Filters
from web.shapes import Instant, Shape


class NotificationShape(Shape):
    """A message owed to one person. It holds no patient data."""

    public_id = serializers.UUIDField()
    subject = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField(help_text="path of the page with the detail")
    channel = serializers.ChoiceField(choices=Channel.choices)
    state = serializers.ChoiceField(choices=State.choices)
    queued_at = Instant()
    sent_at = Instant(allow_null=True)
    expires_at = Instant(help_text="of no use after")


class NotificationFilter(Filters):
    """Which messages."""

    state = django_filters.ChoiceFilter(choices=State.choices)


class NotificationEndpoint(Listed):
    """Messages to oneself, newest first."""

    permission_classes = [SignedIn]
    queryset = Notification.objects.none()
    serializer_class = NotificationShape
    filterset_class = NotificationFilter

    def visible_rows(self) -> QuerySet[Notification]:
        """One's own."""
        return of_user(self.user).order_by("-queued_at", "-pk")
