"""The unit board: every running patient on one page, in a few statements however many they are.

Order: attention, then overdue, then bed. Lateness of paperwork never ranks with physiology.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, held, requires
from accounts.models import User
from accounts.permissions import Permission
from alerts.models import Alert, Due
from audit.actions import record_accesses
from ecmo.board_card import Card
from ecmo.board_facts import runs_with_facts
from notifications.models import Heartbeat


def cards(user: User, at: datetime) -> list[Card]:
    """Return the board's cards in the order in which they need someone. Three statements."""
    runs = list(runs_with_facts(user, at))
    by_run: dict[int | None, Card] = {run.pk: Card(run, at) for run in runs}
    pks = list(by_run)
    for alert in (
        Alert.objects.open().attention().filter(run__in=pks).order_by("-severity", "opened_at")
    ):
        by_run[alert.run_id].alerts.append(alert)
    for due in Due.objects.open().filter(run__in=pks).order_by("due_at"):
        by_run[due.run_id].dues.append(due)
    return sorted(
        by_run.values(),
        key=lambda card: (-card.severity, not card.late, card.run.patient.bed, card.run.pk),
    )


def tally(shown: Iterable[Card]) -> dict[str, Any]:
    """Return what the strip above the cards says."""
    by_level: dict[int, int] = defaultdict(int)
    modes: dict[str, int] = defaultdict(int)
    late = 0
    for card in shown:
        modes[card.mode if card.is_mode_known else "mode not known"] += 1
        late += len(card.late)
        for alert in card.alerts:
            by_level[alert.severity] += 1
    return {
        "levels": sorted(by_level.items(), reverse=True),
        "modes": sorted(modes.items()),
        "late": late,
    }


@requires(Permission.PATIENT_VIEW)
def board(request: UserRequest) -> HttpResponse:
    """Show the board as cards, as a table, or on a wall; htmx asks for the changing part."""
    at = timezone.now()
    shown = cards(request.user, at)
    record_accesses(
        by=request.user,
        at=at,
        what="unit board",
        patient_keys=[card.run.patient.public_id for card in shown],
        request_id=request.id,
    )
    view = request.GET.get("view", "cards")
    context = {
        "cards": shown,
        "tally": tally(shown),
        "at": at,
        "zone": timezone.get_current_timezone_name(),
        "beat_at": Heartbeat.objects.filter(name="worker")
        .values_list("beat_at", flat=True)
        .first(),
        "view": view if view in {"cards", "table", "wall"} else "cards",
        "density": "wall" if view == "wall" else "",
        "may_start": Permission.RUN_START in held(request),
    }
    part = "ecmo/_board.html" if request.GET.get("part") else "ecmo/board.html"
    return render(request, part, context)
