"""The registry's complication codes, and which of them a part taken out for a fault asks for.

Codes and how sure they are: `complications.toml`. Matching: registry reference 1.6 and 6.2 (C31):
every reason but the ones of `NO_FAULT` has a complication that says so, within a day.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from clinical.instants import elapsed

SOURCE = Path(__file__).with_suffix(".toml")
WITHIN = timedelta(hours=24)


class Certainty(StrEnum):
    """How well an item is founded; explained at the head of the dictionary."""

    SEEN = "seen"
    RECALLED = "recalled"
    UNVERIFIED = "unverified"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class ComplicationCode:
    """One code of the registry; the label is ours, the definition the registry's."""

    code: str
    category: str
    label: str
    certainty: Certainty


NO_FAULT = frozenset(
    {
        "",
        "end_of_run",
        "protocol_expiry",
        "upsizing",
        "mode_change",
        "moved",
        "found_elsewhere",
        "transferred",
        "transferred_with_patient",
        "recall",
    }
)
CODES_OF_FAULT = {
    "clot": frozenset({"101", "114", "116", "134"}),
    "gas_exchange": frozenset({"101"}),
    "haemolysis": frozenset({"134", "822", "823"}),
    "hemolysis": frozenset({"134", "822", "823"}),
    "pump": frozenset({"104"}),
    "leak": frozenset({"101", "103"}),
    "air": frozenset({"121"}),
    "heat_exchanger": frozenset({"105"}),
}
ANY_FAULT = frozenset[str]().union(*CODES_OF_FAULT.values())


def is_fault(reason: str) -> bool:
    """Whether a part taken out for this reason had failed."""
    return reason not in NO_FAULT


def codes_of(reason: str) -> frozenset[str]:
    """Return the codes that say so; any of them for a fault that has no code of its own."""
    if not is_fault(reason):
        return frozenset()
    known = (codes for fault, codes in CODES_OF_FAULT.items() if reason.startswith(fault))
    return next(known, ANY_FAULT)


def is_told(reason: str, out_at: datetime, told: Iterable[tuple[str, datetime | None]]) -> bool:
    """Whether a complication within a day of the removal says why; true if none is asked for.

    `told` are codes with their times; one without a time says nothing of this removal.
    """
    codes = codes_of(reason)
    return not codes or any(
        code in codes and at is not None and abs(elapsed(out_at, at)) <= WITHIN for code, at in told
    )


def read(path: Path = SOURCE) -> tuple[ComplicationCode, ...]:
    """Read the codes; raises KeyError or ValueError if an entry is not whole."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["complication"]
    return tuple(
        ComplicationCode(**row | {"certainty": Certainty(row["certainty"])}) for row in rows
    )


COMPLICATIONS = read()
BY_CODE = {one.code: one for one in COMPLICATIONS}
