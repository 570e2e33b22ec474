"""What counts as the same, and what is counted."""

import pytest

from ecmo.cases.comparing import Outcome, differences
from ecmo.cases.printing import report


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        pytest.param(5.3659, "5.365853658", id="a decimal within a thousandth"),
        pytest.param(0, 0.0, id="zero"),
        pytest.param("2026-01-13T15:40-06:00", "2026-01-13T21:40:59Z", id="an instant"),
        pytest.param(None, [], id="null and empty"),
        pytest.param({"a": 1}, {"a": 1, "b": None}, id="a key without value"),
        pytest.param([1, {"x": True}], ["1.0", {"x": True}], id="nested"),
        pytest.param("text", "text", id="text"),
        pytest.param("2026-13-01Tx", "2026-13-01Tx", id="text that looks like a time"),
    ],
)
def test_the_same_in_other_clothes_agrees(expected, found):
    assert differences(expected, found) == []


@pytest.mark.parametrize(
    ("expected", "found", "where"),
    [
        pytest.param({"a": 1.0}, {"a": 1.002}, ["a"], id="a number apart"),
        pytest.param({"a": 1}, {}, ["a"], id="a missing value"),
        pytest.param({}, {"a": {"b": 2}}, ["a"], id="something more"),
        pytest.param({"c": 1}, {"c": 1, "a": {"b": 2}}, ["a"], id="a key more"),
        pytest.param([1], [1, 2], [": 1 expected, 2 found"], id="a row more"),
        pytest.param(True, 1, ["value"], id="true is not one"),
        pytest.param(1, "one", ["value"], id="no number"),
        pytest.param(
            "2026-01-13T15:40-06:00", "2026-01-13T15:40-05:00", ["value"], id="another instant"
        ),
        pytest.param("2026-01-13T15:40-06:00", "2026-01-13T15:40", ["value"], id="no offset"),
        pytest.param("2026-01-13T15:40-06:00", None, ["value"], id="no time"),
    ],
)
def test_what_differs_is_named(expected, found, where):
    assert differences(expected, found) == where


def test_rows_are_matched_by_their_key_and_extra_ones_fail():
    outcome = Outcome()
    expected = [{"id": "a", "v": 1}, {"id": "b", "v": 2}, {"id": "c", "v": 3}]
    found = [{"id": "d", "v": 4}, {"id": "b", "v": 9}, {"id": "a", "v": 1}]

    outcome.compare_rows("checks", expected, found, ("id",))

    assert outcome.held == 1
    failed = {failure.what: (failure.expected, failure.found) for failure in outcome.failures}
    assert failed == {
        "checks b": ({"id": "b", "v": 2}, {"id": "b", "v": 9}),
        "checks c": ({"id": "c", "v": 3}, None),
        "checks d": (None, {"id": "d", "v": 4}),
    }


def test_rows_of_one_key_are_matched_in_their_order_and_times_by_the_minute():
    outcome = Outcome()
    at, same = "2026-01-13T15:40-06:00", "2026-01-13T21:40:00Z"

    outcome.compare_rows(
        "history", [{"at": at, "v": 1}, {"at": at, "v": 2}],
        [{"at": same, "v": 1}, {"at": same, "v": 2}], ("at",),
    )  # fmt: skip

    assert (outcome.held, outcome.failures) == (2, [])


def test_what_a_case_may_leave_out_is_compared_only_where_it_is_told():
    outcome = Outcome()
    found = [{"id": "a", "flow_index": 2}, {"id": "b", "flow_index": 2}]

    outcome.compare_rows(
        "checks", [{"id": "a"}, {"id": "b", "flow_index": 3}], found, ("id",),
        if_expected=("flow_index",),
    )  # fmt: skip

    assert [failure.what for failure in outcome.failures] == ["checks b"]


def test_the_report_shows_both_sides_and_ends_with_the_count():
    outcome = Outcome()
    outcome.wait("scores", 4)
    outcome.wait("notices", 0)
    outcome.compare("run 1 age", {"age_years": 44}, {"age_years": 45})
    outcome.compare("run 1 modes", "x" * 1000, None)
    outcome.compare("run 1 run_hours", 1, 1)

    lines = list(report(outcome))

    assert lines[:3] == [
        "failed: run 1 age (age_years)",
        '  expected: {"age_years": 44}',
        '  found:    {"age_years": 45}',
    ]
    assert lines[4].endswith(" ...")
    assert lines[5] == "  found:    nothing"
    assert lines[-2] == "waiting: 4 of scores, which the product does not have yet"
    assert lines[-1] == "expectations: 1 held, 4 waiting, 2 failed"
