"""The numbers told on the phone: what each may be at most, for the form and the API alike.

Outside its bounds a number is a slip of the unit; the bounds are wide, since nobody here measured.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToldNumber:
    """One number of a referral: its words, unit, bounds, and how many digits are kept."""

    label: str
    unit: str
    low: float
    high: float
    digits: int = 5
    places: int = 1


NUMBERS = {
    "age": ToldNumber("Age", "", 0, 120),
    "weight_kg": ToldNumber("Weight", "kg", 0.3, 650, 7, 3),
    "fio2_pct": ToldNumber("FiO2", "%", 21, 100, 4),
    "peep_cmh2o": ToldNumber("PEEP", "cmH2O", 0, 50, 4),
    "plateau_cmh2o": ToldNumber("Plateau pressure", "cmH2O", 0, 100, 4),
    "tidal_ml": ToldNumber("Tidal volume", "mL", 0, 3000, 6),
    "rate_per_min": ToldNumber("Ventilator rate", "/min", 0, 150),
    "ph": ToldNumber("pH", "", 6.3, 8, 4, 3),
    "pao2_mmhg": ToldNumber("PaO2", "mmHg", 5, 760),
    "paco2_mmhg": ToldNumber("PaCO2", "mmHg", 5, 250),
    "lactate_mmol_l": ToldNumber("Lactate", "mmol/L", 0, 40, 4),
}
