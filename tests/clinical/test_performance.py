"""The four numbers of a membrane, by the worked example of the reference, and what is missing."""

from decimal import Decimal

import pytest

from clinical.charted import Charted
from clinical.performance import Quantity, performance
from tests.clinical.trend_cast import gas, hours

HEALTHY = {
    "blood_flow": 4,
    "sat_pre_membrane": 65,
    "po2_pre": 36,
    "sat_post_membrane": 100,
    "po2_post": 380,
    "hb_inline": 9,
    "fdo2": 1,
    "pco2_pre": 46,
    "pco2_post": 38,
    "sweep_gas_flow": 4,
    "membrane_resistance": 6.25,
}
FAILING = {**HEALTHY, "sat_pre_membrane": 62, "po2_pre": 34, "sat_post_membrane": 97}
FAILING |= {"po2_post": 98, "pco2_pre": 46, "pco2_post": 43, "membrane_resistance": 17.1}


def check(at_h, values):
    numbers = {code: Decimal(str(one)) for code, one in values.items() if one is not None}
    return Charted(f"c{at_h}", hours(at_h), numbers)


def told(*checks, hb=()):
    return {one.quantity: one for one in performance(checks, hours(0), hb, hb_within_h=12)}


def rounded(number):
    return None if number is None else f"{number.value:.4g}"


def test_the_worked_examples_of_the_reference_stand_side_by_side():
    found = told(check(30, FAILING), check(2, HEALTHY))

    assert {one: (rounded(row.first), rounded(row.newest)) for one, row in found.items()} == {
        Quantity.PO2_POST: ("380", "98"),
        Quantity.TRANSFER: ("210.1", "176.5"),
        Quantity.CO2_DROP: ("8", "3"),
        Quantity.RESISTANCE: ("6.25", "17.1"),
    }
    assert f"{found[Quantity.RESISTANCE].ratio:.2f}" == "2.74"
    assert (found[Quantity.PO2_POST].newest.at, found[Quantity.PO2_POST].newest.source) == (
        hours(30), "c30"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("without", "lost"),
    [
        ("fdo2", {Quantity.PO2_POST}),
        ("po2_post", {Quantity.PO2_POST, Quantity.TRANSFER}),
        ("po2_pre", {Quantity.TRANSFER}),
        ("sat_pre_membrane", {Quantity.TRANSFER}),
        ("sat_post_membrane", {Quantity.TRANSFER}),
        ("blood_flow", {Quantity.TRANSFER}),
        ("hb_inline", {Quantity.TRANSFER}),
        ("pco2_pre", {Quantity.CO2_DROP}),
        ("pco2_post", {Quantity.CO2_DROP}),
        ("sweep_gas_flow", {Quantity.CO2_DROP}),
        ("membrane_resistance", {Quantity.RESISTANCE}),
    ],
)
def test_what_is_missing_leaves_its_numbers_out(without, lost):
    found = told(check(1, {**HEALTHY, without: None}))

    assert {one for one, row in found.items() if row.newest is None} == lost
    assert all(row.ratio is None for one, row in found.items() if one in lost)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"fdo2": 0.99, "blood_flow": 0, "sweep_gas_flow": 0}, id="at the edge"),
        pytest.param({"fdo2": 0.6, "blood_flow": -1, "sweep_gas_flow": 0}, id="beyond it"),
    ],
)
def test_gas_is_judged_at_full_oxygen_with_flow_and_sweep_on(values):
    found = told(check(1, {**HEALTHY, **values}))

    assert {one for one, row in found.items() if row.newest} == {Quantity.RESISTANCE}


@pytest.mark.parametrize(
    ("collected", "is_used"),
    [
        pytest.param(-11, True, id="twelve hours before"),
        pytest.param(-11.1, False, id="longer before"),
        pytest.param(1, True, id="at the check"),
        pytest.param(1.1, False, id="after it"),
    ],
)
def test_a_haemoglobin_of_the_laboratory_serves_if_it_is_recent(collected, is_used):
    checks = check(1, {**HEALTHY, "hb_inline": None})

    found = told(checks, hb=[gas("hb", -20, 15), gas("hb", collected, 9), gas("hb", 0, 4, "<")])

    assert rounded(found[Quantity.TRANSFER].newest) == ("210.1" if is_used else None)


def test_the_first_day_ends_after_24_hours_and_checks_of_another_part_do_not_count():
    late = told(check(-1, HEALTHY), check(24.1, HEALTHY))

    assert late[Quantity.PO2_POST].first is None
    assert late[Quantity.PO2_POST].newest.source == "c24.1"
    assert told(check(24, HEALTHY))[Quantity.PO2_POST].first.source == "c24"
    assert told() == {one: row for one, row in told().items() if row.newest is None}
