"""Blood given and drawn on ECLS, per day and kilogram.

Source: reference cases, "Blood". Day 1 is the first 24 absolute hours after first flow; the
circuit's prime and what was given outside the run stand apart; days without either are left
out. Amounts per kilogram are rounded half up to two decimals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from clinical.instants import elapsed

HUNDREDTH = Decimal("0.01")
NOTHING = Decimal(0)
PATIENT = "patient"
CIRCUIT_PRIME = "circuit_prime"


@dataclass(frozen=True, slots=True)
class Product:
    """One blood product begun; volume in mL; `given_to` is the patient or the prime."""

    product_type: str
    volume_ml: Decimal
    started_at: datetime
    given_to: str = PATIENT


@dataclass(frozen=True, slots=True)
class Sampling:
    """Blood drawn for tests, in mL."""

    drawn_at: datetime
    volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class BloodDay:
    """One ECLS day; per kilogram None without a weight."""

    ecls_day: int
    products_ml: Mapping[str, Decimal]
    sampling_ml: Decimal
    ml_per_kg: Decimal | None
    sampling_ml_per_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class BloodBalance:
    """The days with blood given or drawn, and the totals on ECLS."""

    days: tuple[BloodDay, ...]
    total_ml: Mapping[str, Decimal]
    total_ml_per_kg: Decimal | None
    sampling_ml: Decimal
    sampling_ml_per_kg: Decimal | None
    circuit_prime_ml: Mapping[str, Decimal]
    outside_run_ml: Mapping[str, Decimal]


@dataclass(slots=True)
class _Tally:
    products: dict[str, Decimal] = field(default_factory=dict)
    sampling: Decimal = NOTHING

    def give(self, product: Product) -> None:
        so_far = self.products.get(product.product_type, NOTHING)
        self.products[product.product_type] = so_far + product.volume_ml


def blood_balance(
    products: Iterable[Product],
    samplings: Iterable[Sampling],
    *,
    time_on: datetime,
    time_off: datetime | None = None,
    weight_kg: Decimal | None = None,
) -> BloodBalance:
    """Add up what was given to and drawn from the patient on ECLS; `time_off` None: still on."""
    days: dict[int, _Tally] = {}
    total, prime, outside = _Tally(), _Tally(), _Tally()
    for product in products:
        day = ecls_day(product.started_at, time_on, time_off)
        if product.given_to == CIRCUIT_PRIME:
            prime.give(product)
        elif day is None:
            outside.give(product)
        else:
            days.setdefault(day, _Tally()).give(product)
            total.give(product)
    for sampling in samplings:
        day = ecls_day(sampling.drawn_at, time_on, time_off)
        if day is not None:
            days.setdefault(day, _Tally()).sampling += sampling.volume_ml
            total.sampling += sampling.volume_ml
    return BloodBalance(
        days=tuple(_day(number, days[number], weight_kg) for number in sorted(days)),
        total_ml=total.products,
        total_ml_per_kg=_per_kg(sum(total.products.values(), NOTHING), weight_kg),
        sampling_ml=total.sampling,
        sampling_ml_per_kg=_per_kg(total.sampling, weight_kg),
        circuit_prime_ml=prime.products,
        outside_run_ml=outside.products,
    )


def ecls_day(at: datetime, time_on: datetime, time_off: datetime | None = None) -> int | None:
    """Return the day on ECLS, from 1, of a time; None outside the run."""
    since = elapsed(time_on, at)
    if since < timedelta(0) or (time_off is not None and elapsed(at, time_off) < timedelta(0)):
        return None
    return since // timedelta(days=1) + 1


def _day(number: int, tally: _Tally, weight_kg: Decimal | None) -> BloodDay:
    given = sum(tally.products.values(), NOTHING)
    return BloodDay(
        ecls_day=number,
        products_ml=tally.products,
        sampling_ml=tally.sampling,
        ml_per_kg=_per_kg(given, weight_kg),
        sampling_ml_per_kg=_per_kg(tally.sampling, weight_kg),
    )


def _per_kg(volume: Decimal, weight_kg: Decimal | None) -> Decimal | None:
    return (volume / weight_kg).quantize(HUNDREDTH, ROUND_HALF_UP) if weight_kg else None
