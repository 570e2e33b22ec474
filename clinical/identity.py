"""Do two records tell of one person? What speaks against it is asked back, never decided here.

Source: house rule for merging an unknown patient's record into a known one (bedside reference 6,
A40). Only what both records hold can contradict; what is not known agrees with nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher

NOBODY = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is said to be. Blank or None: not known.

    `seen_from` and `seen_to` span the time on ECMO; `died_at` is None for the living.
    """

    family_name: str = ""
    sex: str = ""
    born_on: date | None = None
    seen_from: datetime | None = None
    seen_to: datetime | None = None
    died_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against it: its code and a sentence."""

    code: str
    message: str


def doubts(unknown: Person, known: Person) -> tuple[Doubt, ...]:
    """Return what speaks against the two being one person, in the order in which it is asked."""
    return tuple(_doubts(unknown, known))


def _doubts(unknown: Person, known: Person) -> Iterator[Doubt]:
    called = unknown.family_name.casefold().strip()
    if called and called not in {NOBODY, known.family_name.casefold().strip()}:
        yield Doubt(
            "name",
            f"The unknown patient was called {unknown.family_name}, the known one is "
            f"{known.family_name}.",
        )
    if unknown.sex and known.sex and unknown.sex != known.sex:
        yield Doubt("sex", f"The sex differs: {unknown.sex} and {known.sex}.")
    if unknown.born_on and known.born_on and unknown.born_on != known.born_on:
        yield Doubt(
            "born",
            f"The birth date differs: {unknown.born_on:%d-%b-%Y} and {known.born_on:%d-%b-%Y}.",
        )
    if known.born_on and unknown.seen_from and known.born_on > unknown.seen_from.date():
        yield Doubt("unborn", "The known patient was born after flow on of the unknown one.")
    if known.died_at and unknown.seen_from and known.died_at < unknown.seen_from:
        yield Doubt("died", "The known patient had died before flow on of the unknown one.")


ALIKE = 0.85
"""How alike two whole names are (difflib ratio) to be taken for each other; a product default."""


def is_mixed_up_easily(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two people (family and given name) could be mistaken: same or much alike.

    The family name alone is enough if it is the same. An unknown name resembles nobody's.
    """
    (family, given), (family_too, given_too) = _plain(one), _plain(other)
    if not family or not family_too or NOBODY in {family, family_too}:
        return False
    if family == family_too:
        return True
    whole, whole_too = f"{family} {given}".strip(), f"{family_too} {given_too}".strip()
    return SequenceMatcher(None, whole, whole_too).ratio() >= ALIKE


def _plain(name: tuple[str, str]) -> tuple[str, str]:
    family, given = (" ".join(part.casefold().split()) for part in name)
    return family, given
