"""What every request gets: an id, no stored copies of patient pages, a kind answer to rules."""

from collections.abc import Callable
from typing import Any, ClassVar, cast
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership
from web.problems import RuleBroken

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Middleware:
    """The shape that Django asks of a middleware."""

    sync_capable: ClassVar[bool] = True
    async_capable: ClassVar[bool] = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)


class RequestId(Middleware):
    """Give each request an id, sent back as a header and written into the access trail."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set `request.id`."""
        cast("Any", request).id = uuid4().hex
        response = self.get_response(request)
        response.headers["X-Request-Id"] = cast("Any", request).id
        return response


class NoStore(Middleware):
    """Keep patient pages out of every cache: no-store for whatever a signed-in user is sent."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the header unless the view set its own caching."""
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
        return response


class SessionExpired(Middleware):
    """Tell htmx that the session is over, instead of swapping a login page into a panel."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Turn a redirect to the login page into 401 with an event."""
        response = self.get_response(request)
        htmx = cast("HtmxDetails", cast("Any", request).htmx)
        location = response.headers.get("Location", "")
        if htmx and response.status_code == 302 and "/accounts/login/" in location:  # noqa: PLR2004
            return HttpResponse(status=401, headers={"HX-Trigger": "session-expired"})
        return response


class DomainErrors(Middleware):
    """Show a broken rule to the user as a sentence; views need not catch it."""

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """Answer 409 with the sentence; htmx gets only the sentence."""
        if not isinstance(exc, RuleBroken):
            return None
        messages.error(request, exc.message)
        htmx = cast("HtmxDetails", cast("Any", request).htmx)
        template = "errors/_refused.html" if htmx else "errors/refused.html"
        return render(request, template, {"problem": exc}, status=exc.status)


class LocalTime(Middleware):
    """Show times in the zone of the user's centre, asked once a session."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate the zone for this request."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        if "zone" not in request.session:
            home = Membership.objects.filter(user=request.user).select_related("centre").first()
            request.session["zone"] = home.centre.timezone if home else "UTC"
        with timezone.override(request.session["zone"]):
            return self.get_response(request)
