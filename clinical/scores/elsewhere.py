"""Scores that are worked out elsewhere: their inputs and a result with its source are kept.

Their points or coefficients are not verified (registry reference 4.2, 4.5, 4.12-4.14), so none
stands here. The class map of REMEMBER is published and is applied to the points that are told.
"""

from dataclasses import dataclass
from decimal import Decimal

from clinical.scores.asking import (
    BILIRUBIN_UMOL_PER_MG_DL,
    CREATININE_UMOL_PER_MG_DL,
    LACTATE_MG_DL_PER_MMOL,
    choice,
    number,
    yes_no,
)
from clinical.scores.score import Population, Score

AGE = ("Age at flow on", "a", "0", "120")
CREATININE = {"umol/L": CREATININE_UMOL_PER_MG_DL}
NOT_HERE = "Its points are not verified here: enter the result and where it comes from."
NEWBORNS = Population("newborns up to 28 days", days_up_to=28)
INFANTS_UP_TO_29_DAYS = Population("newborns below 30 days", days_up_to=29)
AFTER_28_DAYS = Population(
    "children from 29 days and below 18 years", years_below=18, days_above=28
)
BELOW_19 = Population("patients below 19 years", years_below=19)


@dataclass(frozen=True, kw_only=True)
class Ecmonet:
    """Predictors of ECMOnet."""

    hospital_d: Decimal = number("In hospital before flow", "d", "0", "1000")
    bilirubin_mg_dl: Decimal = number(
        "Bilirubin", "mg/dL", "0", "100", per_unit={"umol/L": BILIRUBIN_UMOL_PER_MG_DL}
    )
    creatinine_mg_dl: Decimal = number("Creatinine", "mg/dL", "0", "50", per_unit=CREATININE)
    haematocrit_pct: Decimal = number("Haematocrit", "%", "5", "75")
    map_art: Decimal = number("Mean arterial pressure", "mm[Hg]", "0", "300")


@dataclass(frozen=True, kw_only=True)
class Remember:
    """Predictors of REMEMBER."""

    age_years: Decimal = number(*AGE)
    left_main: bool = yes_no("Left main disease")
    inotropic_above_75: bool = yes_no("Inotropic score above 75")
    ck_mb_u_l: Decimal = number("CK-MB", "U/L", "0", "20000")
    creatinine_umol_l: Decimal = number("Creatinine", "umol/L", "0", "5000")
    platelets: Decimal = number("Platelets", "10*3/uL", "0", "3000")


def remember_class(points: Decimal) -> str:
    """Return the class of REMEMBER points."""
    bands = ((13, "I"), (19, "II"), (25, "III"))
    return next((band for most, band in bands if points <= most), "IV")


@dataclass(frozen=True, kw_only=True)
class RescueIhca:
    """Predictors of RESCUE-IHCA."""

    age_years: Decimal = number(*AGE)
    at_night: bool = yes_no("At night")
    initial_rhythm: str = choice(
        "Initial rhythm",
        ("vf_vt", "VF or VT"),
        ("pea", "PEA"),
        ("asystole", "Asystole"),
        ("unknown", "Unknown"),
    )
    renal_insufficiency: bool = yes_no("Renal insufficiency")
    patient_type: str = choice(
        "Kind of patient",
        ("medical_cardiac", "Medical, cardiac"),
        ("medical_other", "Medical, not cardiac"),
        ("surgical_cardiac", "Surgical, cardiac"),
        ("surgical_other", "Surgical, not cardiac"),
    )
    arrest_min: Decimal = number("Duration of the arrest", "min", "0", "600")


@dataclass(frozen=True, kw_only=True)
class ModifiedSave:
    """SAVE and lactate."""

    save_total: Decimal = number("SAVE", "", "-35", "17")
    lactate: Decimal = number(
        "Lactate", "mmol/L", "0", "40", per_unit={"mg/dL": LACTATE_MG_DL_PER_MMOL}
    )


@dataclass(frozen=True, kw_only=True)
class PedRescuers:
    """Covariates of Ped-RESCUERS that are known from print."""

    admitted_h: Decimal = number("Admission to flow", "h", "0", "20000")
    intubated_h: Decimal = number("Intubation to flow", "h", "0", "10000")
    ph: Decimal = number("Arterial pH", "", "6.3", "8.0")
    paco2: Decimal = number("PaCO2", "mm[Hg]", "5", "250")
    paw_mean: Decimal = number("Mean airway pressure", "cm[H2O]", "0", "80")
    oscillated: bool = yes_no("High-frequency oscillation")
    malignancy: bool = yes_no("Malignancy")
    diagnosis: str = choice(
        "Diagnosis",
        ("asthma", "Asthma"),
        ("bronchiolitis", "Bronchiolitis"),
        ("pertussis", "Pertussis"),
        ("other", "Other"),
    )
    milrinone: bool = yes_no("Milrinone before flow")


@dataclass(frozen=True, kw_only=True)
class Pep:
    """Predictors of PEP that are known from print."""

    mas: bool = yes_no("Meconium aspiration")
    cdh: bool = yes_no("Diaphragmatic hernia")
    bsi: bool = yes_no("Bloodstream infection")
    ecpr: bool = yes_no("ECPR")
    ph: Decimal = number("Arterial pH", "", "6.3", "8.0")
    ptt_s: Decimal = number("PTT", "s", "10", "400")
    inr: Decimal = number("INR", "", "0.5", "20")


@dataclass(frozen=True, kw_only=True)
class ResultOnly:
    """A score whose variables are not all known from print: only its result is kept."""


SCORES = (
    Score(
        name="ECMOnet",
        version="2013",
        title="Death on V-V ECMO for influenza A(H1N1)",
        source="Pappalardo, Intensive Care Med 2013;39:275",
        asks=Ecmonet,
        caution=NOT_HERE,
    ),
    Score(
        name="REMEMBER",
        version="2019",
        title="Death on V-A ECMO after bypass grafting",
        source="Wang, Crit Care 2019;23:11",
        asks=Remember,
        band_of=remember_class,
        caution=f"{NOT_HERE} It failed in another cohort (AUC 0.62).",
    ),
    Score(
        name="RESCUE-IHCA",
        version="2022",
        title="Death after ECPR for arrest in hospital",
        source="Tonna, Circulation 2022",
        asks=RescueIhca,
        unit="%",
        caution=NOT_HERE,
    ),
    Score(
        name="mod-SAVE",
        version="2016",
        title="SAVE with lactate",
        source="Chen, Crit Care 2016;20:336",
        asks=ModifiedSave,
        caution=NOT_HERE,
    ),
    Score(
        name="Neo-RESCUERS",
        version="2016",
        title="Death on ECMO for respiratory failure in newborns",
        source="Barbaro, J Pediatr 2016;173:56",
        asks=ResultOnly,
        population=NEWBORNS,
        unit="%",
        caution=NOT_HERE,
    ),
    Score(
        name="Ped-RESCUERS",
        version="2016",
        title="Death on ECMO for respiratory failure in children",
        source="Barbaro, Intensive Care Med 2016;42:879",
        asks=PedRescuers,
        population=AFTER_28_DAYS,
        unit="%",
        caution=NOT_HERE,
    ),
    Score(
        name="PEP",
        version="2019",
        title="Death on ECMO below 19 years, any indication",
        source="Bailly, Pediatr Crit Care Med 2019",
        asks=Pep,
        population=BELOW_19,
        unit="%",
        caution=NOT_HERE,
    ),
    Score(
        name="PIPER",
        version="2016",
        title="Death on ECMO for respiratory failure in newborns (PIPER)",
        source="Maul 2016",
        asks=ResultOnly,
        population=INFANTS_UP_TO_29_DAYS,
        caution=NOT_HERE,
    ),
)
