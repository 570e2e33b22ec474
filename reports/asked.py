"""What the registry asks once a run, as a form asks it: each fact with its place in the record.

A path such as `pre_ecls.gases.0.ph` names the first row of a list; further rows (of an import)
are kept as they are. Choices follow the registry reference 1.2 to 1.7; wording is ours.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Any


class Kind(Enum):
    """How a fact is asked."""

    TIME = auto()
    NUMBER = auto()
    YES_NO = auto()
    CHOICE = auto()


Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: where it stands in `registry_facts`, and how it is asked."""

    path: str
    label: str
    kind: Kind
    unit: str = ""
    choices: Choices = ()

    @property
    def name(self) -> str:
        """The name of its form field."""
        return self.path.replace(".", "__")


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that are asked together."""

    title: str
    facts: tuple[Fact, ...]


TRANSFERS: Choices = (
    ("not_transferred", "Not transferred"),
    ("transferred_not_on_ecls", "Transferred in, not on ECLS"),
    ("transferred_on_ecls", "Transferred in on ECLS"),
)
CANNULATED_BY: Choices = (
    ("own_centre", "This centre"),
    ("own_mobile_team", "This centre's mobile team"),
    ("other_centre", "Another centre"),
)
BRIDGES: Choices = (
    ("none", "None"),
    ("lung", "Lung"),
    ("heart", "Heart"),
    ("heart_lung", "Heart and lung"),
)
VENTILATORS: Choices = (
    ("conventional", "Conventional"),
    ("hfo", "High-frequency oscillation"),
    ("hfv_other", "Other high frequency"),
    ("other", "Other"),
    ("none", "None"),
    ("unknown", "Unknown"),
)
DELIVERIES: Choices = (
    ("vaginal", "Vaginal"),
    ("elective C-section", "Elective caesarean"),
    ("emergent C-section", "Emergency caesarean"),
    ("unknown", "Unknown"),
)
SITES: Choices = (
    ("arterial", "Arterial"),
    ("arterial_right_radial", "Arterial, right radial"),
    ("arterial_umbilical", "Arterial, umbilical"),
    ("venous", "Venous"),
    ("capillary", "Capillary"),
)
SUPPORT: Choices = (
    ("none", "None of these"),
    ("norepinephrine", "Noradrenaline"),
    ("epinephrine", "Adrenaline"),
    ("dobutamine", "Dobutamine"),
    ("dopamine", "Dopamine"),
    ("milrinone", "Milrinone"),
    ("vasopressin", "Vasopressin"),
    ("inhaled_nitric_oxide", "Inhaled nitric oxide"),
    ("neuromuscular_blockers", "Neuromuscular blockers"),
    ("prone_positioning", "Prone positioning"),
    ("systemic_steroids", "Systemic steroids"),
    ("iv_bicarbonate", "Bicarbonate"),
    ("renal_replacement", "Renal replacement"),
    ("iabp", "Intra-aortic balloon pump"),
    ("percutaneous_vad", "Percutaneous ventricular assist device"),
    ("cpb", "Cardiopulmonary bypass"),
)


def _time(path: str, label: str) -> Fact:
    return Fact(path, label, Kind.TIME)


def _number(path: str, label: str, unit: str = "") -> Fact:
    return Fact(path, label, Kind.NUMBER, unit)


def _yes_no(path: str, label: str) -> Fact:
    return Fact(path, label, Kind.YES_NO)


def _choice(path: str, label: str, choices: Choices) -> Fact:
    return Fact(path, label, Kind.CHOICE, choices=choices)


def _assessment(part: str) -> tuple[Fact, ...]:
    gas, vent, pressure = (f"{part}.{row}.0" for row in ("gases", "vent", "haemodynamics"))
    return (
        _time(f"{gas}.taken_at", "Gas taken"),
        _choice(f"{gas}.site", "Gas from", SITES),
        _number(f"{gas}.ph", "pH"),
        _number(f"{gas}.paco2", "PaCO2", "mmHg"),
        _number(f"{gas}.pao2", "PaO2", "mmHg"),
        _number(f"{gas}.hco3", "HCO3", "mmol/L"),
        _number(f"{gas}.sao2", "SaO2", "%"),
        _number(f"{gas}.lactate", "Lactate", "mmol/L"),
        _time(f"{vent}.taken_at", "Ventilator read"),
        _choice(f"{vent}.type", "Ventilation", VENTILATORS),
        _number(f"{vent}.fio2", "FiO2, as a fraction"),
        _number(f"{vent}.rate", "Rate", "/min"),
        _number(f"{vent}.pip", "PIP", "cmH2O"),
        _number(f"{vent}.peep", "PEEP", "cmH2O"),
        _number(f"{vent}.paw_mean", "Mean airway pressure", "cmH2O"),
        _time(f"{pressure}.taken_at", "Pressures read"),
        _number(f"{pressure}.sbp", "Systolic", "mmHg"),
        _number(f"{pressure}.dbp", "Diastolic", "mmHg"),
        _number(f"{pressure}.mbp", "Mean", "mmHg"),
    )


SECTIONS = (
    Section(
        "Stay",
        (
            _time("admission.admitted_at", "Admitted to this hospital"),
            _choice("admission.transferred_in", "Transferred in", TRANSFERS),
            _choice("admission.cannulated_by", "Cannulated by", CANNULATED_BY),
            _yes_no("ventilated_pre_ecls", "Ventilated before ECLS"),
            _time("intubated_at", "Intubated"),
            _time("admission.extubated_at", "Extubated"),
            _time("admission.icu_discharged_at", "Left intensive care"),
        ),
    ),
    Section(
        "Before ECLS",
        (
            _yes_no("arrest_pre_ecls", "Cardiac arrest in the 24 h before flow"),
            _choice("bridge_to_transplant", "Bridge to transplant", BRIDGES),
            _yes_no("immunocompromised", "Immunocompromised"),
            _yes_no("trauma", "Trauma"),
            _yes_no("pregnancy", "Pregnant"),
        ),
    ),
    Section("Last values in the 6 h before flow", _assessment("pre_ecls")),
    Section("Values nearest to 24 h of ECLS (18 to 30 h)", _assessment("assessment_24h")),
    Section(
        "Newborns",
        (
            _number("newborn.birth_weight_kg", "Birth weight", "kg"),
            _number("newborn.gestational_age_weeks", "Gestational age", "wk"),
            _number("newborn.apgar_1", "Apgar at 1 min"),
            _number("newborn.apgar_5", "Apgar at 5 min"),
            _choice("newborn.delivery", "Delivery", DELIVERIES),
        ),
    ),
)


def facts_asked() -> Iterator[Fact]:
    """Every fact of every section."""
    for section in SECTIONS:
        yield from section.facts


def value_at(facts: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path; None if nothing does."""
    found: Any = facts
    for step in path.split("."):
        if isinstance(found, list):
            found = found[int(step)] if step.isdigit() and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def with_values(facts: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of facts with a value at each path; a first row is made where there is none."""
    changed: dict[str, Any] = deepcopy(dict(facts))
    for path, value in values.items():
        steps = path.split(".")
        place: Any = changed
        for step, after in pairwise(steps):
            place = _enter(place, step, [] if after.isdigit() else {})
        place[steps[-1]] = value
    return _without_empty_rows(changed)


def _enter(place: Any, step: str, empty: Any) -> Any:
    if isinstance(place, list):
        if not place:
            place.append(empty)
        return place[int(step)]
    if not isinstance(place.get(step), type(empty)):
        place[step] = empty
    return place[step]


def _without_empty_rows(facts: dict[str, Any]) -> dict[str, Any]:
    """Drop rows in which nothing is told: they would count as rows without a time."""
    for part in ("pre_ecls", "assessment_24h"):
        for name in ("gases", "vent", "haemodynamics"):
            rows = value_at(facts, f"{part}.{name}")
            if isinstance(rows, list) and rows:
                facts[part][name] = [row for row in rows if not _is_empty(row)]
    return facts


def _is_empty(row: Any) -> bool:
    return isinstance(row, Mapping) and all(value in (None, "") for value in row.values())
