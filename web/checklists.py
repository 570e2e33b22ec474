"""How far a checklist is: each item with its newest answer."""

from dataclasses import dataclass

from clinical.checklist import Item, items_of
from web.models import Answer, ChecklistRun, ChecklistTap


@dataclass(frozen=True, slots=True)
class ItemState:
    """One item, its newest answer (None: none given, or taken back), and every answer given."""

    number: int
    item: Item
    tap: ChecklistTap | None
    taps: tuple[ChecklistTap, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """A checklist as it stands."""

    checklist: ChecklistRun
    states: list[ItemState]
    newest: int

    @property
    def open(self) -> int:
        """How many items have no answer."""
        return sum(one.tap is None for one in self.states)

    @property
    def answered(self) -> int:
        """How many items have an answer."""
        return len(self.states) - self.open

    @property
    def outside(self) -> list[ItemState]:
        """Items whose value lies outside a line, or that were not possible."""
        return [
            one
            for one in self.states
            if one.tap and (one.tap.standing or one.tap.answer == Answer.NOT_POSSIBLE)
        ]


def progress_of(checklist: ChecklistRun) -> Progress:
    """Return how far a checklist is. One statement."""
    taps = list(checklist.taps.select_related("by"))
    by_item: dict[str, list[ChecklistTap]] = {}
    for tap in taps:
        by_item.setdefault(tap.item, []).append(tap)
    states = [
        _state(number, item, by_item.get(item.id, []))
        for number, item in enumerate(items_of(checklist.body), start=1)
    ]
    return Progress(checklist, states, max((tap.pk for tap in taps), default=0))


def _state(number: int, item: Item, taps: list[ChecklistTap]) -> ItemState:
    newest = taps[-1] if taps else None
    if newest is not None and newest.answer == Answer.TAKEN_BACK:
        newest = None
    return ItemState(number, item, newest, tuple(taps))
