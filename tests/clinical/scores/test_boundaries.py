"""Each bound of each score, on it and beside it."""

from decimal import Decimal
from typing import Any

import pytest

from clinical.scores.cardiac import save_class
from clinical.scores.lung import murray_class
from clinical.scores.respiratory import preserve_class, resp_class
from tests.clinical.scores.told import judged

POINTS: list[Any] = [
    ("RESP", "age_years", "age", {18: 0, 49: 0, 50: -2, 59: -2, 60: -3}),
    ("RESP", "ventilated_h", "ventilated", {"47.99": 3, 48: 1, 168: 1, "168.01": 0}),
    ("RESP", "paco2_worst", "paco2", {"74.9": 0, 75: -1}),
    ("RESP", "pip_worst", "pip", {"41.9": 0, 42: -1}),
    (
        "RESP", "diagnosis", "diagnosis",
        {"viral": 3, "bacterial": 3, "asthma": 11, "trauma_burn": 3, "aspiration": 5,
         "other_acute": 1, "non_respiratory": 0},
    ),
    *[
        ("RESP", name, name, {False: 0, True: points})
        for name, points in (
            ("immunocompromised", -2), ("cns_dysfunction", -7), ("non_pulmonary_infection", -3),
            ("nmb", 1), ("ino", -1), ("bicarbonate", -2), ("arrest", -2),
        )
    ],
    ("SAVE", "age_years", "age", {18: 7, 38: 7, 39: 4, 52: 4, 53: 3, 62: 3, 63: 0}),
    ("SAVE", "weight_kg", "weight", {"64.9": 1, 65: 2, 89: 2, "89.1": 0}),
    ("SAVE", "creatinine_mg_dl", "acute_renal_failure", {"1.5": 0, "1.51": -3}),
    ("SAVE", "hco3_worst", "hco3", {"15.1": 0, 15: -3}),
    ("SAVE", "intubated_h", "intubation", {0: 0, "10.9": 0, 11: -2, "29.9": -2, 30: -4}),
    ("SAVE", "pip_worst", "pip", {20: 3, "20.1": 0}),
    ("SAVE", "dbp_worst", "dbp", {"39.9": 0, 40: 3}),
    ("SAVE", "pulse_pressure_worst", "pulse_pressure", {20: -2, "20.1": 0}),
    ("SAVE", "bilirubin_mg_dl", "liver", {"1.92": 0, "1.93": -3}),
    ("SAVE", "alt_u_l", "liver", {70: 0, 71: -3}),
    *[
        ("SAVE", name, name, {False: 0, True: points})
        for name, points in (("chronic_renal_failure", -6), ("arrest", -2), ("cns_dysfunction", -3))
    ],
    ("PRESERVE", "age_years", "age", {44: 0, 45: 2, 55: 2, 56: 3}),
    ("PRESERVE", "bmi", "bmi", {30: 0, "30.1": -2}),
    ("PRESERVE", "immunocompromised", "immunocompromised", {False: 0, True: 2}),
    ("PRESERVE", "ventilated_d", "ventilated", {6: 0, "6.1": 1}),
    ("PRESERVE", "sofa", "sofa", {12: 0, 13: 1}),
    ("PRESERVE", "prone", "no_prone", {True: 0, False: 1}),
    ("PRESERVE", "peep", "peep", {10: 0, "9.9": 1}),
    ("PRESERVE", "pplat", "pplat", {30: 0, "30.1": 1}),
    (
        "PRESET", "map_art", "map",
        {"100.1": 0, 100: 1, "90.1": 1, 90: 2, "80.1": 2, 80: 3, "70.1": 3, 70: 4},
    ),
    (
        "PRESET", "lactate", "lactate",
        {"1.50": 0, "1.51": 1, 3: 1, "3.01": 2, 6: 2, "6.01": 3, 10: 3, "10.01": 4},
    ),
    ("PRESET", "ph", "ph", {"7.301": 0, "7.300": 1, "7.201": 1, "7.200": 2, "7.101": 2, "7.100": 3}),
    ("PRESET", "platelets", "platelets", {201: 0, 200: 1, 101: 1, 100: 2}),
    ("PRESET", "hospital_d", "hospital", {2: 0, 3: 1, 7: 1, 8: 2}),
    ("P-PREP", "mode", "mode", {"VV": -4, "VVDL": -4, "VA": 0}),
    ("P-PREP", "ventilated_d", "ventilated", {14: 0, "14.1": 5}),
    ("P-PREP", "pf", "pf", {301: 0, 300: 4, 201: 4, 200: 5, 101: 5, 100: 7}),
    ("P-PREP", "ph", "ph", {"7.10": 1, "7.11": 0, "7.34": 0, "7.35": -1}),
    (
        "P-PREP", "diagnosis", "diagnosis",
        {"asthma": -8, "aspiration": -5, "rsv": -4, "sepsis_ards": 3, "pertussis": 5, "other": 0},
    ),
    *[
        ("P-PREP", name, name, {False: 0, True: points})
        for name, points in (
            ("arrest", 3), ("cancer", 6), ("acute_renal_failure", 8), ("acute_liver_necrosis", 18),
        )
    ],
    ("MURRAY", "cxr_quadrants", "cxr", {0: 0, 4: 4}),
    (
        "MURRAY", "pf", "pf",
        {300: 0, "299.9": 1, 225: 1, "224.9": 2, 175: 2, "174.9": 3, 100: 3, "99.9": 4},
    ),
    ("MURRAY", "peep", "peep", {5: 0, 6: 1, 8: 1, 9: 2, 11: 2, 12: 3, 14: 3, 15: 4}),
    (
        "MURRAY", "compliance", "compliance",
        {80: 0, "79.9": 1, 60: 1, "59.9": 2, 40: 2, "39.9": 3, 20: 3, 19: 4},
    ),
    ("SOFA", "pf", "respiration", {400: 0, "399.9": 1, 300: 1, "299.9": 2, 200: 2, "199.9": 3, 100: 3, "99.9": 4}),
    ("SOFA", "platelets", "coagulation", {150: 0, 149: 1, 100: 1, 99: 2, 50: 2, 49: 3, 20: 3, 19: 4}),
    (
        "SOFA", "bilirubin_mg_dl", "liver",
        {"1.19": 0, "1.2": 1, "1.9": 1, 2: 2, "5.9": 2, 6: 3, 12: 3, "12.1": 4},
    ),
    ("SOFA", "map_art", "circulation", {70: 0, "69.9": 1}),
    ("SOFA", "gcs", "brain", {15: 0, 14: 1, 13: 1, 12: 2, 10: 2, 9: 3, 6: 3, 5: 4}),
    (
        "SOFA", "creatinine_mg_dl", "kidneys",
        {"1.19": 0, "1.2": 1, "1.9": 1, 2: 2, "3.4": 2, "3.5": 3, 5: 3, "5.1": 4},
    ),
    ("SOFA", "urine_ml_d", "kidneys", {500: 0, 499: 3, 200: 3, 199: 4}),
    ("ENCOURAGE", "age_years", "age", {60: 0, 61: 5}),
    ("ENCOURAGE", "female", "female", {False: 0, True: 7}),
    ("ENCOURAGE", "bmi", "bmi", {25: 0, "25.1": 6}),
    ("ENCOURAGE", "gcs", "gcs", {6: 0, 5: 6}),
    ("ENCOURAGE", "creatinine_umol_l", "creatinine", {150: 0, 151: 5}),
    ("ENCOURAGE", "lactate", "lactate", {"1.9": 0, 2: 8, 8: 8, "8.1": 11}),
    ("ENCOURAGE", "prothrombin_below_50", "prothrombin", {False: 0, True: 5}),
]  # fmt: skip
CASES = [
    pytest.param(name, asked, item, value, points, id=f"{name} {asked} {value}")
    for name, asked, item, values in POINTS
    for value, points in values.items()
]


@pytest.mark.parametrize(("name", "asked", "item", "value", "points"), CASES)
def test_an_answer_gives_its_points(name, asked, item, value, points):
    assert judged(name, **{asked: value}).points[item] == points


@pytest.mark.parametrize(
    ("doses", "points"),
    [
        ({"dopamine": "4.9"}, 2),
        ({"dopamine": 5}, 2),
        ({"dopamine": "5.1"}, 3),
        ({"dopamine": 15}, 3),
        ({"dopamine": "15.1"}, 4),
        ({"dobutamine": "0.1"}, 2),
        ({"epinephrine": "0.1"}, 3),
        ({"epinephrine": "0.11"}, 4),
        ({"norepinephrine": "0.1"}, 3),
        ({"norepinephrine": "0.11"}, 4),
        ({"dobutamine": 5, "norepinephrine": "0.05"}, 3),
    ],
)
def test_infusions_give_the_points_of_the_strongest(doses, points):
    verdict = judged("SOFA", vasoactives=True, map_art=None, **doses)

    assert verdict.points["circulation"] == points


@pytest.mark.parametrize(("pip", "points"), [(35, 0), ("35.1", 1)])
def test_pip_stands_in_for_a_plateau_pressure_that_is_not_known(pip, points):
    assert judged("PRESERVE", pplat=None, pip=pip).points["pplat"] == points


def test_a_known_plateau_pressure_wins_over_pip():
    assert judged("PRESERVE", pplat=28, pip=40).points["pplat"] == 0


@pytest.mark.parametrize(("answer", "points"), [("none", 0), ("three", 3)])
def test_save_without_ventilation_takes_the_points_that_were_chosen(answer, points):
    verdict = judged("SAVE", pip_worst=None, pip_if_not_ventilated=answer)

    assert verdict.points["pip"] == points


def test_diagnoses_of_save_may_stand_together_and_count_once():
    told = ["myocarditis", "congenital", "transplant", "transplant"]

    assert judged("SAVE", diagnoses=told).points["diagnosis"] == 3


@pytest.mark.parametrize(
    ("class_of", "bands"),
    [
        (resp_class, {6: "I", 5: "II", 3: "II", 2: "III", -1: "III", -2: "IV", -5: "IV", -6: "V"}),
        (
            save_class,
            {6: "I", 5: "II", 1: "II", 0: "III", -4: "III", -5: "IV", -9: "IV", -10: "V"},
        ),
        (preserve_class, {-2: "0-2", 2: "0-2", 3: "3-4", 4: "3-4", 5: "5-6", 6: "5-6", 7: ">=7"}),
        (
            murray_class,
            {
                Decimal(0): "none",
                Decimal("0.1"): "mild_to_moderate",
                Decimal("2.5"): "mild_to_moderate",
                Decimal("2.51"): "severe",
            },
        ),
    ],
)
def test_a_total_on_a_bound_is_in_its_class(class_of, bands):
    assert {total: class_of(total) for total in bands} == bands


@pytest.mark.parametrize(
    ("told", "band"), [({"lactate": 9, "gcs": 5}, "13-18"), ({"lactate": 9, "gcs": 5, "female": True}, "23-27")]
)  # fmt: skip
def test_a_class_of_encourage_between_the_ends(told, band):
    assert judged("ENCOURAGE", **told).band == band


@pytest.mark.parametrize(
    ("points", "band"),
    [((1, 1, 1, 0), "low"), ((2, 1, 1, 0), "intermediate"), ((2, 2, 1, 0), "intermediate"), ((2, 2, 1, 1), "high")],
)  # fmt: skip
def test_from_four_ts_on_the_score_asks_for_a_test(points, band):
    names = ("thrombocytopenia", "timing", "thrombosis", "other_causes")

    verdict = judged("4Ts", **dict(zip(names, points, strict=True)))

    assert verdict.band == band
    assert bool(verdict.remarks) == (band != "low")


@pytest.mark.parametrize(
    ("told", "total", "band"),
    [
        ({"map_art": 70, "platelets": 200}, 5, "I"),
        ({"map_art": 70, "platelets": 100}, 6, "II"),
        ({"map_art": 70, "lactate": 10, "platelets": 100}, 9, "II"),
        ({"map_art": 70, "lactate": 11, "platelets": 100}, 10, "III"),
    ],
)
def test_a_total_of_preset_on_a_bound_is_in_its_class(told, total, band):
    assert (judged("PRESET", **told).total, judged("PRESET", **told).band) == (total, band)
