"""Organ failure and suspected heparin-induced thrombocytopenia: SOFA of 1996, 4Ts.

Sources: registry reference 4.8 (PMC4968574, table 1); bedside reference 2.6 (from memory there,
so the caution says so).
"""

from dataclasses import dataclass
from decimal import Decimal

from clinical.scores.asking import (
    BILIRUBIN_UMOL_PER_MG_DL,
    CREATININE_UMOL_PER_MG_DL,
    number,
    yes_no,
)
from clinical.scores.score import ANYBODY, Score, Verdict, added, below, refuse, up_to

DOSE = ("ug/kg/min", "0", "100")
DOSES = ("dopamine", "dobutamine", "epinephrine", "norepinephrine")


@dataclass(frozen=True, kw_only=True)
class Sofa:
    """What SOFA asks of one day; doses are those that ran for at least an hour."""

    pf: Decimal = number("PaO2/FiO2", "mm[Hg]", "5", "900")
    respiratory_support: bool = yes_no("Respiratory support")
    platelets: Decimal = number("Platelets", "10*3/uL", "0", "3000")
    bilirubin_mg_dl: Decimal = number(
        "Bilirubin", "mg/dL", "0", "100", per_unit={"umol/L": BILIRUBIN_UMOL_PER_MG_DL}
    )
    vasoactives: bool = yes_no("Vasoactive infusion for an hour or more")
    map_art: Decimal | None = number(
        "Mean arterial pressure",
        "mm[Hg]",
        "0",
        "300",
        is_needed=False,
        remark="Needed without vasoactive infusions.",
    )
    dopamine: Decimal | None = number("Dopamine", *DOSE, is_needed=False)
    dobutamine: Decimal | None = number("Dobutamine", *DOSE, is_needed=False)
    epinephrine: Decimal | None = number("Adrenaline", *DOSE, is_needed=False)
    norepinephrine: Decimal | None = number("Noradrenaline", *DOSE, is_needed=False)
    gcs: Decimal = number("Glasgow coma scale", "", "3", "15")
    creatinine_mg_dl: Decimal = number(
        "Creatinine", "mg/dL", "0", "50", per_unit={"umol/L": CREATININE_UMOL_PER_MG_DL}
    )
    urine_ml_d: Decimal | None = number(
        "Urine", "mL/d", "0", "30000", is_needed=False, remark="Only if it is below 500 mL a day."
    )


def sofa(told: Sofa) -> Verdict:
    """Add up SOFA, 0 to 24. Without respiratory support the lung gives at most 2."""
    circulation = _circulation(told)
    if circulation is None:
        return refuse(
            "SOFA needs the mean arterial pressure, or the doses of the infusions that run.",
            *(DOSES if told.vasoactives else ("map_art",)),
        )
    points = {
        "respiration": _respiration(told),
        "coagulation": below(told.platelets, [(20, 4), (50, 3), (100, 2), (150, 1)], 0),
        "liver": _liver(told.bilirubin_mg_dl),
        "circulation": circulation,
        "brain": below(told.gcs, [(6, 4), (10, 3), (13, 2), (15, 1)], 0),
        "kidneys": max(_creatinine(told.creatinine_mg_dl), _urine(told.urine_ml_d)),
    }
    return added(points)


def _respiration(told: Sofa) -> int:
    points = below(told.pf, [(100, 4), (200, 3), (300, 2), (400, 1)], 0)
    return points if told.respiratory_support else min(points, 2)


def _liver(bilirubin: Decimal) -> int:
    """Exactly 12 mg/dL is still 3: only above it is 4."""
    if bilirubin > 12:
        return 4
    return below(bilirubin, [(Decimal("1.2"), 0), (2, 1), (6, 2)], 3)


def _creatinine(creatinine: Decimal) -> int:
    """Exactly 5 mg/dL is still 3: only above it is 4."""
    if creatinine > 5:
        return 4
    return below(creatinine, [(Decimal("1.2"), 0), (2, 1), (Decimal("3.5"), 2)], 3)


def _urine(urine_ml_d: Decimal | None) -> int:
    return 0 if urine_ml_d is None else below(urine_ml_d, [(200, 4), (500, 3)], 0)


def _circulation(told: Sofa) -> int | None:
    """Return the points of the circulation; None if neither doses nor pressure tell."""
    if not told.vasoactives:
        return None if told.map_art is None else 1 * (told.map_art < 70)
    doses = {name: getattr(told, name) for name in DOSES}
    running = {name: dose for name, dose in doses.items() if dose}
    if not running:
        return None
    catecholamine = max(
        running.get("epinephrine", Decimal(0)), running.get("norepinephrine", Decimal(0))
    )
    return max(
        up_to(running["dopamine"], [(5, 2), (15, 3)], 4) if "dopamine" in running else 0,
        2 if "dobutamine" in running else 0,
        up_to(catecholamine, [(0, 0), (Decimal("0.1"), 3)], 4),
    )


def _component(label: str, two: str, one: str, none: str) -> Decimal:
    remark = f"2: {two}. 1: {one}. 0: {none}."
    component: Decimal = number(label, "", "0", "2", remark=remark)
    return component


@dataclass(frozen=True, kw_only=True)
class FourTs:
    """The four components, 0 to 2 each."""

    thrombocytopenia: Decimal = _component(
        "Thrombocytopenia",
        "fall above 50 % and nadir 20 or more",
        "fall 30 to 50 %, or nadir 10 to 19",
        "fall below 30 %, or nadir below 10",
    )
    timing: Decimal = _component(
        "Timing",
        "day 5 to 10, or within a day with heparin in the last 30 days",
        "unclear, after day 10, or within a day with heparin 30 to 100 days ago",
        "before day 4 without recent heparin",
    )
    thrombosis: Decimal = _component(
        "Thrombosis",
        "new and proven, skin necrosis, or acute reaction to a bolus",
        "progressive, recurrent, or suspected",
        "none",
    )
    other_causes: Decimal = _component("Other causes", "none apparent", "possible", "definite")


def four_ts(told: FourTs) -> Verdict:
    """Add up the 4Ts; from 4 on heparin-induced thrombocytopenia is to be looked for."""
    points = {
        name: int(getattr(told, name))
        for name in ("thrombocytopenia", "timing", "thrombosis", "other_causes")
    }
    total = sum(points.values())
    band = "low" if total <= 3 else "intermediate" if total <= 5 else "high"
    remarks = ("Heparin-induced thrombocytopenia is suspected: a PF4 test decides.",)
    return added(points, band=band, remarks=remarks if total >= 4 else ())


SCORES = (
    Score(
        name="SOFA",
        version="1996",
        title="Sequential organ failure assessment",
        source="Vincent 1996, as in PMC4968574, table 1",
        asks=Sofa,
        rule=sofa,
        caution="This is the SOFA of 1996. SOFA-2 (2025) counts otherwise.",
    ),
    Score(
        name="4Ts",
        version="bedside reference 2.6",
        title="Pretest for heparin-induced thrombocytopenia",
        source="bedside reference 2.6, from memory",
        asks=FourTs,
        rule=four_ts,
        population=ANYBODY,
        caution="The circuit itself lowers platelets and clots: the first and the last T are "
        "higher on ECMO than elsewhere.",
    ),
)
