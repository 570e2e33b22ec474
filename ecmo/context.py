"""What every page knows: the theme, the navigation, whether this is the demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context shared by all pages."""
    user = getattr(request, "user", None)
    return {
        "theme": getattr(user, "theme", "auto"),
        "is_demo": settings.DEMO,
        "nav": [],
    }
