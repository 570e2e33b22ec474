"""Flow that fell at an unchanged speed: each pattern, both edges, what is missing, what came late."""

from datetime import timedelta
from decimal import Decimal

import pytest

from clinical.charted import DEFAULT_TREND_RULES as RULES
from clinical.charted import Kind, NotJudged, Pattern, TrendRules
from clinical.flow_fall import NOTHING_FITS, flow_fall
from tests.clinical.trend_cast import check, hours

BEFORE = {"flow": 4.0, "rpm": 3200, "p1": -60, "p2": 180, "p3": 150}


def pair(**now):
    """A check at noon and one an hour later, with flow down by a quarter unless said otherwise."""
    return [check(0, **BEFORE), check(1, **{"flow": 3.0, "rpm": 3200, **now})]


def names(outcome):
    assert isinstance(outcome, Pattern)
    return [one.split(":")[0] for one in outcome.think]


@pytest.mark.parametrize(
    ("pressures", "fits"),
    [
        pytest.param({"p1": -95, "p2": 150, "p3": 125}, ["Access side"], id="access"),
        pytest.param({"p1": -45, "p2": 220, "p3": 120}, ["Membrane"], id="membrane"),
        pytest.param({"p1": -45, "p2": 210, "p3": 185}, ["Return side"], id="return"),
        pytest.param({"p1": -40, "p2": 140, "p3": 115}, ["Pump"], id="pump"),
        pytest.param({"p1": -2, "p2": 60, "p3": 4}, ["Line open"], id="line open, drop up"),
        pytest.param(
            {"p1": -2, "p2": 20, "p3": 4}, ["Line open", "Pump"], id="open or pump stopped"
        ),
        pytest.param({"p1": -9, "p2": 30, "p3": 9}, ["Line open", "Pump"], id="just near nought"),
        pytest.param({"p1": -10, "p2": 30, "p3": 9}, ["Pump"], id="drainage no longer near nought"),
        pytest.param({"p1": -9, "p2": 30, "p3": 10}, ["Pump"], id="return no longer near nought"),
        pytest.param(
            {"p1": None, "p2": 150, "p3": 125},
            ["Access side", "Pump"],
            id="without drainage pressure access and pump look alike",
        ),
        pytest.param({"p1": -95, "p2": None, "p3": None}, ["Access side"], id="drainage alone"),
        pytest.param(
            {"p1": -56, "p2": 176, "p3": 146}, [NOTHING_FITS], id="no pressure moves by a step"
        ),
        pytest.param({"p1": -65, "p2": 180, "p3": 150}, ["Access side"], id="a step is enough"),
        pytest.param({"p1": -64, "p2": 180, "p3": 150}, [NOTHING_FITS], id="less than a step"),
        pytest.param(
            {"p1": -95, "p2": 220, "p3": 190}, [NOTHING_FITS], id="more negative and all up"
        ),
        pytest.param(
            {"p1": None, "p2": None, "p3": None},
            ["No pressure was read at both checks."],
            id="no pressure at all",
        ),
    ],
)
def test_the_pressures_say_where_to_look(pressures, fits):
    assert names(flow_fall(pair(**pressures), RULES)) == fits


def test_a_drainage_pressure_that_never_left_nought_speaks_for_no_open_line():
    story = [check(0, flow=4, rpm=3200, p1=-3), check(1, flow=3, rpm=3200, p1=-2)]

    assert names(flow_fall(story, RULES)) == [NOTHING_FITS]


def test_it_tells_both_checks_and_what_was_not_read():
    found = flow_fall(pair(p1=-95, p2=150), RULES)

    assert found.says == "Flow fell by 25 % at the same speed"
    assert found.unknown == ("p_post_membrane",)
    assert [(one.what, one.at, str(one.value)) for one in found.readings if one.at == hours(1)] == [
        ("blood_flow", hours(1), "3.0"),
        ("pump_speed", hours(1), "3200"),
        ("p_drainage", hours(1), "-95"),
        ("p_pre_membrane", hours(1), "150"),
    ]
    assert {one.source for one in found.readings} == {"c0", "c1"}


@pytest.mark.parametrize(
    ("now", "is_found"),
    [
        pytest.param({"flow": 3.6}, True, id="ten percent less"),
        pytest.param({"flow": 3.61}, False, id="a little under ten percent"),
        pytest.param({"flow": 3.0, "rpm": 3264}, True, id="speed within two percent"),
        pytest.param({"flow": 3.0, "rpm": 3265}, False, id="speed a little more"),
        pytest.param({"flow": 3.0, "rpm": 3136}, True, id="speed two percent less"),
        pytest.param({"flow": 3.0, "rpm": 3135}, False, id="flow fell with the speed"),
        pytest.param({"flow": -0.5}, True, id="flow turned round"),
    ],
)
def test_how_much_less_flow_at_which_speed(now, is_found):
    assert isinstance(flow_fall(pair(**now), RULES), Pattern) is is_found


@pytest.mark.parametrize(
    ("at_h", "is_found"),
    [pytest.param(4, True, id="four hours on"), pytest.param(4.01, None, id="later")],
)
def test_checks_are_compared_within_the_hours_of_the_site(at_h, is_found):
    outcome = flow_fall([check(0, **BEFORE), check(at_h, flow=3, rpm=3200)], RULES)

    assert isinstance(outcome, Pattern if is_found else NotJudged)


@pytest.mark.parametrize(
    "story",
    [
        pytest.param([], id="no check"),
        pytest.param([check(0, **BEFORE)], id="one check"),
        pytest.param([check(0, **BEFORE), check(1, flow=3)], id="no speed"),
        pytest.param([check(0, **BEFORE), check(1, rpm=3200)], id="no flow"),
        pytest.param(
            [check(0, **BEFORE), check(1, flow=3, rpm=3200, is_trial=True)], id="a weaning trial"
        ),
    ],
)
def test_what_was_not_measured_is_not_judged(story):
    assert flow_fall(story, RULES) == NotJudged(
        Kind.FLOW_FALL, "no two checks with flow and speed within 4 h"
    )


def test_a_slow_fall_over_several_checks_is_found():
    flows = [4.0, 3.85, 3.72, 3.6]

    found = flow_fall([check(n, flow=one, rpm=3200) for n, one in enumerate(flows)], RULES)

    assert {one.at for one in found.readings} == {hours(0), hours(3)}


def test_a_flow_of_nought_before_is_no_fall():
    assert flow_fall([check(0, flow=0, rpm=0), check(1, flow=0, rpm=0)], RULES) is None


def test_a_check_charted_late_changes_what_is_found():
    story = [check(0, flow=3.5, rpm=3200), check(2, flow=3.5, rpm=3200)]
    late = check(1, flow=4.0, rpm=3200)

    assert flow_fall(story, RULES) is None
    assert {one.source for one in flow_fall([*story, late], RULES).readings} == {"c1", "c2"}


def test_a_check_before_a_change_of_the_circuit_is_not_compared():
    story, changed = pair(), hours(0) + timedelta(minutes=1)

    assert isinstance(flow_fall(story, RULES, [changed]), NotJudged)
    assert isinstance(flow_fall(story, RULES, [hours(0)]), Pattern)
    assert isinstance(flow_fall(story, RULES, [hours(2)]), Pattern)


def test_a_site_has_its_own_numbers():
    assert flow_fall(pair(flow=3.0), TrendRules(flow_fall_pct=Decimal(30))) is None
