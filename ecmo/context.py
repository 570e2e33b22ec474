"""What every page knows: the theme, the navigation, whether this is the demo."""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.access import held, role_words
from accounts.models import User
from accounts.permissions import Permission
from ecmo.demo.people import PASSWORD, demo_logins


class Page(NamedTuple):
    """One entry of the navigation, shown to those who hold its permission.

    `below`: where else in the site it is the current one, beside its own address.
    """

    label: str
    icon: str
    view: str
    permission: Permission
    below: tuple[str, ...] = ()


PAGES = (
    Page("Board", "layout-grid", "board", Permission.PATIENT_VIEW),
    Page(
        "Patients",
        "users",
        "patients:patient-list",
        Permission.PATIENT_VIEW,
        below=("/runs/", "/checks/", "/components/", "/labs/", "/flow-on/"),
    ),
    Page(
        "Referrals",
        "phone",
        "episodes:referral-list",
        Permission.PATIENT_VIEW,
        below=("/follow-up/", "/visits/"),
    ),
    Page("Alerts", "bell-ring", "alerts:alert-list", Permission.PATIENT_VIEW),
    Page(
        "Handover",
        "arrow-right-left",
        "episodes:handover-list",
        Permission.PATIENT_VIEW,
        below=("/handovers/", "/huddle/", "/units/", "/actions/", "/procedures/"),
    ),
    Page("Changes", "refresh-cw", "circuits:change-schedule", Permission.PATIENT_VIEW),
    Page("Roster", "calendar-days", "staffing:roster", Permission.ROSTER_VIEW),
    Page("Reports", "file-chart-column", "reports:report-list", Permission.REPORT_VIEW),
    Page(
        "Equipment",
        "package",
        "circuits:stock-list",
        Permission.CATALOGUE_VIEW,
        below=("/consoles/", "/hygiene/", "/devices/", "/stock-movements/"),
    ),
    Page(
        "Readiness",
        "shield-check",
        "circuits:readiness",
        Permission.CATALOGUE_VIEW,
        below=("/standby/", "/kit/", "/checklists/"),
    ),
    Page("Recalls", "package-x", "circuits:recall-list", Permission.CATALOGUE_VIEW),
    Page("Incidents", "shield-alert", "circuits:incident-list", Permission.CATALOGUE_VIEW),
    Page("Check sets", "sliders-horizontal", "circuits:check-sets", Permission.SITE_DATA_DRAFT),
    Page("Laboratory", "flask-conical", "interop:message-list", Permission.HL7_WORK),
    Page("Audit", "scroll-text", "access-list", Permission.AUDIT_VIEW),
    Page("Diagnoses", "stethoscope", "patients:code-list", Permission.CODES_IMPORT),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation as the template shows it."""

    label: str
    icon: str
    url: str
    is_current: bool
    count: int | None = None


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context shared by all pages; one statement, for a signed-in user."""
    user = getattr(request, "user", None)
    now = timezone.now()
    context: dict[str, Any] = {
        "theme": getattr(user, "theme", "auto"),
        "is_demo": settings.DEMO,
        "page_at": now,
        "page_zone": timezone.get_current_timezone_name(),
    }
    if user is None or not cast("User", user).is_authenticated:
        return {**context, **_demo_logins()} if settings.DEMO else context
    return {
        **context,
        "nav": _navigation(request),
        "may_call": Permission.CHECKLIST_ANSWER in held(request),
        "role_label": role_words(request),
        "may_audit": Permission.AUDIT_VIEW in held(request),
        "search_url": reverse("patients:patient-list"),
        "theme_url": reverse("accounts:theme"),
    }


def _demo_logins() -> dict[str, Any]:
    """Return what the sign-in page of the demo tells everybody."""
    return {"demo_logins": demo_logins(), "demo_password": PASSWORD}


def first_page(request: HttpRequest) -> str:
    """Return the address of the first page that the user's role has: for most, the board."""
    entries = _navigation(request)
    return entries[0].url if entries else reverse("account_change_password")


def _navigation(request: HttpRequest) -> list[Entry]:
    rights = held(request)
    return [
        Entry(one.label, one.icon, reverse(one.view), _is_here(one, request.path))
        for one in PAGES
        if one.permission in rights
    ]


def _is_here(entry: Page, path: str) -> bool:
    own = reverse(entry.view)
    return path == own or (own != "/" and path.startswith((own, *entry.below)))
