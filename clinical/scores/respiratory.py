"""Adults with respiratory failure: RESP, PRESERVE, PRESET.

Sources: registry reference 4.1 (Schmidt, AJRCCM 2014;189:1374), 4.3 (Schmidt, ICM 2013;39:1704),
4.4 (Hilder, Crit Care 2017;21:301).
"""

from dataclasses import dataclass
from decimal import Decimal

from clinical.scores.asking import LACTATE_MG_DL_PER_MMOL, choice, number, yes_no
from clinical.scores.score import Score, Verdict, added, below, refuse, up_to

AGE = ("Age at flow on", "a", "0", "120")


@dataclass(frozen=True, kw_only=True)
class Resp:
    """What RESP asks; gas and airway pressure are the worst of the six hours before flow."""

    age_years: Decimal = number(*AGE)
    immunocompromised: bool = yes_no(
        "Immunocompromised", remark="Malignancy, solid organ transplant, HIV, cirrhosis."
    )
    ventilated_h: Decimal = number("Ventilated before flow", "h", "0", "10000")
    diagnosis: str = choice(
        "Diagnosis",
        ("viral", "Viral pneumonia"),
        ("bacterial", "Bacterial pneumonia"),
        ("asthma", "Asthma"),
        ("trauma_burn", "Trauma or burn"),
        ("aspiration", "Aspiration"),
        ("other_acute", "Other acute respiratory"),
        ("non_respiratory", "Non-respiratory or chronic"),
    )
    cns_dysfunction: bool = yes_no(
        "CNS dysfunction",
        remark="Neurotrauma, stroke, encephalopathy, cerebral embolism, seizure.",
    )
    non_pulmonary_infection: bool = yes_no("Acute associated non-pulmonary infection")
    nmb: bool = yes_no("Neuromuscular blockade before flow")
    ino: bool = yes_no("Inhaled nitric oxide before flow")
    bicarbonate: bool = yes_no("Bicarbonate infusion before flow")
    arrest: bool = yes_no("Cardiac arrest before flow")
    paco2_worst: Decimal = number("PaCO2, highest in 6 h", "mm[Hg]", "5", "250")
    pip_worst: Decimal = number("PIP, highest in 6 h", "cm[H2O]", "0", "100")


RESP_DIAGNOSES = {
    "viral": 3,
    "bacterial": 3,
    "asthma": 11,
    "trauma_burn": 3,
    "aspiration": 5,
    "other_acute": 1,
    "non_respiratory": 0,
}
RESP_SURVIVAL = {"I": 92, "II": 76, "III": 57, "IV": 33, "V": 18}


def resp(told: Resp) -> Verdict:
    """Add up RESP; exactly 48 h and exactly 7 days of ventilation both give one point."""
    points = {
        "age": below(told.age_years, [(50, 0), (60, -2)], -3),
        "immunocompromised": -2 * told.immunocompromised,
        "ventilated": 3 if told.ventilated_h < 48 else up_to(told.ventilated_h, [(168, 1)], 0),
        "diagnosis": RESP_DIAGNOSES[told.diagnosis],
        "cns_dysfunction": -7 * told.cns_dysfunction,
        "non_pulmonary_infection": -3 * told.non_pulmonary_infection,
        "nmb": 1 * told.nmb,
        "ino": -1 * told.ino,
        "bicarbonate": -2 * told.bicarbonate,
        "arrest": -2 * told.arrest,
        "paco2": -1 * (told.paco2_worst >= 75),
        "pip": -1 * (told.pip_worst >= 42),
    }
    band = resp_class(sum(points.values()))
    return added(points, band=band, further={"survival_pct": Decimal(RESP_SURVIVAL[band])})


def resp_class(total: int) -> str:
    """Return the risk class of a RESP total."""
    for least, band in ((6, "I"), (3, "II"), (-1, "III"), (-5, "IV")):
        if total >= least:
            return band
    return "V"


@dataclass(frozen=True, kw_only=True)
class Preserve:
    """What PRESERVE asks. PIP stands in only where no plateau pressure is known."""

    age_years: Decimal = number(*AGE)
    bmi: Decimal = number("Body mass index", "kg/m2", "8", "120")
    immunocompromised: bool = yes_no(
        "Immunocompromised",
        remark="Haematological malignancy, solid tumour, solid organ transplant, high-dose or "
        "long-term steroid or immunosuppressant, HIV.",
    )
    ventilated_d: Decimal = number("Ventilated before flow", "d", "0", "400")
    sofa: Decimal = number("SOFA (1996)", "", "0", "24")
    prone: bool = yes_no("Prone before flow")
    peep: Decimal = number("PEEP", "cm[H2O]", "0", "50")
    pplat: Decimal | None = number("Plateau pressure", "cm[H2O]", "0", "100", is_needed=False)
    pip: Decimal | None = number(
        "PIP",
        "cm[H2O]",
        "0",
        "100",
        is_needed=False,
        remark="Only if no plateau pressure is known.",
    )


PRESERVE_SURVIVAL = {"0-2": 97, "3-4": 79, "5-6": 54, ">=7": 16}


def preserve(told: Preserve) -> Verdict:
    """Add up PRESERVE; a total below 0 is in the lowest class."""
    if told.pplat is None and told.pip is None:
        return refuse("PRESERVE needs the plateau pressure, or PIP where there is none.", "pplat")
    is_stiff = told.pplat > 30 if told.pplat is not None else _is_pip_high(told.pip)
    points = {
        "age": 0 if told.age_years < 45 else up_to(told.age_years, [(55, 2)], 3),
        "bmi": -2 * (told.bmi > 30),
        "immunocompromised": 2 * told.immunocompromised,
        "ventilated": 1 * (told.ventilated_d > 6),
        "sofa": 1 * (told.sofa > 12),
        "no_prone": 1 * (not told.prone),
        "peep": 1 * (told.peep < 10),
        "pplat": 1 * is_stiff,
    }
    band = preserve_class(sum(points.values()))
    return added(points, band=band, further={"survival_pct": Decimal(PRESERVE_SURVIVAL[band])})


def preserve_class(total: int) -> str:
    """Return the class of a PRESERVE total."""
    for most, band in ((2, "0-2"), (4, "3-4"), (6, "5-6")):
        if total <= most:
            return band
    return ">=7"


def _is_pip_high(pip: Decimal | None) -> bool:
    return pip is not None and pip > 35


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What PRESET asks."""

    map_art: Decimal = number("Mean arterial pressure", "mm[Hg]", "0", "300")
    lactate: Decimal = number(
        "Lactate", "mmol/L", "0", "40", per_unit={"mg/dL": LACTATE_MG_DL_PER_MMOL}
    )
    ph: Decimal = number("Arterial pH", "", "6.3", "8.0")
    platelets: Decimal = number("Platelets", "10*3/uL", "0", "3000")
    hospital_d: Decimal = number("In hospital before flow", "d", "0", "1000")


PRESET_MORTALITY = {"I": 26, "II": 68, "III": 93}


def preset(told: Preset) -> Verdict:
    """Add up PRESET, 0 to 15."""
    points = {
        "map": up_to(told.map_art, [(70, 4), (80, 3), (90, 2), (100, 1)], 0),
        "lactate": up_to(told.lactate, [(Decimal("1.5"), 0), (3, 1), (6, 2), (10, 3)], 4),
        "ph": up_to(told.ph, [(Decimal("7.1"), 3), (Decimal("7.2"), 2), (Decimal("7.3"), 1)], 0),
        "platelets": up_to(told.platelets, [(100, 2), (200, 1)], 0),
        "hospital": up_to(told.hospital_d, [(2, 0), (7, 1)], 2),
    }
    total = sum(points.values())
    band = "I" if total <= 5 else "II" if total <= 9 else "III"
    return added(points, band=band, further={"death_pct": Decimal(PRESET_MORTALITY[band])})


SCORES = (
    Score(
        name="RESP",
        version="2014",
        title="Survival on V-V ECMO for respiratory failure",
        source="Schmidt, AJRCCM 2014;189:1374",
        asks=Resp,
        rule=resp,
        endpoint="hospital survival",
        caution="Derived before 2013; poorly calibrated in COVID-19.",
    ),
    Score(
        name="PRESERVE",
        version="2013",
        title="Survival at six months after V-V ECMO for ARDS",
        source="Schmidt, Intensive Care Med 2013;39:1704",
        asks=Preserve,
        rule=preserve,
        endpoint="six-month survival",
        caution="Needs the SOFA of 1996, not SOFA-2.",
    ),
    Score(
        name="PRESET",
        version="2017",
        title="Death in intensive care on V-V ECMO for ARDS",
        source="Hilder, Crit Care 2017;21:301",
        asks=Preset,
        rule=preset,
        endpoint="death in intensive care",
    ),
)
