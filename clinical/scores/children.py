"""Children with respiratory failure: P-PREP.

Source: registry reference 4.10 (Bailly, CCM 2017;45:e58, through a secondary source, which the
caution says).
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from clinical.scores.asking import choice, number, yes_no
from clinical.scores.score import Population, Score, Verdict, added, below, rounded

SLOPE, INTERCEPT = 0.1196, -1.2769
VENOVENOUS = frozenset({"VV", "VVDL"})
CHILDREN = Population("children above 7 days and below 18 years", years_below=18, days_above=7)


@dataclass(frozen=True, kw_only=True)
class Pprep:
    """What P-PREP asks, from the last values before flow."""

    mode: str = choice("First mode", ("VV", "V-V"), ("VVDL", "V-V, dual lumen"), ("VA", "V-A"))
    ventilated_d: Decimal = number("Ventilated before flow", "d", "0", "400")
    pf: Decimal = number("PaO2/FiO2", "mm[Hg]", "5", "900")
    ph: Decimal = number("Arterial pH", "", "6.3", "8.0")
    diagnosis: str = choice(
        "Diagnosis",
        ("asthma", "Asthma"),
        ("aspiration", "Aspiration"),
        ("rsv", "RSV"),
        ("sepsis_ards", "Sepsis with ARDS"),
        ("pertussis", "Pertussis"),
        ("other", "Other"),
    )
    arrest: bool = yes_no("Cardiac arrest before flow")
    cancer: bool = yes_no("Cancer")
    acute_renal_failure: bool = yes_no("Acute renal failure")
    acute_liver_necrosis: bool = yes_no("Acute liver necrosis")


DIAGNOSES = {
    "asthma": -8,
    "aspiration": -5,
    "rsv": -4,
    "sepsis_ards": 3,
    "pertussis": 5,
    "other": 0,
}


def pprep(told: Pprep) -> Verdict:
    """Add up P-PREP, -13 to 53, with its chance of death in percent."""
    points = {
        "mode": -4 if told.mode in VENOVENOUS else 0,
        "ventilated": 5 * (told.ventilated_d > 14),
        "pf": _oxygenation(told.pf),
        "ph": _acidity(told.ph),
        "diagnosis": DIAGNOSES[told.diagnosis],
        "arrest": 3 * told.arrest,
        "cancer": 6 * told.cancer,
        "acute_renal_failure": 8 * told.acute_renal_failure,
        "acute_liver_necrosis": 18 * told.acute_liver_necrosis,
    }
    death = {"death_pct": death_pct(sum(points.values()))}
    return added(points, further=death)


def death_pct(total: int) -> Decimal:
    """Return the chance of death in percent of a P-PREP total."""
    chance = 1 / (1 + math.exp(-(SLOPE * total + INTERCEPT)))
    return rounded(Decimal(str(chance * 100)), "0.1")


def _oxygenation(ratio: Decimal) -> int:
    if ratio <= 100:
        return 7
    return 5 if ratio <= 200 else 4 if ratio <= 300 else 0


def _acidity(ph: Decimal) -> int:
    if ph > Decimal("7.34"):
        return -1
    return below(ph, [(Decimal("7.11"), 1)], 0)


SCORES = (
    Score(
        name="P-PREP",
        version="2017",
        title="Death on ECMO for respiratory failure in children",
        source="Bailly, Crit Care Med 2017;45:e58 (as in medicalalgorithms.com)",
        asks=Pprep,
        rule=pprep,
        population=CHILDREN,
        endpoint="death in hospital",
        caution="From a secondary source: check it against the paper before you rely on it.",
    ),
)
