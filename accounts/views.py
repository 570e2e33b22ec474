"""Pages about oneself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, signed_in
from accounts.actions import choose_theme
from accounts.models import Theme


@signed_in
@require_POST
def theme(request: UserRequest) -> HttpResponse:
    """Remember the display that the user chose, and go back."""
    wanted = request.POST.get("theme", "")
    if wanted in Theme.values:
        choose_theme(user=request.user, theme=Theme(wanted), by=request.user, at=timezone.now())
    return redirect(_safe(request, request.POST.get("next", "/")))


def _safe(request: HttpRequest, target: str) -> str:
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if allowed else "/"
