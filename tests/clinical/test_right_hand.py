"""A low right hand on an arterial return: what it means at each return site, and what is not known."""

import pytest

from clinical.charted import DEFAULT_TREND_RULES as RULES
from clinical.charted import ArterialReturn, NotJudged
from clinical.right_hand import right_hand
from tests.clinical.trend_cast import check

FEMORAL = (ArterialReturn("femoral_a", "L"),)
RIGHT_AXILLARY = (ArterialReturn("axillary_a", "R"),)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({"mode": "VA", "returns": FEMORAL, "hand": 89}, "Differential", id="femoral"),
        pytest.param({"mode": "VA", "returns": FEMORAL, "hand": 90}, None, id="at the bound"),
        pytest.param(
            {"mode": "VA", "returns": RIGHT_AXILLARY, "hand": 80},
            "The oxygenator",
            id="right axillary",
        ),
        pytest.param(
            {"mode": "VAV", "returns": (ArterialReturn("subclavian_a", "R"),), "hand": 80},
            "oxygenator",
            id="right subclavian",
        ),
        pytest.param(
            {"mode": "VA", "returns": (ArterialReturn("axillary_a", "L"),), "hand": 80},
            "not known",
            id="left axillary",
        ),
        pytest.param(
            {"mode": "VA", "returns": (ArterialReturn("axillary_a"),), "hand": 80},
            "not known",
            id="side not on record",
        ),
        pytest.param(
            {"mode": "VA", "returns": (ArterialReturn("aorta"),), "hand": 80},
            "not known",
            id="aorta",
        ),
        pytest.param(
            {"mode": "VA", "returns": (*FEMORAL, *RIGHT_AXILLARY), "hand": 80},
            "not known",
            id="two returns",
        ),
        pytest.param({"mode": "VA", "hand": 80}, "no arterial return", id="no cannula on record"),
        pytest.param({"mode": "VV", "hand": 80}, None, id="venous return"),
        pytest.param({"mode": None, "hand": 80}, "mode is not on record", id="no mode"),
        pytest.param({"mode": "unknown", "hand": 80}, "mode is not on record", id="unknown mode"),
        pytest.param({"mode": "VA", "returns": FEMORAL}, "not charted", id="not measured"),
        pytest.param({"mode": "VV"}, None, id="not measured, not needed"),
    ],
)
def test_a_low_right_hand_is_read_by_where_the_blood_returns(told, expected):
    outcome = right_hand([check(0, **told)], RULES)
    said = outcome.why if isinstance(outcome, NotJudged) else outcome and outcome.think[0]

    assert (expected is None and outcome is None) or (expected is not None and expected in said)


def test_no_check_at_all_says_nothing_of_the_right_hand():
    assert right_hand([], RULES) is None
