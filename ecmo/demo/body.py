"""Who lies there, how large, how ill, and what befalls them. All of it invented."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Norm:
    """What is usual in the demo for patients of one size. No recommendation."""

    flow_ml_kg: float
    output_ml_kg: float
    vo2_ml_kg: float
    p_drainage: float
    p_return: float
    drop: float
    pump_loss: float
    hr: float
    map: float
    hb: float
    heparin: float


NORMS = {
    "adult": Norm(56, 74, 2.6, -62, 150, 21, 88, 84, 76, 10.2, 16),
    "pediatric": Norm(95, 125, 4.4, -42, 125, 20, 40, 118, 66, 11.2, 22),
    "neonatal": Norm(110, 165, 5.3, -26, 92, 16, 20, 148, 46, 13.2, 28),
}


class Kind(StrEnum):
    """What may befall a patient."""

    SUCTION = "suction"
    CLOT = "clot"
    BLEEDING = "bleeding"
    KIDNEYS = "kidneys"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that befalls the patient, from when to when, and how much of it.

    Size: of a suction the share of drainage resistance added, of clots the share of membrane
    resistance added a day, of a bleeding its grade, of kidneys the creatinine it ends at.
    """

    kind: Kind
    from_h: float
    to_h: float
    size: float


@dataclass(frozen=True, slots=True)
class Body:
    """Who lies there: size, and how ill."""

    group: str
    weight_kg: float
    height_cm: float
    is_arterial: bool
    lactate: float
    recovers_by_h: float
    agent: str = "ufh"
    troubles: tuple[Trouble, ...] = ()

    @property
    def norm(self) -> Norm:
        """What is usual at this size."""
        return NORMS[self.group]
