"""A pair of bounds, either of which may be missing, and on which side of it a value lies.

All comparisons are strict: a value on a bound is inside. Source: reference cases, `limits`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

LOW = "low"
HIGH = "high"
COMPARATORS = frozenset({"<", "<=", ">", ">="})


class Outside(NamedTuple):
    """The side on which a value lies outside a span, and the bound that it passed."""

    side: str
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Bounds in the unit of the measure they belong to; None means no bound on that side."""

    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse crossed bounds: nothing could ever lie inside them."""
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"The lower bound {self.low} is above the upper bound {self.high}.")

    @classmethod
    def of(cls, pair: Sequence[Decimal | int | float | str | None]) -> "Span":
        """Make a span from `[low, high]`; None or an infinite number means no bound."""
        low, high = (_bound(number) for number in pair)
        return cls(low, high)

    @property
    def is_open(self) -> bool:
        """Whether there is no bound at all."""
        return self.low is None and self.high is None

    def outside(self, value: Decimal, comparator: str | None = None) -> Outside | None:
        """Return where `value` lies outside, or None.

        A censored value is outside only if every number it can stand for is: `<x` is below a
        bound L when x <= L, `>x` above a bound H when x >= H.
        """
        if self.low is not None and _is_below(value, comparator, self.low):
            return Outside(LOW, self.low)
        if self.high is not None and _is_above(value, comparator, self.high):
            return Outside(HIGH, self.high)
        return None


OPEN = Span()


def _bound(number: Decimal | int | float | str | None) -> Decimal | None:
    if number is None:
        return None
    bound = number if isinstance(number, Decimal) else Decimal(str(number))
    return bound if bound.is_finite() else None


def _is_below(value: Decimal, comparator: str | None, low: Decimal) -> bool:
    match comparator:
        case None | "<=":
            return value < low
        case "<":
            return value <= low
        case ">" | ">=":
            return False
    raise ValueError(f"{comparator!r} is not a comparator: one of {sorted(COMPARATORS)}.")


def _is_above(value: Decimal, comparator: str | None, high: Decimal) -> bool:
    match comparator:
        case None | ">=":
            return value > high
        case ">":
            return value >= high
        case "<" | "<=":
            return False
    raise ValueError(f"{comparator!r} is not a comparator: one of {sorted(COMPARATORS)}.")
