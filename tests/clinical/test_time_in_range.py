"""How much of the time the driver test was within its target."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.anticoagulation import LabResult, Plan, Status
from clinical.spans import Span
from clinical.time_in_range import time_in_range

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = Plan("ufh", "xa", Span.of([0.3, 0.5]), NOON)
VALUES = st.lists(st.decimals("0", 1, places=2), min_size=2, max_size=8)


def results(*rows, every_h=10):
    found = []
    for index, row in enumerate(rows):
        value, comparator = (row[1:], row[0]) if row[0] in "<>" else (row, None)
        collected = NOON + index * every_h * HOUR
        found.append(
            LabResult(
                f"r{index}",
                "xa",
                f"m{index}",
                collected,
                collected + HOUR,
                Status.FINAL,
                Decimal(value),
                comparator,
            )
        )
    return found


@pytest.mark.parametrize(
    ("values", "below", "inside", "above"),
    [
        pytest.param("0.2 0.4", 5, 5, 0, id="up through the lower limit"),
        pytest.param("0.4 0.2", 5, 5, 0, id="down through it"),
        pytest.param("0.4 0.6", 0, 5, 5, id="up through the upper limit"),
        pytest.param("0.2 0.6", 2.5, 5, 2.5, id="through both"),
        pytest.param("0.3 0.5", 0, 10, 0, id="from limit to limit"),
        pytest.param("0.1 0.2", 10, 0, 0, id="below"),
        pytest.param("0.6 0.9", 0, 0, 10, id="above"),
        pytest.param("0.3 0.3", 0, 10, 0, id="level on the limit"),
        pytest.param("0.29 0.29", 10, 0, 0, id="level below"),
        pytest.param("0.51 0.51", 0, 0, 10, id="level above"),
    ],
)
def test_a_straight_line_is_shared_out(values, below, inside, above):
    judged = time_in_range(PLAN, results(*values.split()))

    assert (judged.below_h, judged.in_range_h, judged.above_h) == (below, inside, above)


def test_a_target_with_one_bound_has_one_outside():
    plan = Plan("ufh", "xa", Span(high=Decimal("0.5")), NOON)

    assert time_in_range(plan, results("0.1", "0.9")).below_h == 0
    plan = Plan("ufh", "xa", Span(low=Decimal("0.5")), NOON)
    assert time_in_range(plan, results("0.1", "0.9")).above_h == 0


@pytest.mark.parametrize(
    ("every_h", "lost"), [(24, []), (24.1, [("gap",)])], ids=["exactly a day", "more"]
)
def test_a_gap_of_more_than_a_day_is_not_interpolated(every_h, lost):
    judged = time_in_range(PLAN, results("0.4", "0.4", every_h=every_h))

    assert [one.why for one in judged.not_interpolated] == lost


def test_nothing_is_claimed_around_a_censored_value():
    judged = time_in_range(PLAN, results("0.4", "<0.4", "0.4", "0.4"))

    assert [one.why for one in judged.not_interpolated] == [("censored",)] * 2
    assert (judged.lost_h, judged.interpolated_h) == (20, 10)
    assert (judged.results, judged.results_censored, judged.results_in_range) == (4, 1, 3)


def test_both_reasons_are_told():
    judged = time_in_range(PLAN, results("0.4", ">1.0", every_h=30))

    assert judged.not_interpolated[0].why == ("gap", "censored")
    assert judged.in_range_pct is None


def test_the_percentage_is_rounded_half_up_to_one_decimal():
    judged = time_in_range(PLAN, results("0.4", "0.4", "0.2", every_h=8))

    assert judged.in_range_pct == Decimal("75.0")


def test_other_tests_other_times_and_unusable_results_do_not_count():
    used = results("0.4", "0.4")
    other = LabResult("x", "aptt", "m", NOON, NOON, Status.FINAL, Decimal(60))
    early = LabResult("y", "xa", "m", NOON - HOUR, NOON, Status.FINAL, Decimal("0.4"))
    unsure = LabResult("z", "xa", "m", NOON + HOUR, NOON, Status.PRELIMINARY, Decimal("0.4"))

    assert time_in_range(PLAN, [*used, other, early, unsure]).results == 2


def test_a_result_withdrawn_later_does_not_count():
    used = results("0.4", "0.9")
    withdrawn = LabResult(
        "r1", "xa", "m9", used[1].collected_at, NOON + 99 * HOUR, Status.ENTERED_IN_ERROR
    )

    assert time_in_range(PLAN, [*used, withdrawn]).results == 1


def test_no_results_claim_nothing():
    judged = time_in_range(PLAN, [])

    assert (judged.results, judged.interpolated_h, judged.in_range_pct) == (0, 0, None)


@given(values=VALUES)
def test_every_hour_is_somewhere(values):
    judged = time_in_range(PLAN, results(*map(str, values)))

    total = judged.interpolated_h + judged.lost_h
    assert abs(total - 10 * (len(values) - 1)) < Decimal("1e-20")
    assert min(judged.below_h, judged.in_range_h, judged.above_h) >= -Decimal("1e-20")


@given(values=VALUES)
def test_looking_backwards_gives_the_same_hours(values):
    forwards = time_in_range(PLAN, results(*map(str, values)))
    backwards = time_in_range(PLAN, results(*map(str, values[::-1])))

    assert abs(forwards.in_range_h - backwards.in_range_h) < Decimal("1e-20")
