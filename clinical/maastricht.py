"""The ELSO Maastricht Treaty string of a configuration, written from the cannulas.

Source: Broman et al., Crit Care 2019;23:36, tables 1 and 2; bedside reference 3.6. Drainage stands
left of the hyphen (the membrane lung), return right; upper case is major, lower case minor flow.
What is not known is left out, so that a string degrades to the lower level: nothing is invented.
The axillary artery, and where a distal perfusion line lies, have no letter in the tables read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum


class Level(IntEnum):
    """How much is told: each level adds to the one before."""

    HIERARCHY = 1
    SITE = 2
    TIP = 3
    DIMENSION = 4


@dataclass(frozen=True, slots=True)
class Tube:
    """A cannula as the string reads it; blank or None is not known.

    `lumens` is "dl", "bc" or "ca" for a dual-lumen cannula; `size_fr` is its outer diameter.
    """

    site: str
    purpose: str
    side: str = ""
    tip: str = ""
    size_fr: Decimal | None = None
    length_cm: Decimal | None = None
    lumens: str = ""
    is_minor: bool = False
    is_graft: bool = False


DRAINAGE, RETURN, BOTH = "drainage", "return", "both"
DISTAL, CEPHALAD, VENT = "distal_perfusion", "cephalad", "vent"
DUAL = "dl"

VESSELS = {
    "femoral_v": ("V", "f"),
    "internal_jugular_v": ("V", "j"),
    "subclavian_v": ("V", "s"),
    "femoral_a": ("A", "f"),
    "carotid_a": ("A", "car"),
    "subclavian_a": ("A", "s"),
    "axillary_a": ("A", ""),
    "other_v": ("V", ""),
    "other_a": ("A", ""),
}
CENTRAL = {"right_atrium": ("V", "RA"), "aorta": ("A", "AO"), "pulmonary_a": ("P", "PA")}
TIPS = {
    "right atrium": "a",
    "ra": "a",
    "inferior vena cava": "ivc",
    "ivc": "ivc",
    "superior vena cava": "svc",
    "svc": "svc",
}
VENT_TIPS = {"left atrium": "al", "right atrium": "ar"}
PULMONARY = "pulmonary artery"


@dataclass(frozen=True, slots=True)
class _Writer:
    level: Level
    has_sides: bool

    def letter(self, tube: Tube) -> str:
        """Write one cannula: letter, dimension, site, side, graft, tip."""
        letter, name = _vessel(tube)
        if tube.site in CENTRAL:
            letter, name = (name if self.level >= Level.SITE else letter), ""
        letter = letter.lower() if tube.is_minor else letter
        size = "" if tube.lumens else self.size(tube)
        return letter + size + self._index(tube, name)

    def size(self, tube: Tube) -> str:
        """Write the dimension; a length is never given without its diameter."""
        if self.level < Level.DIMENSION or tube.size_fr is None:
            return ""
        length = "" if tube.length_cm is None else f"/{_plain(tube.length_cm)}"
        return _plain(tube.size_fr) + length

    def vent(self, tube: Tube) -> str:
        """Write a vent, with the atrium in which it lies."""
        return "vnt" + (VENT_TIPS.get(_words(tube.tip), "") if self.level >= Level.TIP else "")

    def _index(self, tube: Tube, name: str) -> str:
        parts = []
        if self.level >= Level.SITE and name:
            side = tube.side.lower() if self.has_sides else ""
            parts.append(name + side + ("g" if tube.is_graft else ""))
        if self.level >= Level.TIP:
            parts.append(TIPS.get(_words(tube.tip), ""))
        return "".join(parts)


def maastricht(
    tubes: Iterable[Tube], *, level: Level, has_sides: bool = False, is_pumpless: bool = False
) -> str | None:
    """Return the string of the cannulas in place, in the order of their insertion.

    None if it cannot be written: no drainage or no return is known, or the vessel of one is not.
    `is_pumpless` puts "pl" in front; `has_sides` writes l and r from level 2 on.
    """
    tubes = list(tubes)
    drains = _ordered(tubes, {DRAINAGE, BOTH})
    returns = _ordered(tubes, {RETURN, BOTH})
    if why_not(tubes):
        return None
    writer = _Writer(level, has_sides)
    left = [writer.letter(tube) + _second_lumen(tube) for tube in drains]
    right = [
        _return_lumen(tube) if tube.purpose == BOTH else writer.letter(tube) for tube in returns
    ]
    if any(tube.purpose == CEPHALAD for tube in tubes):
        left[_at(drains, "internal_jugular_v")] += "cep"
    if arteries := [place for place, tube in enumerate(returns) if _vessel(tube)[0] == "A"]:
        for tube in tubes:
            if tube.purpose == DISTAL:
                right[_perfused(returns, arteries, tube)] += "d"
    right += [writer.vent(tube) for tube in tubes if tube.purpose == VENT]
    return _prefix(drains, writer, is_pumpless) + "".join(left) + "-" + "".join(right)


def why_not(tubes: Sequence[Tube]) -> str:
    """Return in words why no string can be written; blank if one can."""
    lacking = [
        what
        for what, purposes in (("drainage", {DRAINAGE, BOTH}), ("return", {RETURN, BOTH}))
        if not _ordered(tubes, purposes)
    ]
    if lacking:
        return f"no {' and no '.join(lacking)} cannula is entered"
    if any(_vessel(one)[0] == "" for one in tubes if one.purpose in {DRAINAGE, RETURN, BOTH}):
        return "the vessel of a cannula is not entered"
    return ""


def _ordered(tubes: Iterable[Tube], purposes: set[str]) -> list[Tube]:
    """Return those that carry the flow: dual-lumen first (the prefix is theirs), minor last."""
    carrying = [tube for tube in tubes if tube.purpose in purposes]
    return sorted(carrying, key=lambda tube: (not _is_dual(tube), tube.is_minor))


def _is_dual(tube: Tube) -> bool:
    return tube.purpose == BOTH or bool(tube.lumens)


def _vessel(tube: Tube) -> tuple[str, str]:
    return VESSELS.get(tube.site) or CENTRAL.get(tube.site) or ("", "")


def _second_lumen(tube: Tube) -> str:
    """Both lumens of a dual-lumen cannula may drain: (dl)VV-A."""
    return _vessel(tube)[0] if tube.lumens and tube.purpose == DRAINAGE else ""


def _return_lumen(tube: Tube) -> str:
    return "P" if _words(tube.tip) == PULMONARY else _vessel(tube)[0]


def _prefix(drains: Sequence[Tube], writer: _Writer, is_pumpless: bool) -> str:  # noqa: FBT001
    prefixes = ["pl"] if is_pumpless else []
    if _is_dual(drains[0]):
        prefixes.append((drains[0].lumens or DUAL) + writer.size(drains[0]))
    return "".join(f"({prefix})" for prefix in prefixes)


def _at(tubes: Sequence[Tube], site: str) -> int:
    """Return the place of the cannula in this vessel, else of the last."""
    places = [place for place, tube in enumerate(tubes) if tube.site == site]
    return places[0] if places else len(tubes) - 1


def _perfused(returns: Sequence[Tube], arteries: Sequence[int], line: Tube) -> int:
    """Return which artery's leg the line perfuses: same vessel and side, same vessel, the first."""
    in_vessel = [place for place in arteries if returns[place].site == line.site]
    on_side = [place for place in in_vessel if returns[place].side == line.side]
    return (on_side or in_vessel or list(arteries))[0]


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
