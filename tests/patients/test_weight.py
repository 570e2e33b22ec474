"""Weights: grams and kilograms are easily taken for each other."""

from datetime import timedelta
from decimal import Decimal

import pytest

from patients.actions.times import InTheFuture
from patients.actions.weight import WeightCannotBe, WeightNeedsConfirmation, record_weight
from patients.queries import weight_at
from tests.factories import NOON


def weigh(run, by, weight_kg, **more):
    facts = {"measured_at": NOON, "basis": "actual", **more}
    return record_weight(run=run, weight_kg=Decimal(weight_kg), by=by, at=NOON, **facts)


@pytest.mark.parametrize("weight_kg", ["0.299", "650.001", "3050"])
def test_a_weight_that_no_patient_has_is_refused_with_the_range(run, specialist, weight_kg):
    with pytest.raises(WeightCannotBe, match=r"between 0\.3 and 650 kg") as refused:
        weigh(run, specialist, weight_kg, confirmed=["weight_kg"])

    assert refused.value.errors[0]["rule"] == "hard_range"


@pytest.mark.parametrize("weight_kg", ["0.3", "650"])
def test_the_lightest_and_the_heaviest_are_taken_when_confirmed(run, specialist, weight_kg):
    assert weigh(run, specialist, weight_kg, confirmed=["weight_kg"]).weight_kg == Decimal(
        weight_kg
    )


@pytest.mark.parametrize("weight_kg", ["72", "88"])
def test_a_change_of_a_tenth_is_no_question(run, specialist, weight_kg):
    assert weigh(run, specialist, weight_kg).pk


@pytest.mark.parametrize(("weight_kg", "word"), [("71.9", "10.1 % less"), ("88.1", "10.1 % more")])
def test_a_larger_change_is_asked_back_and_the_old_weight_stays_in_use(
    run, specialist, weight_kg, word
):
    with pytest.raises(WeightNeedsConfirmation, match=word):
        weigh(run, specialist, weight_kg)

    assert weight_at(run, NOON).weight_kg == Decimal(80)
    assert weigh(run, specialist, weight_kg, confirmed=["weight_kg"]).weight_kg == Decimal(
        weight_kg
    )


def test_nobody_is_weighed_in_the_future(run, specialist):
    with pytest.raises(InTheFuture):
        weigh(run, specialist, "80", measured_at=NOON + timedelta(minutes=1))
