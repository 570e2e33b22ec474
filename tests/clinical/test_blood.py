"""Blood given and drawn on ECLS."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.blood import CIRCUIT_PRIME, Product, Sampling, blood_balance, ecls_day

ON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFF = ON + 72 * HOUR


@pytest.mark.parametrize(
    ("hours", "day"),
    [
        pytest.param(-0.1, None, id="before"),
        pytest.param(0, 1, id="flow on"),
        pytest.param(23.99, 1, id="end of day 1"),
        pytest.param(24, 2, id="day 2"),
        pytest.param(72, 4, id="flow off"),
        pytest.param(72.1, None, id="after"),
    ],
)
def test_a_day_on_ecls_has_24_hours_from_flow_on(hours, day):
    assert ecls_day(ON + hours * HOUR, ON, OFF) == day


def test_a_run_still_going_on_has_further_days():
    assert ecls_day(ON + 240 * HOUR, ON) == 11


def product(kind, volume, hours, given_to="patient"):
    return Product(kind, Decimal(volume), ON + hours * HOUR, given_to)


def balance(products=(), samplings=(), weight="3.05"):
    return blood_balance(
        products,
        [Sampling(ON + hours * HOUR, Decimal(volume)) for hours, volume in samplings],
        time_on=ON,
        time_off=OFF,
        weight_kg=weight and Decimal(weight),
    )


def test_products_are_added_up_by_day_and_in_total():
    found = balance(
        [
            product("red_cells", 20, 1),
            product("red_cells", 10, 2),
            product("plasma", 30, 3),
            product("red_cells", 40, 50),
        ]
    )

    assert [(day.ecls_day, day.products_ml) for day in found.days] == [
        (1, {"red_cells": 30, "plasma": 30}),
        (3, {"red_cells": 40}),
    ]
    assert found.days[0].ml_per_kg == Decimal("19.67")
    assert found.total_ml == {"red_cells": 70, "plasma": 30}
    assert found.total_ml_per_kg == Decimal("32.79")


def test_an_amount_per_kilogram_is_rounded_half_up():
    found = balance([product("plasma", "0.125", 1)], weight="1")

    assert found.total_ml_per_kg == Decimal("0.13")


def test_samples_are_added_up_likewise():
    found = balance(samplings=[(1, "2.4"), (2, "4.2"), (25, "1.2"), (-1, 9), (99, 9)])

    assert [(day.ecls_day, day.sampling_ml) for day in found.days] == [
        (1, Decimal("6.6")),
        (2, Decimal("1.2")),
    ]
    assert found.days[0].sampling_ml_per_kg == Decimal("2.16")
    assert found.days[0].ml_per_kg == 0
    assert (found.sampling_ml, found.sampling_ml_per_kg) == (Decimal("7.8"), Decimal("2.56"))


def test_the_prime_and_what_was_given_outside_the_run_stand_apart():
    found = balance(
        [
            product("red_cells", 150, -2, CIRCUIT_PRIME),
            product("red_cells", 50, 5, CIRCUIT_PRIME),
            product("platelets", 40, -1),
            product("platelets", 10, 80),
        ]
    )

    assert found.days == ()
    assert found.circuit_prime_ml == {"red_cells": 200}
    assert found.outside_run_ml == {"platelets": 50}
    assert found.total_ml == {}


def test_without_a_weight_nothing_is_told_per_kilogram():
    found = balance([product("plasma", 30, 1)], [(1, 2)], weight=None)

    assert found.days[0].ml_per_kg is None
    assert found.total_ml_per_kg is found.sampling_ml_per_kg is None
    assert found.days[0].products_ml == {"plasma": 30}


@given(rows=st.lists(st.tuples(st.integers(-30, 100), st.integers(1, 500)), max_size=10))
def test_no_millilitre_is_lost(rows):
    found = balance([product("plasma", volume, hours) for hours, volume in rows])

    by_day = sum(sum(day.products_ml.values()) for day in found.days)
    assert by_day == sum(found.total_ml.values())
    assert by_day + sum(found.outside_run_ml.values()) == sum(volume for _, volume in rows)
