"""Whether the oxygen on a transport lasts, and whether it may go.

Source: bedside reference 1.7 (cylinder minutes, plan twice the time), 5.4. The factor of the
E cylinder there is recall: cylinders and factors are site data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from math import ceil

DEFAULT_FACTORS: Mapping[str, Decimal] = {"E": Decimal("0.28")}
"""Litres of oxygen for each psi, by size of cylinder: a product default, to be replaced."""
DEFAULT_SAFETY = Decimal(2)


@dataclass(frozen=True, slots=True)
class Cylinder:
    """One full or used cylinder: its pressure (psi) and its litres for each psi."""

    psi: Decimal
    factor: Decimal

    @property
    def litres(self) -> Decimal:
        """Oxygen left, in L."""
        return self.psi * self.factor


@dataclass(frozen=True, slots=True)
class Oxygen:
    """How long the oxygen lasts against what is asked, in whole minutes; None is not known."""

    litres: Decimal
    minutes: int | None
    needed_min: int | None

    @property
    def is_enough(self) -> bool | None:
        """Whether it lasts as long as asked; None if that cannot be told."""
        if self.minutes is None or self.needed_min is None:
            return None
        return self.minutes >= self.needed_min


def oxygen(
    cylinders: Iterable[Cylinder],
    *,
    flow_l_min: Decimal | None,
    journey_min: int | None,
    safety: Decimal = DEFAULT_SAFETY,
) -> Oxygen:
    """Return the minutes left at a total flow (L/min: sweep and ventilator together).

    Minutes are litres over flow, cut to whole ones; asked is the journey times `safety`. Without
    a flow above 0, or without a journey time, it cannot be told.
    """
    litres = sum((one.litres for one in cylinders), Decimal(0))
    minutes = None
    if flow_l_min is not None and flow_l_min > 0:
        minutes = int((litres / flow_l_min).quantize(Decimal(1), rounding=ROUND_DOWN))
    needed = None if journey_min is None else ceil(journey_min * safety)
    return Oxygen(litres, minutes, needed)


class Doubt(StrEnum):
    """What speaks against going."""

    OXYGEN_SHORT = "oxygen_short"
    OXYGEN_UNKNOWN = "oxygen_unknown"
    CHECKLIST_OPEN = "checklist_open"


def doubts(stock: Oxygen, *, open_items: int | None) -> tuple[Doubt, ...]:
    """Return what is to be looked at again before "go" is signed; None is no checklist begun."""
    found = []
    if stock.is_enough is None:
        found.append(Doubt.OXYGEN_UNKNOWN)
    elif not stock.is_enough:
        found.append(Doubt.OXYGEN_SHORT)
    if open_items is None or open_items > 0:
        found.append(Doubt.CHECKLIST_OPEN)
    return tuple(found)
