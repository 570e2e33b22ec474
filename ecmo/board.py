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
from audit.actions import record_accesses
from clinical.measures import MEASURES
from ecmo.board_card import TILES, Card, drawn
from ecmo.board_facts import facts_of_alerts, facts_of_dues, facts_of_runs
from notifications.models import Heartbeat

TEMPLATES = {
    "cards": "ecmo/_card.html",
    "wall": "ecmo/_card_wall.html",
    "table": "ecmo/_board_row.html",
}


def cards(user: User, at: datetime) -> list[Card]:
    """Return the board's cards in the order in which they need someone. Three statements."""
    minute = at.replace(second=0, microsecond=0)
    runs = facts_of_runs(user, at)
    pks = [run.pk for run in runs]
    alerts, dues = facts_of_alerts(pks), facts_of_dues(pks, at)
    shown = [Card(run, minute, alerts.get(run.pk, ()), dues.get(run.pk, ())) for run in runs]
    return sorted(
        shown, key=lambda card: (-card.severity, not card.late, card.facts.bed, card.facts.pk)
    )


def tally(shown: Iterable[Card]) -> dict[str, Any]:
    """Return what the strip above the cards says."""
    by_level: dict[int, int] = defaultdict(int)
    modes: dict[str, int] = defaultdict(int)
    late = 0
    for card in shown:
        modes[card.mode if card.is_mode_known else "mode not known"] += 1
        late += card.late
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
        patient_keys=[card.facts.patient_id for card in shown],
        request_id=request.id,
    )
    wanted, zone = request.GET.get("view", "cards"), timezone.get_current_timezone_name()
    view = wanted if wanted in TEMPLATES else "cards"
    context = {
        "cards": [drawn(card, TEMPLATES[view], zone) for card in shown],
        "tally": tally(shown),
        "tile_labels": [MEASURES[code].short for code in TILES],
        "at": at,
        "zone": zone,
        "beat_at": Heartbeat.objects.filter(name="worker")
        .values_list("beat_at", flat=True)
        .first(),
        "view": view,
        "density": "wall" if view == "wall" else "",
        "may_start": Permission.RUN_START in held(request),
    }
    part = "ecmo/_board.html" if request.GET.get("part") else "ecmo/board.html"
    return render(request, part, context)
