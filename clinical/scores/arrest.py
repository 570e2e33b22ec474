"""Hypothermic arrest: HOPE.

Source: registry reference 4.15 (Pasquier, Resuscitation 2018;126:58).
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from clinical.scores.asking import number, yes_no
from clinical.scores.score import ANYBODY, Score, Verdict, rounded

HIGHEST_POTASSIUM = Decimal(9)


@dataclass(frozen=True, kw_only=True)
class Hope:
    """What HOPE asks of somebody found cold and without a circulation."""

    male: bool = yes_no("Male")
    asphyxia: bool = yes_no("Asphyxia before cooling", remark="Drowned or under snow.")
    age_years: Decimal = number("Age at flow on", "a", "0", "120")
    potassium: Decimal = number("Potassium", "mmol/L", "0.5", "20")
    cpr_min: Decimal = number("Duration of CPR", "min", "1", "1000")
    temperature: Decimal = number("Core temperature", "Cel", "5", "32")


def hope(told: Hope) -> Verdict:
    """Return the chance of survival in percent; potassium above 9 counts as 9."""
    temperature = float(told.temperature)
    x = (
        2.44
        - 1.55 * told.male
        - 1.95 * told.asphyxia
        - 0.0191 * float(told.age_years)
        - 2.07 * math.log2(min(told.potassium, HIGHEST_POTASSIUM))
        - 0.573 * math.log2(told.cpr_min)
        + 0.937 * temperature
        - 0.0247 * temperature**2
    )
    survival = rounded(Decimal(str(100 / (1 + math.exp(-x)))), "0.1")
    exponent = rounded(Decimal(str(x)), "0.0001")
    return Verdict(total=survival, further={"x": exponent, "survival_pct": survival})


SCORES = (
    Score(
        name="HOPE",
        version="2018",
        title="Survival after rewarming from hypothermic arrest",
        source="Pasquier, Resuscitation 2018;126:58",
        asks=Hope,
        rule=hope,
        population=ANYBODY,
        endpoint="survival",
        unit="%",
    ),
)
