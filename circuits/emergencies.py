"""What there is to choose in an emergency, and what has happened in one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Centre, User
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.models import Debrief, Emergency
from clinical.checklist import default_body, items_of
from clinical.emergency import CODES, FIRST, PREFIX
from patients.models import Run
from web.actions.checklists import PREFIX as LIST
from web.models import ChecklistRun, ChecklistTap, SiteDocument

LATE = timedelta(minutes=1)
"""An entry made longer than this after what it tells is shown with both times."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card that may be opened, with who approved it; None for the product's default."""

    code: str
    title: str
    document: SiteDocument | None

    @property
    def kind(self) -> str:
        """The kind of its checklist."""
        return PREFIX + self.code

    @property
    def is_first(self) -> bool:
        """Whether it is for what kills within minutes."""
        return self.code in FIRST


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `is_late`: noted longer after than it takes to type."""

    at: datetime
    entered_at: datetime
    kind: str
    text: str
    note: str
    by: object

    @property
    def is_late(self) -> bool:
        """Whether it was noted late: both times are shown."""
        return self.entered_at - self.at > LATE


def cards_of(centre: Centre, at: datetime) -> list[Card]:
    """Return the cards in force in a centre, in the order in which they are offered (one statement)."""
    kinds = {LIST + PREFIX + code: code for code in CODES}
    rows = SiteDocument.objects.filter(centre=centre, kind__in=kinds, valid_from__lte=at)
    approved = rows.exclude(approved_at=None).select_related("approved_by")
    newest = approved.order_by("kind", "-valid_from", "-version").distinct("kind")
    held = {kinds[row.kind]: row for row in newest}
    return [Card(code, _title(code, held.get(code)), held.get(code)) for code in CODES]


def opened_cards(emergency: Emergency) -> QuerySet[ChecklistRun]:
    """Return the cards that were opened, the newest first (one statement)."""
    rows = ChecklistRun.objects.filter(subject=str(emergency.public_id))
    related = rows.select_related("document__approved_by", "started_by", "ended_by")
    return related.order_by("-started_at", "-pk")


def timeline(emergency: Emergency, cards: Iterable[ChecklistRun]) -> list[Line]:
    """Return what happened, newest first: taps, notes, drugs, calls, start and end (two statements)."""
    begun = list(cards)
    lines = [_began(emergency, card) for card in begun]
    labels = {(card.pk, item.id): item.label for card in begun for item in items_of(card.body)}
    taps = ChecklistTap.objects.filter(checklist__in=begun).select_related("by")
    lines += [_tapped(tap, labels[tap.checklist_id, tap.item]) for tap in taps]
    for entry in emergency.entries.select_related("entered_by"):
        words = (entry.kind, entry.text, entry.get_kind_display(), entry.entered_by)
        lines.append(Line(entry.occurred_at, entry.entered_at, *words))
    if emergency.ended_at is not None:
        ended = emergency.ended_at
        lines.append(Line(ended, ended, "end", "End of the emergency", "", emergency.ended_by))
    return sorted(lines, key=lambda line: (line.at, line.entered_at), reverse=True)


def runs_for(user: User, at: datetime) -> list[Run]:
    """Return the running patients for whom a user may answer a card, by bed (two statements)."""
    units = units_of(user, Permission.CHECKLIST_ANSWER, at).values("pk")
    rows = Run.objects.running().visible_to(user, at).filter(unit__in=units)
    return list(rows.select_related("patient", "unit__centre").order_by("patient__bed", "pk"))


def debriefs_for(user: User, emergency: Emergency, *, may_review: bool) -> QuerySet[Debrief]:
    """Return the debriefs that a user may read: all with the right to peer review, else one's own."""
    rows = emergency.debriefs.select_related("entered_by")
    return rows if may_review else rows.filter(entered_by=user)


def _began(emergency: Emergency, card: ChecklistRun) -> Line:
    is_start = card.started_at == emergency.entered_at
    at = emergency.started_at if is_start else card.started_at
    return Line(at, card.started_at, "start", f"Card opened: {card}", card.source, card.started_by)


def _tapped(tap: ChecklistTap, label: str) -> Line:
    said = "" if tap.answer == "done" else tap.get_answer_display()
    note = ": ".join(part for part in (said, tap.note) if part)
    return Line(tap.tapped_at, tap.entered_at, tap.answer, label, note, tap.by)


def _title(code: str, document: SiteDocument | None) -> str:
    body = document.body if document else default_body(PREFIX + code)
    return str(body["title"])
