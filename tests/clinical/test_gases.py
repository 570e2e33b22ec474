"""Membrane formulas, against the worked examples of the bedside reference 1.7."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.gases import (
    OxygenConstants,
    co2_removal,
    delivery_to_uptake,
    ideal_oxygen_content,
    membrane_dead_space,
    membrane_ratio,
    membrane_shunt,
    oxygen_content,
    oxygen_delivery,
    oxygen_extraction,
    oxygen_transfer,
    oxygenation_index,
    recirculation,
)

HB = Decimal(9)
PRE = oxygen_content(HB, Decimal("0.65"), Decimal(36))
POST = oxygen_content(HB, Decimal(1), Decimal(380))
FAILING_PRE = oxygen_content(HB, Decimal("0.62"), Decimal(34))
FAILING_POST = oxygen_content(HB, Decimal("0.97"), Decimal(98))
IDEAL = ideal_oxygen_content(HB, Decimal(1), Decimal(40))
FRACTIONS = st.decimals("0", 1, places=2)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(PRE, "7.947", id="content before the membrane"),
        pytest.param(POST, "13.200", id="content behind it"),
        pytest.param(oxygen_transfer(Decimal(4), PRE, POST), "210", id="transfer"),
        pytest.param(
            oxygen_transfer(Decimal(4), FAILING_PRE, FAILING_POST), "177", id="failing transfer"
        ),
        pytest.param(membrane_ratio(Decimal(210), Decimal("0.6")), "350", id="pO2 over FdO2"),
        pytest.param(IDEAL, "14.079", id="ideal content"),
        pytest.param(membrane_shunt(IDEAL, POST, PRE) * 100, "14", id="healthy shunt"),
        pytest.param(
            membrane_shunt(IDEAL, FAILING_POST, FAILING_PRE) * 100, "32", id="failing shunt"
        ),
        pytest.param(co2_removal(Decimal(5000), Decimal("0.042")), "210", id="CO2 removal"),
        pytest.param(membrane_dead_space(Decimal(40), Decimal(30)) * 100, "25", id="dead space"),
        pytest.param(
            recirculation(Decimal(78), Decimal(100), Decimal(60)) * 100, "45", id="recirculation"
        ),
        pytest.param(
            oxygen_delivery(Decimal("4.5"), Decimal("1.34") * 9 * Decimal("0.98") + Decimal("0.3")),
            "545",
            id="delivery",
        ),
        pytest.param(
            oxygenation_index(Decimal(18), Decimal(1), Decimal(40)), "45", id="oxygenation index"
        ),
        pytest.param(oxygen_extraction(Decimal(16), Decimal(12)), "0.25", id="extraction"),
        pytest.param(delivery_to_uptake(Decimal(16), Decimal(12)), "4", id="delivery to uptake"),
    ],
)
def test_a_worked_example_is_met(found, expected):
    places = -Decimal(expected).as_tuple().exponent

    assert round(found, places) == Decimal(expected)


def test_a_site_chooses_its_constants():
    constants = OxygenConstants(Decimal("1.39"), Decimal("0.0031"))

    assert oxygen_content(Decimal(10), Decimal(1), Decimal(100), constants) == Decimal("14.21")
    assert ideal_oxygen_content(
        Decimal(10), Decimal(1), Decimal(53), Decimal(200), constants
    ) == Decimal("14.21")


@pytest.mark.parametrize(
    "formula",
    [
        lambda: membrane_ratio(Decimal(300), Decimal(0)),
        lambda: membrane_shunt(PRE, PRE, PRE),
        lambda: membrane_dead_space(Decimal(0), Decimal(0)),
        lambda: recirculation(Decimal(60), Decimal(60), Decimal(60)),
        lambda: oxygenation_index(Decimal(10), Decimal(1), Decimal(0)),
        lambda: oxygen_extraction(Decimal(0), Decimal(0)),
        lambda: delivery_to_uptake(Decimal(12), Decimal(12)),
    ],
    ids=[
        "ratio",
        "shunt",
        "dead space",
        "recirculation",
        "oxygenation index",
        "extraction",
        "delivery to uptake",
    ],
)
def test_nothing_is_divided_by_nought(formula):
    with pytest.raises(ValueError, match="must be above zero"):
        formula()


@given(saturation=FRACTIONS, hb=st.decimals(2, 25, places=1), po2=st.decimals(5, 700, places=0))
def test_content_grows_with_saturation(saturation, hb, po2):
    assert oxygen_content(hb, saturation, po2) <= oxygen_content(hb, Decimal(1), po2)
