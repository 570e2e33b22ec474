"""Whether the oxygen of a journey lasts."""

from decimal import Decimal

import pytest

from clinical.transport import DEFAULT_FACTORS, Cylinder, Doubt, doubts, oxygen

E = DEFAULT_FACTORS["E"]


def taken(*psi):
    return [Cylinder(Decimal(one), E) for one in psi]


def test_the_published_example_comes_out():
    """Bedside reference 1.7: 2000 psi x 0.28 = 560 L; at 15 L/min 37 min; plan twice the time."""
    stock = oxygen(taken(2000), flow_l_min=Decimal(15), journey_min=18)

    assert (stock.litres, stock.minutes, stock.needed_min) == (560, 37, 36)
    assert stock.is_enough


@pytest.mark.parametrize(
    ("psi", "flow", "journey", "minutes", "needed", "is_enough"),
    [
        pytest.param([2000], "15.1", 18, 37, 36, True, id="37.09 min"),
        pytest.param([2000], "14.8", 18, 37, 36, True, id="37.8 min is not 38"),
        pytest.param([2000], "0.5", 18, 1120, 36, True, id="a neonate's flow"),
        pytest.param([2000], "15", 19, 37, 38, False, id="a minute short"),
        pytest.param([1000, 1000], "14", 20, 40, 40, True, id="two cylinders, on the limit"),
        pytest.param([], "15", 10, 0, 20, False, id="none taken"),
        pytest.param([2000], None, 10, None, 20, None, id="flow not known"),
        pytest.param([2000], "0", 10, None, 20, None, id="flow 0 says nothing"),
        pytest.param([2000], "15", None, 37, None, None, id="journey not known"),
        pytest.param([0], "15", 0, 0, 0, True, id="no journey"),
    ],
)
def test_the_oxygen_lasts_or_not_or_nobody_can_tell(psi, flow, journey, minutes, needed, is_enough):
    stock = oxygen(
        taken(*psi), flow_l_min=None if flow is None else Decimal(flow), journey_min=journey
    )

    assert (stock.minutes, stock.needed_min, stock.is_enough) == (minutes, needed, is_enough)


def test_what_is_asked_is_never_rounded_down():
    stock = oxygen(taken(2000), flow_l_min=Decimal(15), journey_min=15, safety=Decimal("1.5"))

    assert stock.needed_min == 23


@pytest.mark.parametrize(
    ("journey", "open_items", "found"),
    [
        pytest.param(18, 0, (), id="nothing speaks against it"),
        pytest.param(19, 0, (Doubt.OXYGEN_SHORT,), id="oxygen short"),
        pytest.param(None, 0, (Doubt.OXYGEN_UNKNOWN,), id="oxygen not known"),
        pytest.param(18, 1, (Doubt.CHECKLIST_OPEN,), id="one item open"),
        pytest.param(19, None, (Doubt.OXYGEN_SHORT, Doubt.CHECKLIST_OPEN), id="list not begun"),
    ],
)
def test_go_is_asked_back_for_each_doubt(journey, open_items, found):
    stock = oxygen(taken(2000), flow_l_min=Decimal(15), journey_min=journey)

    assert doubts(stock, open_items=open_items) == found
