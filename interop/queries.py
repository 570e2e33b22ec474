"""Which messages wait for a person, and what came in."""

from datetime import datetime

from django.db.models import Count, Prefetch, Q

from accounts.models import Centre, User
from accounts.permissions import Permission
from accounts.queries import centres_of
from interop.models import Message, MessageQuerySet, MessageState, QuarantinedObservation
from patients.models import Patient


def sending_centre(user: User, code: str, at: datetime) -> Centre | None:
    """Return the centre for which `user` sends: the one named, or the only one; None if unclear."""
    centres = centres_of(user, Permission.HL7_SEND, at)
    named = list(centres.filter(code=code) if code else centres[:2])
    return named[0] if len(named) == 1 else None


def messages_of(user: User, at: datetime) -> MessageQuerySet:
    """Messages that `user` works on, with how many values of each still wait."""
    waiting = Count("quarantined", filter=Q(quarantined__resolved_at=None))
    return (
        Message.objects.visible_to(user, at)
        .select_related("patient", "centre")
        .annotate(waiting=waiting)
        .order_by("-received_at", "-pk")
    )


def work_list(user: User, at: datetime) -> MessageQuerySet:
    """Messages that wait for a person, oldest first, with their values (two statements)."""
    held = Q(state__in=[MessageState.HELD, MessageState.FAILED])
    values = QuarantinedObservation.objects.select_related("resolved_by")
    return (
        messages_of(user, at)
        .filter(held)
        .prefetch_related(Prefetch("quarantined", values))
        .order_by("received_at", "pk")
    )


def candidates(message: Message, text: str) -> list[Patient]:
    """Patients of the message's centre whose name or MRN holds every word of `text`."""
    if not text.strip():
        return []
    return list(Patient.objects.kept().filter(centre=message.centre_id).named(text)[:10])
