"""Trend rules other than the fall of flow, and all of them together."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from clinical.charted import DEFAULT_TREND_RULES as RULES
from clinical.charted import Kind, NotJudged, Pattern
from clinical.creep import chatter, gas_creep, resistance_rise, speed_creep
from clinical.oxygenator import MembraneCheck, ResistancePolicy
from clinical.patterns import Story, past_patterns, patterns
from clinical.signal_rules import ResistanceRule
from clinical.signals import Evidence
from tests.clinical.trend_cast import check, gas, hours

RULE = ResistanceRule(
    id="resistance", hold_for=2, policy=ResistancePolicy(Decimal("1.5"), 2, 1, 6, 3)
)


def answer(outcome):
    """Found, not there, or not judged."""
    if isinstance(outcome, NotJudged):
        return "not judged"
    return "found" if isinstance(outcome, Pattern) else "not there"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            {"at_h": 4, "rpm": 3300, "flow": 4.0}, "found", id="ten percent in four hours"
        ),
        pytest.param({"at_h": 4, "rpm": 3299, "flow": 4.0}, "not there", id="a little less speed"),
        pytest.param({"at_h": 4.1, "rpm": 3300, "flow": 4.0}, "not judged", id="a little later"),
        pytest.param({"at_h": 1, "rpm": 3300, "flow": 4.2}, "found", id="five percent more flow"),
        pytest.param({"at_h": 1, "rpm": 3300, "flow": 4.21}, "not there", id="more flow for it"),
        pytest.param({"at_h": 1, "rpm": 3300, "flow": 3.0}, "found", id="even less flow"),
        pytest.param({"at_h": 1, "rpm": 3300}, "not judged", id="no flow"),
        pytest.param({"at_h": 1, "flow": 4.0}, "not judged", id="no speed"),
        pytest.param(
            {"at_h": 1, "rpm": 3300, "flow": 4, "is_trial": True}, "not judged", id="a trial"
        ),
    ],
)
def test_speed_is_dear_when_it_brings_no_more_flow(now, expected):
    assert answer(speed_creep([check(0, rpm=3000, flow=4.0), check(**now)], RULES)) == expected


def test_speed_from_standing_still_is_not_dear():
    assert speed_creep([check(0, rpm=0, flow=0), check(1, rpm=3000, flow=0)], RULES) is None


def test_the_speed_is_not_compared_over_an_exchange():
    story = [check(0, rpm=3000, flow=4.0), check(1, rpm=3300, flow=4.0)]

    assert answer(speed_creep(story, RULES, [hours(0.5)])) == "not judged"


UP_TWICE = [check(0, fdo2=0.5), check(2, fdo2=0.6), check(6, fdo2=0.7)]
SAME = [gas("pao2", 0, 70), gas("pao2", 7, 77)]


@pytest.mark.parametrize(
    ("story", "gases", "expected"),
    [
        pytest.param(UP_TWICE, SAME, "found", id="ten percent better is the same"),
        pytest.param(UP_TWICE, [SAME[0], gas("pao2", 7, 77.1)], "not there", id="better"),
        pytest.param(UP_TWICE, [SAME[0], gas("pao2", 7, 50)], "found", id="worse"),
        pytest.param(UP_TWICE, [], "not judged", id="no gas"),
        pytest.param(UP_TWICE, SAME[:1], "not judged", id="no gas after"),
        pytest.param(UP_TWICE, SAME[1:], "not judged", id="no gas before"),
        pytest.param(
            UP_TWICE, [gas("pao2", -4.1, 70), SAME[1]], "not judged", id="the gas before is too old"
        ),
        pytest.param(UP_TWICE, [gas("pao2", -4, 70), SAME[1]], "found", id="just recent enough"),
        pytest.param(
            UP_TWICE, [SAME[0], gas("pao2", 6, 70)], "not judged", id="gas at the step itself"
        ),
        pytest.param(
            UP_TWICE, [SAME[0], gas("pao2", 7, 77, ">")], "not judged", id="only a bound is known"
        ),
        pytest.param(
            [check(0, fdo2=0.5), check(1, fdo2=0.6), check(7, fdo2=0.7)],
            [SAME[0], gas("pao2", 8, 70)],
            "found",
            id="six hours apart",
        ),
        pytest.param(
            [check(0, fdo2=0.5), check(1, fdo2=0.6), check(7.1, fdo2=0.7)],
            [SAME[0], gas("pao2", 8, 70)],
            "not there",
            id="more than six hours apart",
        ),
        pytest.param([*UP_TWICE, check(12, fdo2=0.7)], SAME, "found", id="still recent"),
        pytest.param([*UP_TWICE, check(12.1, fdo2=0.7)], SAME, "not there", id="long ago"),
        pytest.param(
            [check(0, fdo2=0.5), check(1, fdo2=0.6), check(2, fdo2=0.55), check(3, fdo2=0.6)],
            SAME,
            "not there",
            id="a step down between",
        ),
        pytest.param(
            [check(0, fdo2=0.5), check(1, fdo2=0.6), check(2), check(3, fdo2=0.7)],
            SAME,
            "found",
            id="a check without it between",
        ),
        pytest.param([check(0, flow=4)], SAME, "not judged", id="never charted"),
        pytest.param([check(0, fdo2=0.5), check(1, fdo2=0.6)], SAME, "not there", id="one step"),
    ],
)
def test_more_oxygen_for_the_same_patient(story, gases, expected):
    assert answer(gas_creep(story, gases, "fdo2", RULES)) == expected


@pytest.mark.parametrize(
    ("paco2", "expected"),
    [
        pytest.param(45, "found", id="ten percent lower is the same"),
        pytest.param(44.9, "not there", id="lower"),
        pytest.param(60, "found", id="higher"),
    ],
)
def test_more_sweep_for_the_same_patient(paco2, expected):
    story = [check(0, sweep=2), check(2, sweep=3), check(4, sweep=4)]
    gases = [gas("paco2", 0, 50), gas("paco2", 5, paco2)]

    assert answer(gas_creep(story, gases, "sweep_gas_flow", RULES)) == expected


def test_a_creep_tells_each_step_and_both_gases():
    found = gas_creep(UP_TWICE, SAME, "fdo2", RULES)

    assert [(one.what, str(one.value)) for one in found.readings] == [
        ("fdo2", "0.5"), ("fdo2", "0.6"), ("fdo2", "0.7"), ("pao2", "70"), ("pao2", "77")
    ]  # fmt: skip
    assert (
        found.says == "FdO2 was stepped up 2 times within 6 h, and the patient's PaO2 is no better"
    )
    assert found.at == hours(7)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param(["persistent", "none", "intermittent"], "found", id="two of three"),
        pytest.param(["none", "none", "persistent"], "not there", id="one of three"),
        pytest.param(["persistent", "persistent", "none", "none"], "not there", id="long before"),
        pytest.param(["persistent", None, "none", None, "persistent"], "found", id="not looked"),
        pytest.param(["persistent", "persistent"], "found", id="two of two"),
        pytest.param(["persistent"], "not judged", id="one look"),
        pytest.param([None, None, None], "not judged", id="nobody looked"),
    ],
)
def test_a_line_that_chatters_in_most_checks(looks, expected):
    story = [check(n, look=look) for n, look in enumerate(looks)]

    assert answer(chatter(story, RULES)) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([-60, -80, -60], "found", id="swings by twenty"),
        pytest.param([-60, -79, -60], "not there", id="a little less"),
        pytest.param([-60, None, -80, -60], "found", id="not measured between"),
        pytest.param([-60, None, None], "not judged", id="measured once"),
    ],
)
def test_a_drainage_pressure_that_swings_is_restless(rows, expected):
    story = [check(n, rpm=3000, p1=one) for n, one in enumerate(rows)]

    assert answer(chatter(story, RULES)) == expected


@pytest.mark.parametrize(
    "speeds", [pytest.param([3000, 3500, 3000], id="changed"), pytest.param([None] * 3, id="none")]
)
def test_a_swing_with_another_speed_or_none_says_nothing(speeds):
    story = [check(n, rpm=one, p1=-60 - 40 * (n % 2)) for n, one in enumerate(speeds)]

    assert answer(chatter(story, RULES)) == "not judged"


def test_chatter_tells_what_was_seen_in_words_and_the_pressures_that_swung():
    story = [
        check(0, look="none", rpm=3000, p1=-60),
        check(1, look="none", rpm=3000, p1=-90),
        check(2, look="persistent", rpm=3000, p1=-88),
    ]

    assert [one.text or str(one.value) for one in chatter(story, RULES).readings] == [
        "None", "-60", "-90", "All the time"
    ]  # fmt: skip


def membrane(*resistances):
    return Evidence(
        hours(0),
        [
            MembraneCheck(f"c{n}", hours(n), Decimal(str(one)) if one else None)
            for n, one in enumerate(resistances, 1)
        ],
    )


@pytest.mark.parametrize(
    ("resistances", "expected"),
    [
        pytest.param([6, 6, 6, 9.1, 9.2], "found", id="above for two checks"),
        pytest.param([6, 6, 6, 9.0, 9.0], "not there", id="at one and a half times"),
        pytest.param([6, 6, 6, 9.1], "not there", id="above once"),
        pytest.param([6, 6, 6, 9.1, None, 9.2], "found", id="not measured between"),
        pytest.param([6, 6, 6, 9.1, 9.2, 6], "not there", id="no longer"),
        pytest.param([6, 6], "not judged", id="no baseline"),
    ],
)
def test_the_resistance_against_the_oxygenators_own_baseline(resistances, expected):
    assert answer(resistance_rise(membrane(*resistances), RULE)) == expected


def test_a_risen_resistance_tells_its_baseline_and_the_checks_that_held_it():
    found = resistance_rise(membrane(6, 6, 6, 9.1, 9.2, 9.6), RULE)

    assert found.says == ("Resistance above 1.5 times its own baseline, which is 6.0 mmHg·min/L")
    assert [one.text for one in found.readings] == [
        "9.1 mmHg·min/L", "9.2 mmHg·min/L", "9.6 mmHg·min/L"
    ]  # fmt: skip
    assert found.at == hours(6)


def test_all_rules_answer_and_those_that_could_not_be_asked_say_so():
    answered = patterns(Story([]), RULES)

    assert answered.found == ()
    assert {one.kind for one in answered.not_judged} == set(Kind) - {Kind.RIGHT_HAND}


STORY = Story(
    [
        check(0, flow=4.0, rpm=3200, look="none"),
        check(1, flow=3.0, rpm=3200, look="none"),
        check(2, flow=3.0, rpm=3200, look="none"),
        check(6, flow=3.0, rpm=3200, look="none"),
        check(7, flow=2.0, rpm=3200, look="none"),
    ],
    gases={"pao2": SAME},
    oxygenator=membrane(6, 6, 6, 9.1, 9.2),
    resistance=RULE,
)


def test_what_was_found_before_counts_once_for_each_stretch():
    found = past_patterns(STORY, RULES, hours(0))

    assert [(one.kind, one.at) for one in found] == [
        (Kind.FLOW_FALL, hours(1)),
        (Kind.RESISTANCE, hours(5)),
        (Kind.FLOW_FALL, hours(7)),
    ]
    assert [one.at for one in past_patterns(STORY, RULES, hours(6.5))] == [hours(7), hours(5)]


def test_a_story_until_a_time_knows_nothing_of_later():
    then = replace(STORY, gases={"pao2": SAME}).until(hours(3))

    assert [one.at for one in then.checks] == [hours(0), hours(1), hours(2)]
    assert [one.measured_at for one in then.gases["pao2"]] == [hours(0)]
    assert [one.checked_at for one in then.oxygenator.checks] == [hours(1), hours(2), hours(3)]
    assert STORY.until(hours(0) - timedelta(minutes=1)).oxygenator is None
