"""The one table of measures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.age import AgeGroup
from clinical.measures import (
    MEASURES,
    Kind,
    UnknownMeasure,
    core_measures,
    measure,
    measure_by_loinc,
)
from clinical.spans import Span
from clinical.units import UnknownUnit

every_measure = pytest.mark.parametrize("one", MEASURES.values(), ids=MEASURES.keys())


@every_measure
def test_a_measure_says_what_it_is_and_where_its_numbers_come_from(one):
    assert one.label
    assert one.short
    assert one.source.startswith(("bedside", "reference cases"))
    assert one.decimals in range(4)


@every_measure
def test_what_is_asked_back_or_raised_lies_within_what_can_be(one):
    for group in AgeGroup:
        for span in one.ranges_for(group):
            for bound in (span.low, span.high):
                assert bound is None or one.hard.outside(bound) is None


@every_measure
def test_critical_lies_beyond_warning(one):
    for group in AgeGroup:
        _, warning, critical = one.ranges_for(group)
        if warning.low is not None and critical.low is not None:
            assert critical.low < warning.low
        if warning.high is not None and critical.high is not None:
            assert critical.high > warning.high


@every_measure
def test_only_a_text_has_no_hard_range(one):
    assert one.hard.is_open == one.is_text


@every_measure
def test_the_accepted_units_can_be_converted(one):
    for unit in (*one.accepted_units, *one.factors):
        if one.unit:
            assert one.to_unit(Decimal(1), unit) is not None


def test_the_core_measures_are_those_of_an_hourly_check():
    assert [one.code for one in core_measures()] == [
        "pump_speed",
        "blood_flow",
        "sweep_gas_flow",
        "fdo2",
        "p_drainage",
        "p_pre_membrane",
        "p_post_membrane",
        "sat_pre_membrane",
        "sat_post_membrane",
        "temp_blood_out",
    ]


def test_no_two_measures_share_a_laboratory_code():
    codes = [code for one in MEASURES.values() if one.kind is Kind.LAB for code in one.loinc]

    assert len(codes) == len(set(codes)) > 20


def test_no_circuit_measure_claims_a_loinc():
    assert not any(one.loinc for one in core_measures())


def test_an_unknown_code_is_refused_with_the_nearest_ones():
    with pytest.raises(
        UnknownMeasure, match=r"Did you mean battery_(pct|min) or battery_(pct|min)\?"
    ):
        measure("battery_mit")
    with pytest.raises(UnknownMeasure, match=r"There is no measure 'zzz'\.$"):
        measure("zzz")


def test_a_laboratory_measure_is_found_by_its_code():
    assert measure_by_loinc("3274-8").code == "anti_xa_ufh"
    assert measure_by_loinc("8867-4") is None


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        pytest.param("hb", "98", "g/L", "9.8", id="haemoglobin g/L"),
        pytest.param("hb", "6", "mmol/L", "9.66870", id="haemoglobin mmol/L"),
        pytest.param("lactate", "38", "mg/dL", "4.21847234", id="lactate mg/dL"),
        pytest.param("paco2", "5.3", "kPa", "39.753286", id="kPa"),
        pytest.param("fibrinogen", "2.85", "g/L", "285", id="fibrinogen"),
        pytest.param("blood_flow", "300", "mL/min", "0.3", id="flow"),
        pytest.param("p_drainage", "-60", "mmHg", "-60", id="everyday spelling"),
        pytest.param("weight", "3050", "g", "3.05", id="grams"),
    ],
)
def test_a_value_is_taken_in_another_unit(code, value, unit, expected):
    assert measure(code).to_unit(Decimal(value), unit) == Decimal(expected)


@pytest.mark.parametrize(("code", "unit"), [("hb", "kPa"), ("blood_flow", "L/h"), ("ph", "1")])
def test_a_unit_that_is_not_accepted_is_refused(code, unit):
    with pytest.raises(UnknownUnit, match="not taken"):
        measure(code).to_unit(Decimal(1), unit)


def test_a_refusal_names_the_units_that_are_taken():
    with pytest.raises(UnknownUnit, match="only in g/dL, g/L, mmol/L"):
        measure("hb").to_unit(Decimal(1), "kPa")


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        pytest.param("fdo2", "0.6", "60 %", id="fraction as percent"),
        pytest.param("fdo2", "0.215", "22 %", id="half up"),
        pytest.param("p_drainage", "-62.5", "\N{MINUS SIGN}63 mmHg", id="half away from zero"),
        pytest.param("delta_p", "-0.2", "0 mmHg", id="no negative zero"),
        pytest.param("blood_flow", "4.1", "4.10 L/min", id="two decimals"),
        pytest.param("ph", "7.384", "7.38", id="no unit"),
    ],
)
def test_a_value_is_shown_with_its_decimals_and_unit(code, value, text):
    assert measure(code).text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("group", "mode", "warning"),
    [
        pytest.param(AgeGroup.ADULT, "VA", Span(Decimal(65)), id="adult V-A"),
        pytest.param(AgeGroup.ADULT, "VV", Span(Decimal(60), Decimal(85)), id="adult V-V"),
        pytest.param(AgeGroup.ADULT, None, Span(Decimal(60)), id="adult, mode not known"),
        pytest.param(AgeGroup.NEONATAL, "VA", Span(Decimal(65)), id="neonate"),
    ],
)
def test_starting_ranges_depend_on_age_and_mode(group, mode, warning):
    assert measure("sat_pre_membrane").ranges_for(group, mode).warning == warning


@given(value=st.decimals(-500, 500, places=3))
def test_rounding_for_the_screen_moves_a_value_at_most_half_a_step(value):
    assert abs(measure("blood_flow").shown(value) - value) <= Decimal("0.005")
