"""What the registry asks once a run and no other row holds, invented to fit the course."""

import math
from datetime import datetime, timedelta
from typing import Any

from ecmo.demo.stay import Stay

SUPPORT = {
    "pulmonary": ("norepinephrine", "neuromuscular_blockers", "prone_positioning"),
    "cardiac": ("epinephrine", "norepinephrine", "milrinone"),
    "ecpr": ("epinephrine", "iv_bicarbonate"),
}
VENTILATION = {
    "adult": {"rate": 26, "pip": 36, "peep": 13, "paw_mean": 21},
    "pediatric": {"rate": 30, "pip": 32, "peep": 11, "paw_mean": 18},
    "neonatal": {"rate": 45, "pip": 27, "peep": 6, "paw_mean": 14},
}


def facts_at_start(stay: Stay) -> dict[str, Any]:
    """Return what is told at flow on: the state before it."""
    course = stay.course
    is_ecpr = course.support_type == "ecpr"
    facts: dict[str, Any] = {
        "intubated_at": course.moment(-1.6 if is_ecpr else -30).isoformat(),
        "ventilated_pre_ecls": True,
        "arrest_pre_ecls": is_ecpr,
        "bridge_to_transplant": "none",
        "immunocompromised": stay.rng.random() < 0.08,  # noqa: PLR2004
        "trauma": False,
        "pregnancy": False,
        "admission": {
            "admitted_at": course.moment(-2).isoformat(),
            "transferred_in": "not_transferred",
            "cannulated_by": "own_centre",
        },
        "pre_ecls": _before(stay),
    }
    if is_ecpr:
        facts["ecpr"] = _arrest(stay)
    if course.body.group == "neonatal":
        facts["newborn"] = _newborn(stay)
    return facts


def facts_at_end(stay: Stay, left_at: datetime) -> dict[str, Any]:
    """Return what is told when the stay is over: the day after flow on, the ward, who signed."""
    course = stay.course
    day = course.moment(24)
    ventilation = VENTILATION[course.body.group]
    gentle = {"rate": 10, "pip": ventilation["pip"] - 10, "peep": ventilation["peep"]}
    told: dict[str, Any] = {
        "admission": {
            "admitted_at": course.moment(-2).isoformat(),
            "transferred_in": "not_transferred",
            "cannulated_by": "own_centre",
            "icu_discharged_at": (left_at - timedelta(hours=30)).isoformat(),
        },
        "signoff": {"abstractor": "registry", "approver": "director"},
    }
    if day < stay.stops_at:
        vent = {"type": "conventional", "fio2": 0.4, "paw_mean": ventilation["peep"] + 4, **gentle}
        told["assessment_24h"] = {
            "vent": [{"taken_at": day.isoformat(), **vent}],
            "haemodynamics": [_pressure(stay, day, 1.0)],
        }
    return told


def _before(stay: Stay) -> dict[str, Any]:
    course, rng = stay.course, stay.rng
    taken_at = course.moment(-1.4).isoformat()
    paco2, hco3 = rng.randint(52, 78), rng.randint(18, 26)
    is_lung = course.support_type == "pulmonary"
    paco2 = paco2 if is_lung else paco2 - 18
    ph = 6.1 + math.log10(hco3 / (0.0307 * paco2))
    gas = {
        "taken_at": taken_at,
        "site": "arterial",
        "ph": round(ph, 2),
        "paco2": paco2,
        "pao2": rng.randint(44, 62) if is_lung else rng.randint(68, 96),
        "hco3": hco3,
        "sao2": rng.randint(76, 88) if is_lung else rng.randint(91, 95),
        "lactate": round(course.body.lactate, 1),
    }
    ventilator = {"taken_at": taken_at, "type": "conventional", "fio2": 1.0}
    return {
        "gases": [gas],
        "vent": [{**ventilator, **VENTILATION[course.body.group]}],
        "haemodynamics": [_pressure(stay, course.moment(-1.2), 0.82)],
        "support": [
            {"item": item, "from": course.moment(-12).isoformat(), "to": None}
            for item in SUPPORT[course.support_type]
        ],
        "labs": {"creatinine": round(rng.uniform(0.6, 1.8), 1), "bilirubin_total": 0.9},
    }


def _pressure(stay: Stay, at: datetime, share: float) -> dict[str, Any]:
    mean = round(stay.course.body.norm.map * share)
    return {"taken_at": at.isoformat(), "sbp": mean + 24, "dbp": mean - 14, "mbp": mean}


def _arrest(stay: Stay) -> dict[str, Any]:
    at = stay.course.moment(-0.9)
    return {
        "arrest_at": at.isoformat(),
        "arrest_location": stay.rng.choice(["IHCA", "OHCA"]),
        "witnessed": True,
        "bystander_cpr": True,
        "initial_rhythm": stay.rng.choice(["VF", "PEA"]),
        "cpr_started_at": (at + timedelta(minutes=2)).isoformat(),
    }


def _newborn(stay: Stay) -> dict[str, Any]:
    return {
        "birth_weight_kg": round(stay.course.body.weight_kg * 0.98, 2),
        "gestational_age_weeks": stay.rng.randint(37, 40),
        "apgar_1": stay.rng.randint(3, 6),
        "apgar_5": stay.rng.randint(5, 8),
        "delivery": "vaginal",
    }
