"""The calendar address of a person: opened, shown once, closed; and the feed that it serves."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from circuits.actions.calendar import close_feed, digest_of, open_feed
from circuits.feeds import change_calendar, feed_user
from circuits.models import CalendarFeed

P = Permission
PAGE = "circuits/calendar.html"


@require_safe
@requires(P.PATIENT_VIEW)
def calendar(request: UserRequest) -> HttpResponse:
    """Say whether one's address is open."""
    return render(request, PAGE, {"feed": _open(request)})


@require_POST
@never_cache
@requires(P.PATIENT_VIEW)
def calendar_open(request: UserRequest) -> HttpResponse:
    """Open a new address, and show it this once."""
    secret = open_feed(by=request.user, at=timezone.now())
    address = request.build_absolute_uri(reverse("circuits:calendar-feed", args=[secret]))
    return render(request, PAGE, {"feed": _open(request), "address": address})


@require_POST
@requires(P.PATIENT_VIEW)
def calendar_close(request: UserRequest) -> HttpResponse:
    """Close one's address."""
    if close_feed(by=request.user, at=timezone.now()):
        messages.success(request, "Closed. Your calendar keeps what it has read, and gets no more.")
    return redirect("circuits:calendar")


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer the calendar program of whoever holds the secret."""
    user = feed_user(digest_of(secret))
    if user is None:
        raise Http404("There is no such calendar, or its address was closed.")
    site = request.build_absolute_uri("/").rstrip("/")
    body = change_calendar(user, site, timezone.now())
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def _open(request: UserRequest) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=request.user, revoked_at=None).first()
