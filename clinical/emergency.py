"""Emergency cards: which there are, and what of a card is for the circuit at this bed.

A card is a checklist (`clinical.checklist`). Source: bedside reference 4: cards are keyed by console
model and pump type, and what is marked for centrifugal pumps is not shown for roller pumps. Where
pump or console is not known nothing is left out: a step too many is read past, a missing one not.
"""

from collections.abc import Collection, Mapping
from typing import Any

from clinical.checklist import Item, items_of

PREFIX = "emergency_"
"""Before the code of a card, in the kind of its checklist."""

FIRST = ("pump_fail", "air", "rupture", "decannulation", "gas_fail", "oxy_fail", "power", "arrest")
"""Cards for what kills within minutes, in the order in which they are offered."""

LATER = (
    "chatter",
    "diff_hypox",
    "recirc",
    "tamponade",
    "lv_dist",
    "limb",
    "haemolysis",
    "neuro",
    "transport",
)
UNKNOWN = "other"
"""The card for when nobody knows yet what it is."""

CODES = (*FIRST, *LATER, UNKNOWN)

CENTRIFUGAL, ROLLER = "centrifugal", "roller"


def is_emergency(kind: str) -> bool:
    """Whether a list of this kind is an emergency card: nothing there may hold anybody up."""
    return kind.startswith(PREFIX)


def fitting(
    body: Mapping[str, Any], *, pumps: Collection[str] = (), consoles: Collection[str] = ()
) -> dict[str, Any]:
    """Return the card without the steps that are for other pumps or other consoles.

    `pumps` and `consoles` are those of the circuit; empty means not known, and leaves all in.
    """
    kept = {item.id for item in items_of(body) if _fits(item, pumps, _plain(consoles))}
    return {**body, "items": [row for row in body["items"] if str(row["id"]) in kept]}


def _fits(item: Item, pumps: Collection[str], consoles: Collection[str]) -> bool:
    is_for_pump = not (item.pumps and pumps) or not set(item.pumps).isdisjoint(pumps)
    is_for_console = not (item.consoles and consoles) or not _plain(item.consoles).isdisjoint(
        consoles
    )
    return is_for_pump and is_for_console


def _plain(names: Collection[str]) -> set[str]:
    return {name.strip().casefold() for name in names}
