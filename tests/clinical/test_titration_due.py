"""When the next sample is due, and what a correction replaces."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.anticoagulation import Bleeding, ProductGiven, Protocol, Status, Step
from tests.clinical.titration_cast import (
    HOUR,
    MINUTE,
    NOON,
    STEADY,
    STEPS,
    aptt,
    changes,
    result,
    titrated,
)


def test_the_next_sample_is_due_after_collection_by_the_step():
    (row,) = titrated(result("0.9"))

    assert row.next_due == NOON + 4 * HOUR


def test_after_a_disturbance_the_next_sample_counts_from_the_last_change():
    rows = (*STEADY, *changes((NOON + 20 * MINUTE, "change", 13)))
    plasma = (ProductGiven("plasma", NOON + 30 * MINUTE),)

    (row,) = titrated(result("0.2"), changes=rows, products=plasma)

    assert row.next_due == NOON + 30 * MINUTE + 6 * HOUR


@pytest.mark.parametrize(
    ("first", "second", "hours"),
    [
        pytest.param("0.4", "0.35", 12, id="both in range"),
        pytest.param("0.2", "0.35", 6, id="the first was not"),
        pytest.param("0.4", "0.6", 6, id="the second is not"),
    ],
)
def test_two_in_range_are_due_later(first, second, hours):
    rows = titrated(result(first, collected=NOON - 8 * HOUR), result(second))

    assert rows[-1].next_due == NOON + hours * HOUR


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        pytest.param(NOON - 8 * HOUR, 12, id="at the first collection"),
        pytest.param(NOON - 7 * HOUR, 6, id="in between"),
    ],
)
def test_a_change_between_the_two_resets_the_count(at, hours):
    rows = (*STEADY, *changes((at, "change", 12)))

    found = titrated(result("0.4", collected=NOON - 8 * HOUR), result("0.4"), changes=rows)

    assert found[-1].next_due == NOON + hours * HOUR


def test_a_change_after_the_second_collection_counts_from_the_change():
    rows = (*STEADY, *changes((NOON + MINUTE, "change", 12)))

    found = titrated(result("0.4", collected=NOON - 8 * HOUR), result("0.4"), changes=rows)

    assert found[-1].next_due == NOON + MINUTE + 6 * HOUR


def test_a_step_without_a_longer_time_keeps_its_own():
    stay = Step("stay", Decimal(0), None, Decimal(0), 6)
    protocol = Protocol("p", (stay,), 120, Decimal("0.1"), Decimal(40), 2)

    found = titrated(result("0.4", collected=NOON - 8 * HOUR), result("0.4"), protocol=protocol)

    assert found[-1].next_due == NOON + 6 * HOUR


def test_a_censored_first_result_over_two_steps_was_not_in_range():
    first = result("0.45", collected=NOON - 8 * HOUR, comparator="<")

    assert titrated(first, result("0.4"))[-1].next_due == NOON + 6 * HOUR


def test_a_correction_replaces_and_is_judged_anew():
    first = result("0.82", key="r", source="m1")
    corrected = result("0.28", key="r", source="m2", known=NOON + HOUR, status=Status.CORRECTED)

    before, after = titrated(first, corrected)

    assert (before.replaces, after.replaces) == (None, "m1")
    assert (before.step.id, after.step.id) == ("hold", "up")


def test_other_tests_and_samples_outside_the_plan_have_no_row():
    outside = result(collected=NOON - 49 * HOUR)

    assert titrated(outside, aptt("60", 0)) == ()


@given(
    value=st.decimals("0", 2, places=2),
    rate=st.decimals("0", 60, places=1),
    grade=st.integers(1, 4),
    minutes=st.integers(0, 300),
)
def test_a_rate_is_proposed_only_when_nothing_forbids_it(value, rate, grade, minutes):
    (row,) = titrated(
        result(str(value), known=NOON + minutes * MINUTE),
        changes=changes((NOON - 20 * HOUR, "start", rate)),
        bleeding=(Bleeding(grade, NOON),),
    )

    assert (row.proposed_rate is None) == bool(row.blocked)
    assert row.proposed_rate is None or row.proposed_rate <= 40


def test_one_in_range_is_not_two():
    (row,) = titrated(result("0.4"))

    assert row.next_due == NOON + 6 * HOUR


def test_a_change_at_arrival_counts():
    rows = (*STEADY, *changes((NOON + 50 * MINUTE, "change", 13)))

    assert titrated(result("0.2"), changes=rows)[0].next_due == NOON + 50 * MINUTE + 6 * HOUR


def test_a_change_at_the_second_collection_resets_the_count():
    protocol = Protocol("p", STEPS, 120, Decimal("0.1"), Decimal(40), 2, steady_state_h=0)
    rows = (*STEADY, *changes((NOON, "change", 12)))

    found = titrated(
        result("0.4", collected=NOON - 8 * HOUR), result("0.4"), protocol=protocol, changes=rows
    )

    assert found[-1].blocked == ()
    assert found[-1].next_due == NOON + 6 * HOUR
