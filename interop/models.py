"""Messages from outside, kept as they came."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Centre, User
from accounts.permissions import Permission
from accounts.queries import centres_of
from audit.tracking import append_only, tracked
from patients.models import Patient


class MessageState(models.TextChoices):
    RECEIVED = "received", "Received"
    PROCESSING = "processing", "Being filed"
    DONE = "done", "Filed"
    HELD = "held", "Waits for a person"
    FAILED = "failed", "Could not be read"


class MessageOutcome(models.TextChoices):
    """What became of a message, in the words of the laboratory interface's rules."""

    FILED = "filed", "Filed"
    PARTLY_QUARANTINED = "partly_quarantined", "Partly quarantined"
    QUARANTINED = "quarantined", "Quarantined"
    DUPLICATE = "duplicate", "Duplicate"
    UNMATCHED = "unmatched", "No such patient"
    IDENTITY_MISMATCH = "identity_mismatch", "Name or birth date differ"
    OTHER_PATIENT = "other_patient", "Another patient"
    OLDER_THAN_STORED = "older_than_stored", "Older than what is stored"
    NO_CHANGE = "no_change", "Nothing new"
    UNREADABLE = "unreadable", "Could not be read"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User, at: datetime) -> "MessageQuerySet":
        """Messages of centres for the whole of which `user` works the interface."""
        return self.filter(centre__in=centres_of(user, Permission.HL7_WORK, at).values("pk"))


@tracked
class Message(models.Model):
    """One message: the raw text first, then what became of it. Never dropped."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="messages")
    sender = models.CharField("sending application (MSH-3)", max_length=60)
    control_id = models.CharField("control id (MSH-10)", max_length=80)
    raw = models.TextField()
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=MessageState, default=MessageState.RECEIVED)
    claimed_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("times that filing was tried", default=0)
    outcome = models.CharField(max_length=20, choices=MessageOutcome, blank=True)
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    error = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "sender", "control_id"],
                condition=~Q(control_id=""),
                name="interop_message_one_per_sender_and_control_id",
            )
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(state__in=["received", "processing"]),
                name="interop_message_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.control_id}"


class Receipt(models.Model):
    """One arrival of a message, also of a duplicate, with the acknowledgement that was given."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField()
    ack = models.CharField(max_length=2)
    is_duplicate = models.BooleanField(default=False)

    class Meta:
        ordering = ["received_at", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.message} {self.ack}"


@tracked
class QuarantinedObservation(models.Model):
    """One OBX that could not be filed; a person decides, the system corrects nothing."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="quarantined")
    obx = models.PositiveSmallIntegerField("OBX set id")
    code = models.CharField(max_length=80)
    reason = models.CharField(max_length=40)
    reported = models.CharField(max_length=200, blank=True)
    converted = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["message", "obx"]

    def __str__(self) -> str:
        return f"{self.message} OBX {self.obx}"

    @property
    def reason_text(self) -> str:
        """The reason in words."""
        return REASONS.get(self.reason, self.reason.replace("_", " "))


REASONS = {
    "code_unknown": "The test is not in this site's catalogue",
    "codes_disagree": "Its two codes name two different tests",
    "unit_unknown": "The unit is not taken for this test",
    "out_of_hard_range": "The value cannot be true",
    "status_unknown": "The result status is not known",
    "value_missing": "There is no value",
    "time_missing": "Collection or status time is missing",
    "order_missing": "The filler order is missing",
    "in_the_future": "Collected in the future: a clock is wrong",
    "cannot_be_stored": "Longer or larger than can be stored",
}
