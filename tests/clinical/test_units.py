"""Conversions between units, and between dose and pump rate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.units import (
    UnknownUnit,
    convert,
    dose_from_pump_rate,
    haemoglobin_g_per_dl,
    haemoglobin_mmol_per_l,
    pump_rate_ml_per_h,
    ucum,
    written,
)

POSITIVE = st.decimals("0.01", 1000, places=2)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        pytest.param("5.3", "kPa", "mm[Hg]", "39.753286", id="kPa to mmHg"),
        pytest.param("39.753286", "mmHg", "kPa", "5.3", id="mmHg to kPa, everyday spelling"),
        pytest.param("300", "mL/min", "L/min", "0.3", id="neonatal flow"),
        pytest.param("0.3", "L/min", "ml/min", "300", id="litres to millilitres"),
        pytest.param("60", "%", "1", "0.6", id="percent to fraction"),
        pytest.param("0.6", "1", "%", "60", id="fraction to percent"),
        pytest.param("98", "g/L", "g/dL", "9.8", id="haemoglobin g/L"),
        pytest.param("3050", "g", "kg", "3.05", id="grams"),
        pytest.param("0.5", "g/L", "mg/dL", "50", id="free haemoglobin"),
        pytest.param("500", "mg/L", "mg/dL", "50", id="free haemoglobin, mg/L"),
        pytest.param("80", "10*9/L", "K/UL", "80", id="platelets"),
        pytest.param("3000", "rpm", "{rev}/min", "3000", id="same unit, other spelling"),
        pytest.param("98.6", "°F", "Cel", "37", id="Fahrenheit"),
        pytest.param("37", "Cel", "[degF]", "98.6", id="Celsius"),
    ],
)
def test_a_value_is_converted(value, source, target, expected):
    assert convert(Decimal(value), source, target) == Decimal(expected)


def test_litres_per_hour_become_litres_per_minute():
    assert abs(convert(Decimal(60), "L/h", "L/min") - 1) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        pytest.param("furlong", "cm", "furlong", id="unknown unit"),
        pytest.param("cm", "furlong", "furlong", id="unknown target"),
        pytest.param("kPa", "L/min", "pressure", id="different things"),
        pytest.param("Cel", "kPa", "Cel", id="temperature to pressure"),
    ],
)
def test_an_impossible_conversion_is_refused(source, target, says):
    with pytest.raises(UnknownUnit, match=says):
        convert(Decimal(1), source, target)


def test_an_unknown_spelling_comes_back_as_it_was():
    assert ucum(" mmHg ") == "mm[Hg]"
    assert ucum("furlong") == "furlong"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [("9.8", "g/dL", "9.8"), ("98", "g/L", "9.8"), ("6", "mmol/L", "9.66870")],
)
def test_haemoglobin_is_told_in_g_per_dl(value, unit, expected):
    assert haemoglobin_g_per_dl(Decimal(value), unit) == Decimal(expected)


@given(value=POSITIVE)
def test_haemoglobin_there_and_back_is_the_same(value):
    there = haemoglobin_mmol_per_l(value, "g/dL")

    assert abs(haemoglobin_g_per_dl(there, "mmol/L") - value) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("dose", "unit", "weight", "per_ml", "ml_per_h"),
    [
        pytest.param("18", "units/kg/h", "72", "100", "12.96", id="heparin [bedside 1.7]"),
        pytest.param("0.15", "mg/kg/h", "72", "5", "2.16", id="bivalirudin [bedside 1.7]"),
        pytest.param("0.5", "ug/kg/min", "72", "1", "2.16", id="argatroban [bedside 1.7]"),
        pytest.param("1296", "[IU]/h", None, "100", "12.96", id="not per kilogram"),
        pytest.param("36", "ug/min", None, "1", "2.16", id="micrograms per minute"),
        pytest.param("10", "mg/h", None, "5", "2", id="milligrams per hour"),
    ],
)
def test_a_dose_becomes_a_pump_rate_and_back(dose, unit, weight, per_ml, ml_per_h):
    weight_kg = Decimal(weight) if weight else None

    rate = pump_rate_ml_per_h(Decimal(dose), unit, per_ml=Decimal(per_ml), weight_kg=weight_kg)

    assert rate == Decimal(ml_per_h)
    assert dose_from_pump_rate(rate, unit, per_ml=Decimal(per_ml), weight_kg=weight_kg) == Decimal(
        dose
    )


@pytest.mark.parametrize(
    ("unit", "weight", "per_ml", "says"),
    [
        pytest.param("[IU]/kg/h", None, "100", "needs a weight", id="no weight"),
        pytest.param("[IU]/kg/h", "0", "100", "weight must be above", id="weight 0"),
        pytest.param("[IU]/kg/h", "70", "0", "concentration must be above", id="no drug"),
        pytest.param("drops/min", "70", "1", "not a dose rate", id="unknown dose"),
    ],
)
def test_a_rate_that_cannot_be_computed_is_refused(unit, weight, per_ml, says):
    with pytest.raises(ValueError, match=says):
        pump_rate_ml_per_h(
            Decimal(10), unit, per_ml=Decimal(per_ml), weight_kg=Decimal(weight) if weight else None
        )


@given(value=POSITIVE, units=st.sampled_from([("kPa", "mm[Hg]"), ("mL/min", "L/min"), ("g", "kg")]))
def test_there_and_back_is_the_same(value, units):
    source, target = units

    assert abs(convert(convert(value, source, target), target, source) - value) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("[IU]/kg/h", "units/kg/hr"),
        ("ug/kg/min", "microgram/kg/min"),
        ("mm[Hg]", "mmHg"),
        ("L/min", "L/min"),
    ],
)
def test_a_dose_is_written_without_letters_that_are_misread(unit, shown):
    assert written(unit) == shown
