"""The site's policy of changes: when parts are reviewed and which signals propose a change.

By kind of part, and within a kind by age band and by model: the most specific row wins (model over
band over kind), key by key, and what decides is said. Without a policy of the site's own an
editable default holds, with numbers of bedside reference 3.7 that are marked there as recalled or
of one centre; none is a recommendation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Centre
from circuits.models import ComponentUse
from circuits.policies import policy
from clinical.age import AgeGroup, age_group
from clinical.oxygenator import GasPolicy, ResistancePolicy
from clinical.projection import ProjectionPolicy
from clinical.reviews import SET_POLICY, ReviewPolicy
from clinical.signal_rules import (
    ClearanceRule,
    ClotRule,
    FactRule,
    GasRule,
    LevelRule,
    ResistanceRule,
    RiseRule,
    SlopeRule,
    TextRule,
)
from clinical.signals import Rule, ScoreStep, Urgency
from patients.models import Run
from web.models import SiteDocument

CHANGE_POLICY = "change_policy"
RESISTANCE, GAS = "resistance", "post_membrane_gas"
RESISTANCE_WEIGHT, GAS_WEIGHT = 2, 3
"""Weights of bedside reference 3.7, where the policy names none."""

KINDS: Mapping[str, tuple[type[Rule], frozenset[str]]] = {
    "clearance": (ClearanceRule, frozenset({"below", "sweep_min"})),
    "level": (LevelRule, frozenset({"above", "below"})),
    "rise": (RiseRule, frozenset({"times"})),
    "slope": (SlopeRule, frozenset({"per_day"})),
    "clot": (ClotRule, frozenset()),
    "text": (TextRule, frozenset()),
    "fact": (FactRule, frozenset()),
}
"""How a site writes each kind of rule, and which of its numbers are exact."""

COMMON = frozenset({"id", "weight", "urgency", "hold_for"})

DEFAULT_CHANGE_POLICY: dict[str, Any] = {
    "oxygenator": {
        "policy_hours": 336,
        "warn_pct": 80,
        "resistance_signal": {
            "ratio": 1.5,
            "hold_for_checks": 2,
            "baseline_window_h": [1, 6],
            "baseline_n": 3,
        },
        "signals": [
            {"id": "co2", "kind": "clearance", "below": 5, "weight": 3, "urgency": "planned"},
            {
                "id": "d_dimer_rise",
                "kind": "rise",
                "analyte": "d_dimer",
                "times": 2,
                "window_h": 48,
            },
            {"id": "fibrinogen_low", "kind": "level", "analyte": "fibrinogen", "below": 200},
            {
                "id": "clot",
                "kind": "clot",
                "grade_at_least": 3,
                "weight": 3,
                "urgency": "planned",
            },
            {
                "id": "hit",
                "kind": "text",
                "analyte": "hit_antibody",
                "words": ["positive"],
                "weight": 3,
                "urgency": "planned",
            },
            {"id": "recall", "kind": "fact", "fact": "recall", "weight": 3, "urgency": "planned"},
        ],
        "score": [
            {"at_least": 3, "urgency": "planned"},
            {"at_least": 5, "urgency": "urgent"},
        ],
    },
    "pump_head": {
        "policy_hours": 336,
        "warn_pct": 80,
        "signals": [
            {"id": "pf_hb", "kind": "level", "analyte": "pf_hb", "above": 50, "weight": 2},
            {"id": "ldh", "kind": "level", "analyte": "ldh", "above": 1000, "weight": 2},
            {"id": "recall", "kind": "fact", "fact": "recall", "weight": 3, "urgency": "planned"},
        ],
        "score": [
            {"at_least": 3, "urgency": "planned"},
            {"at_least": 5, "urgency": "urgent"},
        ],
    },
}


@dataclass(frozen=True, slots=True)
class PartPolicy:
    """What holds for one part, and which row of the policy decided (`because`)."""

    because: str
    review: ReviewPolicy | None = None
    resistance: ResistancePolicy | None = None
    gas: GasPolicy | None = None
    rules: tuple[Rule, ...] = ()
    score: tuple[ScoreStep, ...] = ()
    projection: ProjectionPolicy = field(default_factory=ProjectionPolicy)


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """The policy of a site as approved, or the product's default (`document` None)."""

    body: Mapping[str, Any]
    source: str
    document: SiteDocument | None = None

    def of(self, kind: str, *, model: str = "", band: AgeGroup | None = None) -> PartPolicy:
        """Return what holds for a kind of part, of a model, in a patient of an age band."""
        row, because = layered(self.body.get(kind, {}), kind, model, band)
        resistance, gas = row.get("resistance_signal"), row.get("gas_signal")
        return PartPolicy(
            because=because,
            review=_review(row),
            resistance=_resistance(resistance) if resistance else None,
            gas=_gas(gas) if gas else None,
            rules=_rules(row),
            score=tuple(
                ScoreStep(step["at_least"], Urgency(step["urgency"]))
                for step in row.get("score", ())
            ),
            projection=ProjectionPolicy(**row.get("projection", {})),
        )

    def of_use(self, use: ComponentUse, band: AgeGroup | None) -> PartPolicy:
        """Return what holds for a component in use."""
        return self.of(use.kind, model=use.component.model.name, band=band)

    def reviews(self, use: ComponentUse, band: AgeGroup | None) -> dict[str, ReviewPolicy]:
        """Return the hours by which a component is reviewed: its own, and those of its set."""
        found = {
            use.kind: self.of_use(use, band).review,
            SET_POLICY: self.of(SET_POLICY, band=band).review,
        }
        return {kind: review for kind, review in found.items() if review is not None}


def change_policy(centre: Centre, at: datetime) -> ChangePolicy:
    """Return the circuit change policy of the site."""
    found = policy(centre, CHANGE_POLICY, at, DEFAULT_CHANGE_POLICY)
    return ChangePolicy(found.body, found.source, found.document)


def band_of(run: Run) -> AgeGroup | None:
    """Return the age band of a run's patient at flow on, None if the birth is not known."""
    born = run.patient.born_at
    if born is None or born > run.started_at:
        return None
    return age_group(born, run.started_at, run.unit.centre.tz)


def layered(
    row: Mapping[str, Any], kind: str, model: str, band: AgeGroup | None
) -> tuple[dict[str, Any], str]:
    """Return a row with what is special to the band and the model laid over it, and why.

    A key of the more specific row replaces the same key of the general one; rules replace the
    rule of the same id.
    """
    merged, because = dict(row), f"every {kind.replace('_', ' ')}"
    by_model = {name.casefold(): special for name, special in row.get("by_model", {}).items()}
    for special, words in (
        (row.get("by_band", {}).get(band or ""), f"{band} patients"),
        (by_model.get(model.casefold()), f"the model {model}"),
    ):
        if special:
            merged, because = _over(merged, special), words
    return merged, because


def _over(row: Mapping[str, Any], special: Mapping[str, Any]) -> dict[str, Any]:
    rules = {rule["id"]: rule for rule in (*row.get("signals", ()), *special.get("signals", ()))}
    return {**row, **special, "signals": list(rules.values())}


def _review(row: Mapping[str, Any]) -> ReviewPolicy | None:
    return ReviewPolicy(row["policy_hours"], row["warn_pct"]) if "policy_hours" in row else None


def _rules(row: Mapping[str, Any]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    if signal := row.get("resistance_signal"):
        common = _common({"id": RESISTANCE, **signal}, RESISTANCE_WEIGHT, Urgency.PLANNED)
        common["hold_for"] = signal["hold_for_checks"]
        rules.append(ResistanceRule(policy=_resistance(signal), **common))
    if signal := row.get("gas_signal"):
        common = _common({"id": GAS, **signal}, GAS_WEIGHT, Urgency.PLANNED)
        common["hold_for"] = signal["hold_for_checks"]
        rules.append(GasRule(policy=_gas(signal), **common))
    rules += [_rule(one) for one in row.get("signals", ()) if not one.get("is_off")]
    return tuple(rules)


def _common(row: Mapping[str, Any], weight: int, urgency: Urgency | None) -> dict[str, Any]:
    return {
        "id": row["id"],
        "weight": row.get("weight", weight),
        "urgency": Urgency(row["urgency"]) if row.get("urgency") else urgency,
        "hold_for": row.get("hold_for", 1),
    }


def _rule(row: Mapping[str, Any]) -> Rule:
    """Read one rule: each kind has its own numbers, written in the row by the rule's own names."""
    kind, exact = KINDS[row["kind"]]
    facts: dict[str, Any] = {
        name: _exact(row[name]) if name in exact else row[name]
        for name in {one.name for one in fields(kind)} - COMMON
        if name in row
    }
    if "words" in facts:
        facts["words"] = tuple(facts["words"])
    return kind(**facts, **_common(row, 1, None))


def _resistance(signal: Mapping[str, Any]) -> ResistancePolicy:
    low, high = signal["baseline_window_h"]
    return ResistancePolicy(
        ratio=_exact(signal["ratio"]),
        hold_for_checks=signal["hold_for_checks"],
        baseline_from_h=low,
        baseline_to_h=high,
        baseline_n=signal["baseline_n"],
    )


def _gas(signal: Mapping[str, Any]) -> GasPolicy:
    return GasPolicy(
        po2_post_below=_exact(signal["po2_post_below"]),
        fdo2_min=_exact(signal["fdo2_min"]),
        hold_for_checks=signal["hold_for_checks"],
    )


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))
