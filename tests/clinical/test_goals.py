"""Targets of the day and the emergency plan: what can be set, and when it is looked at again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.goals import GOALS, emergency_plan_due, fault_of_target, targets_due

ON = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("code", "low", "high", "words", "fault"),
    [
        pytest.param("map", "65", "80", "", None, id="a range"),
        pytest.param("map", "65", None, "", None, id="at least"),
        pytest.param("map", None, "80", "", None, id="at most"),
        pytest.param("map", "65", "65", "", None, id="one value"),
        pytest.param("map", "66", "65", "", "above the upper bound", id="crossed"),
        pytest.param("map", None, None, "high", "give a lower or an upper bound", id="no number"),
        pytest.param("sedation", None, None, "RASS 0 to -1", None, id="words"),
        pytest.param("sedation", None, None, "  ", "write the target in words", id="no words"),
        pytest.param("luck", "1", None, "", "no target called luck", id="unknown"),
    ],
)
def test_a_target_is_a_range_or_words(code, low, high, words, fault):
    bounds = [None if one is None else Decimal(one) for one in (low, high)]

    said = fault_of_target(code, *bounds, words)

    assert said is None if fault is None else fault in said


def test_every_target_with_a_number_has_its_unit_and_the_others_none():
    assert {one.code for one in GOALS.values() if one.is_number} >= {"map", "blood_flow", "hb"}
    assert all(bool(one.unit) == bool(one.display_unit) for one in GOALS.values())


def test_targets_are_due_at_the_earliest_review():
    due = targets_due(ON + 24 * HOUR, ON)

    assert (due.anchor, due.due_at, due.overdue_at) == (ON, ON + 24 * HOUR, ON + 24 * HOUR)


@pytest.mark.parametrize(
    ("reviewed_h", "every_h", "rule", "due_h"),
    [
        pytest.param(None, 24, "emergency_plan.first", 24, id="none yet: since flow on"),
        pytest.param(30, 24, "emergency_plan.review", 54, id="since the last review"),
        pytest.param(30, 12, "emergency_plan.review", 42, id="a site asks for more"),
    ],
)
def test_the_emergency_plan_is_reviewed_within_a_day(reviewed_h, every_h, rule, due_h):
    reviewed_at = None if reviewed_h is None else ON + reviewed_h * HOUR

    due = emergency_plan_due(reviewed_at=reviewed_at, time_on=ON, every_h=every_h)

    assert (due.rule, due.due_at) == (rule, ON + due_h * HOUR)
    assert not due.is_overdue(ON + due_h * HOUR)
    assert due.is_overdue(ON + due_h * HOUR + timedelta(minutes=1))
