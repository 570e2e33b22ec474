"""Planned changes as a calendar that other programs read: what, where and when, never about whom."""

from datetime import datetime, timedelta

from django.urls import reverse
from icalendar import Calendar, Event

from accounts.models import User
from circuits.changes import shown
from circuits.models import CalendarFeed, ChangeState, PlannedChange

PAST = timedelta(days=15)
AHEAD = timedelta(days=180)
STATUS = {ChangeState.CANCELLED: "CANCELLED", ChangeState.UNSETTLED: "TENTATIVE"}
REFRESH = timedelta(hours=1)


def feed_user(digest: str) -> User | None:
    """Return whose open address this is; None if it is nobody's, was closed, or its owner has left."""
    feeds = CalendarFeed.objects.select_related("user")
    feed = feeds.filter(digest=digest, revoked_at=None, user__is_active=True).first()
    return feed.user if feed else None


def change_calendar(user: User, site: str, at: datetime) -> bytes:
    """Return the planned changes of a person's units as iCalendar (two statements).

    From 15 days ago to half a year ahead; a cancelled change stays and says so, else it would
    stand in the other calendar for ever. `site` is the address before every path. Nothing in it
    tells of a patient: no name, number, bed, nor any free text.
    """
    rows = PlannedChange.objects.visible_to(user, at).filter(
        ends_at__gt=at - PAST, starts_at__lt=at + AHEAD
    )
    calendar = Calendar()
    calendar.add("prodid", "-//ECMO programme//planned changes//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "ECMO circuit changes")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for change in shown(rows):
        calendar.add_component(_event(change, user, site, at))
    return bytes(calendar.to_ical())


def _event(change: PlannedChange, user: User, site: str, at: datetime) -> Event:
    parts = ", ".join(part.use.get_kind_display().lower() for part in change.parts.all())
    whose = "Yours: change" if change.owner_id == user.pk else "Change"
    kit = "kit ready" if change.is_kit_ready else "kit not ready"
    event = Event()
    event.add("uid", f"change-{change.public_id}")
    event.add("dtstamp", at)
    event.add("dtstart", change.starts_at)
    event.add("dtend", change.ends_at)
    event.add("summary", f"{whose} of {parts}")
    event.add("description", f"{change.get_urgency_display()}, {kit}. {change.owner} sees to it.")
    event.add("location", str(change.run.unit))
    event.add("status", STATUS.get(ChangeState(change.state), "CONFIRMED"))
    event.add("url", f"{site}{reverse('circuits:change-detail', args=[change.public_id])}")
    return event
