"""Blood given and drawn in a run, added up by the rule."""

from dataclasses import dataclass

from clinical.blood import CIRCUIT_PRIME, PATIENT, BloodBalance, Product, Sampling, blood_balance
from patients.models import Run, WeightEntry
from patients.queries import weight_at

CIRCUIT = "circuit"
SMALL_KG = 10


@dataclass(frozen=True, slots=True)
class BloodOfRun:
    """What was given and drawn, by ECLS day and kilogram of the weight at flow on."""

    balance: BloodBalance
    weight: WeightEntry | None

    @property
    def is_small(self) -> bool:
        """Whether each millilitre counts: a patient below ten kilograms."""
        return self.weight is not None and self.weight.weight_kg < SMALL_KG


def blood_of(run: Run) -> BloodOfRun:
    """Return the blood of a run (four statements); what was withdrawn does not count."""
    weight = weight_at(run, run.started_at)
    products = run.blood_products.filter(withdrawn_at=None)
    draws = run.blood_draws.filter(withdrawn_at=None)
    balance = blood_balance(
        [
            Product(
                product_type=row.product,
                volume_ml=row.volume_ml,
                started_at=row.started_at,
                given_to=CIRCUIT_PRIME if row.given_to == CIRCUIT else PATIENT,
            )
            for row in products
        ],
        [Sampling(drawn_at=row.drawn_at, volume_ml=row.volume_ml) for row in draws],
        time_on=run.started_at,
        time_off=run.ended_at,
        weight_kg=weight.weight_kg if weight else None,
    )
    return BloodOfRun(balance, weight)
