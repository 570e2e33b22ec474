"""Adults in cardiogenic shock: SAVE and ENCOURAGE; vasoactive-inotropic score for anybody.

Sources: registry reference 4.2 (Schmidt, EHJ 2015;36:2246), 4.11 (Muller, ICM 2016;42:370),
4.9. In SAVE the classes follow the paper (I is above 5), not a calculator that prints 5 as I.
"""

from dataclasses import dataclass
from decimal import Decimal

from clinical.scores.asking import (
    BILIRUBIN_UMOL_PER_MG_DL,
    CREATININE_UMOL_PER_MG_DL,
    LACTATE_MG_DL_PER_MMOL,
    choice,
    number,
    several,
    yes_no,
)
from clinical.scores.score import (
    ANYBODY,
    Score,
    Verdict,
    added,
    below,
    refuse,
    rounded,
    up_to,
)

AGE = ("Age at flow on", "a", "0", "120")
BILIRUBIN_LIMIT = 33 / BILIRUBIN_UMOL_PER_MG_DL
CREATININE = {"umol/L": CREATININE_UMOL_PER_MG_DL}
LACTATE = {"mg/dL": LACTATE_MG_DL_PER_MMOL}


@dataclass(frozen=True, kw_only=True)
class Save:
    """What SAVE asks; pressures and bicarbonate are the worst of the six hours before flow."""

    diagnoses: tuple[str, ...] = several(
        "Diagnoses",
        ("myocarditis", "Myocarditis"),
        ("vt_vf", "Refractory VT or VF"),
        ("transplant", "After heart or lung transplant"),
        ("congenital", "Congenital heart disease"),
        ("other", "Other"),
        remark="May stand together.",
    )
    age_years: Decimal = number(*AGE)
    weight_kg: Decimal = number("Weight", "kg", "0.3", "650")
    creatinine_mg_dl: Decimal = number("Creatinine", "mg/dL", "0", "50", per_unit=CREATININE)
    chronic_renal_failure: bool = yes_no(
        "Chronic renal failure", remark="Kidney damage or GFR below 60 for three months."
    )
    hco3_worst: Decimal = number("HCO3, lowest in 6 h", "mmol/L", "1", "70")
    intubated_h: Decimal = number("Intubated before flow", "h", "0", "10000", remark="0 if not.")
    pip_worst: Decimal | None = number(
        "PIP, highest in 6 h", "cm[H2O]", "0", "100", is_needed=False
    )
    pip_if_not_ventilated: str | None = choice(
        "PIP points, if not ventilated",
        ("none", "No points"),
        ("three", "3 points, as for a PIP of 20 or less"),
        is_needed=False,
        remark="The published treatment is not known here; the site decides.",
    )
    arrest: bool = yes_no("Cardiac arrest before flow")
    dbp_worst: Decimal = number("Diastolic pressure, lowest in 6 h", "mm[Hg]", "0", "300")
    pulse_pressure_worst: Decimal = number("Pulse pressure, lowest in 6 h", "mm[Hg]", "0", "300")
    bilirubin_mg_dl: Decimal = number(
        "Bilirubin", "mg/dL", "0", "100", per_unit={"umol/L": BILIRUBIN_UMOL_PER_MG_DL}
    )
    alt_u_l: Decimal = number("ALT or AST, the higher", "U/L", "0", "50000")
    cns_dysfunction: bool = yes_no("CNS dysfunction")


SAVE_DIAGNOSES = {"myocarditis": 3, "vt_vf": 2, "transplant": 3, "congenital": -3, "other": 0}
SAVE_SURVIVAL = {"I": 75, "II": 58, "III": 42, "IV": 30, "V": 18}


def save(told: Save) -> Verdict:
    """Add up SAVE with its constant of -6."""
    if told.pip_worst is None and told.pip_if_not_ventilated is None:
        return refuse(
            "SAVE needs the PIP; for a patient who is not ventilated, say which points are given.",
            "pip_worst",
        )
    is_liver = told.bilirubin_mg_dl >= BILIRUBIN_LIMIT or told.alt_u_l > 70
    points = {
        "diagnosis": sum(SAVE_DIAGNOSES[one] for one in set(told.diagnoses)),
        "age": below(told.age_years, [(39, 7), (53, 4), (63, 3)], 0),
        "weight": 1 if told.weight_kg < 65 else up_to(told.weight_kg, [(89, 2)], 0),
        "acute_renal_failure": -3 * (told.creatinine_mg_dl > Decimal("1.5")),
        "chronic_renal_failure": -6 * told.chronic_renal_failure,
        "hco3": -3 * (told.hco3_worst <= 15),
        "intubation": below(told.intubated_h, [(11, 0), (30, -2)], -4),
        "pip": _pip_points(told),
        "arrest": -2 * told.arrest,
        "dbp": 3 * (told.dbp_worst >= 40),
        "pulse_pressure": -2 * (told.pulse_pressure_worst <= 20),
        "liver": -3 * is_liver,
        "cns_dysfunction": -3 * told.cns_dysfunction,
        "constant": -6,
    }
    band = save_class(sum(points.values()))
    return added(points, band=band, further={"survival_pct": Decimal(SAVE_SURVIVAL[band])})


def save_class(total: int) -> str:
    """Return the risk class of a SAVE total; exactly 5 is II."""
    for above, band in ((5, "I"), (0, "II"), (-5, "III"), (-10, "IV")):
        if total > above:
            return band
    return "V"


def _pip_points(told: Save) -> int:
    if told.pip_worst is not None:
        return 3 * (told.pip_worst <= 20)
    return 3 * (told.pip_if_not_ventilated == "three")


@dataclass(frozen=True, kw_only=True)
class Encourage:
    """What ENCOURAGE asks."""

    age_years: Decimal = number(*AGE)
    female: bool = yes_no("Female")
    bmi: Decimal = number("Body mass index", "kg/m2", "8", "120")
    gcs: Decimal = number("Glasgow coma scale", "", "3", "15")
    creatinine_umol_l: Decimal = number("Creatinine", "umol/L", "0", "5000")
    lactate: Decimal = number("Lactate", "mmol/L", "0", "40", per_unit=LACTATE)
    prothrombin_below_50: bool = yes_no("Prothrombin activity below 50 %")


ENCOURAGE_SURVIVAL = {"0-12": 80, "13-18": 58, "19-22": 25, "23-27": 20, ">=28": 7}


def encourage(told: Encourage) -> Verdict:
    """Add up ENCOURAGE, 0 to 45; a lactate of exactly 8 is in the middle band."""
    points = {
        "age": 5 * (told.age_years > 60),
        "female": 7 * told.female,
        "bmi": 6 * (told.bmi > 25),
        "gcs": 6 * (told.gcs < 6),
        "creatinine": 5 * (told.creatinine_umol_l > 150),
        "lactate": 0 if told.lactate < 2 else up_to(told.lactate, [(8, 8)], 11),
        "prothrombin": 5 * told.prothrombin_below_50,
    }
    total = sum(points.values())
    bands = ((12, "0-12"), (18, "13-18"), (22, "19-22"), (27, "23-27"))
    band = next((name for most, name in bands if total <= most), ">=28")
    return added(points, band=band, further={"survival_pct": Decimal(ENCOURAGE_SURVIVAL[band])})


@dataclass(frozen=True, kw_only=True)
class Vis:
    """Infusions that run, in ug/kg/min; vasopressin in units/min with the weight."""

    dopamine: Decimal | None = number("Dopamine", "ug/kg/min", "0", "100", is_needed=False)
    dobutamine: Decimal | None = number("Dobutamine", "ug/kg/min", "0", "100", is_needed=False)
    epinephrine: Decimal | None = number("Adrenaline", "ug/kg/min", "0", "20", is_needed=False)
    norepinephrine: Decimal | None = number(
        "Noradrenaline", "ug/kg/min", "0", "20", is_needed=False
    )
    milrinone: Decimal | None = number("Milrinone", "ug/kg/min", "0", "20", is_needed=False)
    vasopressin_u_min: Decimal | None = number("Vasopressin", "U/min", "0", "1", is_needed=False)
    weight_kg: Decimal | None = number(
        "Weight", "kg", "0.3", "650", is_needed=False, remark="Needed for vasopressin."
    )


VIS_FACTORS = {
    "dopamine": 1,
    "dobutamine": 1,
    "epinephrine": 100,
    "norepinephrine": 100,
    "milrinone": 10,
}
VASOPRESSIN_FACTOR = 10000
NOT_COUNTED = (
    "Levosimendan, enoximone and phenylephrine are not counted: their weights vary in print."
)


def vis(told: Vis) -> Verdict:
    """Add up the vasoactive-inotropic score; it counts the infusions that are told to run."""
    doses = {name: getattr(told, name) for name in VIS_FACTORS}
    running = {name: dose for name, dose in doses.items() if dose is not None}
    if not running and told.vasopressin_u_min is None:
        return refuse("VIS needs the dose of at least one infusion that runs.", *VIS_FACTORS)
    if told.vasopressin_u_min is not None and told.weight_kg is None:
        return refuse("VIS needs the weight: vasopressin counts per kilogram.", "weight_kg")
    total = sum((VIS_FACTORS[name] * dose for name, dose in running.items()), Decimal(0))
    further = {}
    if told.vasopressin_u_min is not None and told.weight_kg is not None:
        per_kg = told.vasopressin_u_min / told.weight_kg
        further = {"vasopressin_u_kg_min": rounded(per_kg, "0.000001")}
        total += VASOPRESSIN_FACTOR * per_kg
    return Verdict(total=rounded(total, "0.01"), further=further, remarks=_left_out(told))


def _left_out(told: Vis) -> tuple[str, ...]:
    """Say which infusions were not told, so that a reader sees what the total does not hold."""
    names = [*VIS_FACTORS, "vasopressin_u_min"]
    blank = [name for name in names if getattr(told, name) is None]
    said = ", ".join(name.removesuffix("_u_min") for name in blank)
    return (*([f"Not told, so not counted: {said}."] if blank else []), NOT_COUNTED)


SCORES = (
    Score(
        name="SAVE",
        version="2015",
        title="Survival on V-A ECMO for cardiogenic shock",
        source="Schmidt, Eur Heart J 2015;36:2246",
        asks=Save,
        rule=save,
        endpoint="hospital survival",
        caution="Classes follow the paper: I is above 5. Some calculators print 5 as I.",
    ),
    Score(
        name="ENCOURAGE",
        version="2016, provisional",
        title="Survival at six months after V-A ECMO for infarction",
        source="Muller, Intensive Care Med 2016;42:370",
        asks=Encourage,
        rule=encourage,
        endpoint="six-month survival",
        caution="Provisional: the points for prothrombin activity are from memory, not from the "
        "paper. Check them against the paper before you rely on them.",
    ),
    Score(
        name="VIS",
        version="2010",
        title="Vasoactive-inotropic score",
        source="registry reference 4.9 (mdpi.com/2227-9067/12/7/925)",
        asks=Vis,
        rule=vis,
        population=ANYBODY,
        caution="Give the dose of every infusion that runs, and leave blank what does not run.",
    ),
)
