"""A patient for each score, of whom a test changes one thing."""

from clinical.scores.asking import read_inputs
from clinical.scores.catalogue import score_named
from clinical.scores.score import Subject

GROWN_UP = Subject(age_years=40, age_days=14610)
CHILD = Subject(age_years=3, age_days=1100)

RESP = {
    "age_years": 40, "immunocompromised": False, "ventilated_h": 24, "diagnosis": "non_respiratory",
    "cns_dysfunction": False, "non_pulmonary_infection": False, "nmb": False, "ino": False,
    "bicarbonate": False, "arrest": False, "paco2_worst": 40, "pip_worst": 30,
}  # fmt: skip
SAVE = {
    "diagnoses": ["other"], "age_years": 40, "weight_kg": 70, "creatinine_mg_dl": 1,
    "chronic_renal_failure": False, "hco3_worst": 20, "intubated_h": 5, "pip_worst": 30,
    "arrest": False, "dbp_worst": 30, "pulse_pressure_worst": 30, "bilirubin_mg_dl": 1,
    "alt_u_l": 30, "cns_dysfunction": False,
}  # fmt: skip
PRESERVE = {
    "age_years": 40, "bmi": 25, "immunocompromised": False, "ventilated_d": 3, "sofa": 10,
    "prone": True, "peep": 12, "pplat": 28,
}  # fmt: skip
PRESET = {"map_art": 101, "lactate": 1, "ph": "7.4", "platelets": 250, "hospital_d": 1}
PPREP = {
    "mode": "VA", "ventilated_d": 3, "pf": 350, "ph": "7.2", "diagnosis": "other",
    "arrest": False, "cancer": False, "acute_renal_failure": False, "acute_liver_necrosis": False,
}  # fmt: skip
SOFA = {
    "pf": 450, "respiratory_support": True, "platelets": 200, "bilirubin_mg_dl": 1,
    "vasoactives": False, "map_art": 80, "gcs": 15, "creatinine_mg_dl": 1,
}  # fmt: skip
ENCOURAGE = {
    "age_years": 55, "female": False, "bmi": 24, "gcs": 15, "creatinine_umol_l": 90,
    "lactate": "1.5", "prothrombin_below_50": False,
}  # fmt: skip
HOPE = {
    "male": False, "asphyxia": False, "age_years": 30, "potassium": 4, "cpr_min": 64,
    "temperature": 24,
}  # fmt: skip
FOUR_TS = {"thrombocytopenia": 0, "timing": 0, "thrombosis": 0, "other_causes": 0}
OI = {"paw_mean": 18, "fio2_pct": 100, "pao2": 45, "spo2": 88}

TOLD = {
    "RESP": RESP, "SAVE": SAVE, "PRESERVE": PRESERVE, "PRESET": PRESET, "P-PREP": PPREP,
    "SOFA": SOFA, "ENCOURAGE": ENCOURAGE, "HOPE": HOPE, "4Ts": FOUR_TS, "OI": OI,
    "OSI": {"paw_mean": 18, "fio2_pct": 100, "spo2": 88}, "P/F": {"pao2": 45, "fio2_pct": 100},
    "VIS": {}, "MURRAY": {},
}  # fmt: skip
SUBJECTS = {"P-PREP": CHILD}


def judged(name, subject=None, **changes):
    """Return the verdict on the patient of a score, changed as told; None takes an answer away."""
    score = score_named(name)
    inputs, errors = read_inputs(score.asks, {**TOLD[name], **changes})
    assert errors == ()
    return score.judge(inputs, subject or SUBJECTS.get(name, GROWN_UP))
