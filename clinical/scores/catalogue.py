"""Every score by name."""

from types import MappingProxyType

from clinical.scores import arrest, cardiac, children, elsewhere, lung, organs, respiratory
from clinical.scores.score import Score

_ALL: tuple[Score, ...] = (
    *respiratory.SCORES,
    *cardiac.SCORES,
    *children.SCORES,
    *lung.SCORES,
    *organs.SCORES,
    *arrest.SCORES,
    *elsewhere.SCORES,
)
SCORES = MappingProxyType({score.name: score for score in _ALL})


class UnknownScore(LookupError):
    """A name that no score has."""


def score_named(name: str) -> Score:
    """Return a score; raises UnknownScore."""
    if name not in SCORES:
        raise UnknownScore(f"There is no score {name!r}; known are {', '.join(SCORES)}.")
    return SCORES[name]
