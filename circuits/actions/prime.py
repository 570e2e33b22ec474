"""The prime of a standby circuit: what it holds, and its chemistry."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from accounts.queries import may
from audit.context import action
from circuits.actions.standby import StandbyIsOver, reassess_standby
from circuits.models import (
    Prime,
    PrimeChemistry,
    PrimeFill,
    PrimeProduct,
    StandbyCircuit,
    StandbyStatus,
)
from circuits.standby_policies import chemistry_table
from clinical.checklist import Standing, words_of
from clinical.prime import Verdict, judge
from patients.actions.times import refuse_future
from web.problems import ErrorItem, RuleBroken
from web.questions import ask, refuse


class NoSecondPerson(RuleBroken):
    code = "no_second_person"
    status = 422


class NoPhysician(RuleBroken):
    code = "no_physician"
    status = 422


class NothingMeasured(RuleBroken):
    code = "nothing_measured"
    status = 422


@action("primed a standby circuit")
def prime_standby(
    *,
    standby: StandbyCircuit,
    kind: str,
    fluid: str,
    volume_ml: Decimal,
    primed_at: datetime,
    primed_by: User,
    by: User,
    at: datetime,
    drugs: str = "",
    verified_by: User | None = None,
    products: Iterable[Mapping[str, Any]] = (),
) -> Prime:
    """Fill a circuit: from then on it keeps as long as the site says for that fill.

    `products` are blood products: {product, donation_id, expires_at, volume_ml}. A blood prime
    without them, and an expired one, is refused: it can still be made. Raises NoSecondPerson.
    """
    standby = StandbyCircuit.objects.locked(standby.pk)
    refuse_future(primed_at, at, "time of priming")
    products = list(products)
    _refuse(standby, kind, primed_at, products)
    if verified_by is not None and verified_by.pk == primed_by.pk:
        raise NoSecondPerson(
            "Who primed a circuit cannot verify it. Ask a second person, or leave the verification "
            "open: it is shown as open."
        )
    prime = Prime.objects.create(
        standby=standby,
        kind=kind,
        fluid=fluid,
        volume_ml=volume_ml,
        drugs=drugs,
        primed_at=primed_at,
        primed_by=primed_by,
        verified_by=verified_by,
        entered_at=at,
    )
    PrimeProduct.objects.bulk_create(PrimeProduct(prime=prime, **one) for one in products)
    standby.fill, standby.primed_at = kind, primed_at
    standby.save(update_fields=["fill", "primed_at"])
    reassess_standby(standby, at)
    return prime


@action("recorded the chemistry of a prime")
def record_prime_chemistry(
    *,
    prime: Prime,
    values: Mapping[str, Decimal],
    sampled_at: datetime,
    by: User,
    at: datetime,
    overridden_by: User | None = None,
    override_reason: str = "",
    confirmed: Iterable[str] = (),
) -> PrimeChemistry:
    """Keep an analysis: a value outside a line is asked back once, by its code, and kept.

    Beyond the stop line a named physician may override, with the reason; without one it is kept
    too, and the circuit says so. Raises CannotBe, NeedsConfirmation, NoPhysician, NothingMeasured.
    """
    standby = StandbyCircuit.objects.locked(prime.standby_id)
    refuse_future(sampled_at, at, "time of the sample")
    table = chemistry_table(standby.unit.centre, at)
    if not values:
        raise NothingMeasured("Type at least one value of the analysis.")
    if (overridden_by is None) != (not override_reason.strip()):
        raise NoPhysician("An override needs both: the physician's name, and the reason.")
    if overridden_by and not may(overridden_by, Permission.LIMIT_SET, unit=standby.unit, at=at):
        raise NoPhysician(f"{overridden_by} is no physician of this unit. Name one who is.")
    verdict = judge(values, table.chemicals)
    _look_again(verdict, set(confirmed))
    return PrimeChemistry.objects.create(
        prime=prime,
        sampled_at=sampled_at,
        values={code: f"{value:f}" for code, value in values.items()},
        table=table.rows,
        source=table.source,
        standing=verdict.worst,
        overridden_by=overridden_by,
        override_reason=override_reason.strip(),
        entered_at=at,
        entered_by=by,
    )


def _refuse(
    standby: StandbyCircuit, kind: str, primed_at: datetime, products: list[Mapping[str, Any]]
) -> None:
    if standby.status in {StandbyStatus.IN_USE, StandbyStatus.DISCARDED}:
        raise StandbyIsOver(f"{standby.label} is {standby.get_status_display().lower()} already.")
    if primed_at < standby.assembled_at:
        raise refuse("primed_at", "before_assembly", "It was assembled only later. Correct a time.")
    if kind == PrimeFill.BLOOD and not products:
        raise refuse(
            "products",
            "no_product",
            "A blood prime names each product: kind, donation number, expiry and volume.",
        )
    for one in products:
        if one["expires_at"] < primed_at:
            message = f"{one['product']} {one['donation_id']} had expired. Take another."
            raise refuse("products", "expired", message)


def _look_again(verdict: Verdict, confirmed: set[str]) -> None:
    for one in verdict.values:
        if one.chemical.hard.outside(one.value):
            bounds = words_of(one.chemical.hard, one.chemical.shown_unit)
            message = f"{one.chemical.label} {one.value} cannot be ({bounds}). Check the number."
            raise refuse(one.chemical.code, "impossible", message)
    ask(
        [
            ErrorItem(
                parameter=one.chemical.code,
                rule=one.standing,
                message=(
                    f"{one.chemical.reads(one.value)} is outside the {one.standing} line. "
                    "Is it right?"
                ),
            )
            for one in verdict.values
            if one.standing is not Standing.FINE
        ],
        confirmed,
    )
