"""A slope that a few bad readings do not bend, and when its interval says anything at all."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.slopes import EXACT_UP_TO, Point, theil_sen

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def line(values, every_h=1):
    return [Point(NOON + timedelta(hours=n * every_h), float(v)) for n, v in enumerate(values)]


def test_the_worked_example():
    """Values 1, 3, 2, 5, 4, 7: of 15 slopes the eighth is 1; 90 % takes the third from each end."""
    slope = theil_sen(line([1, 3, 2, 5, 4, 7]), 0.9)

    assert slope.line.per_hour == pytest.approx(1.0)
    assert slope.line.level == pytest.approx(1.5)
    assert (slope.low.per_hour, slope.high.per_hour) == (pytest.approx(0.3333, abs=1e-3), 2.0)
    assert (slope.n, slope.origin, slope.excludes_zero) == (6, NOON, True)


@pytest.mark.parametrize(
    ("n", "confidence", "can_tell"),
    [
        pytest.param(0, 0.9, False, id="nothing"),
        pytest.param(1, 0.9, False, id="one value"),
        pytest.param(3, 0.9, False, id="three: 1 in 6 would be in order by chance"),
        pytest.param(4, 0.9, True, id="four: 1 in 24"),
        pytest.param(4, 0.95, False, id="four are too few to be surer"),
        pytest.param(5, 0.95, True, id="five: 1 in 120"),
        pytest.param(EXACT_UP_TO, 0.95, True, id="the last that is counted out"),
        pytest.param(EXACT_UP_TO + 1, 0.95, True, id="the first that is reckoned by the normal"),
    ],
)
def test_too_few_values_carry_no_interval(n, confidence, can_tell):
    assert (theil_sen(line(range(n)), confidence) is not None) is can_tell


def test_one_bad_reading_does_not_bend_it():
    values = [10 + 0.5 * n for n in range(12)]
    values[6] = 90

    assert theil_sen(line(values)).line.per_hour == pytest.approx(0.5)


def test_values_of_one_moment_count_once_as_their_median():
    once = theil_sen(line([1, 2, 3, 4, 5]))
    twice = theil_sen([*line([1, 2, 3, 4, 5]), Point(NOON, 0.5), Point(NOON, 1.5)])

    assert twice == once


def test_a_level_series_excludes_nothing():
    slope = theil_sen(line([5, 5, 5, 5, 5, 5]))

    assert slope.line.per_hour == 0
    assert not slope.excludes_zero
    with pytest.raises(ZeroDivisionError):
        slope.line.meets_after_h(6)


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 95])
def test_a_confidence_lies_between_none_and_all(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        theil_sen(line([1, 2, 3, 4, 5]), confidence)


@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=40))
def test_the_slope_lies_within_its_interval_and_turns_round_with_the_values(values):
    slope, turned = theil_sen(line(values), 0.9), theil_sen(line([-v for v in values]), 0.9)

    assert slope.low.per_hour <= slope.line.per_hour <= slope.high.per_hour
    assert turned.low.per_hour == pytest.approx(-slope.high.per_hour)


@pytest.mark.parametrize("n", [8, 40])
def test_the_interval_holds_the_true_slope_about_as_often_as_it_says(n):
    dice, held = Random(7), 0  # noqa: S311 - readings, not secrets
    for _ in range(300):
        values = [0.3 * x + dice.gauss(0, 2) for x in range(n)]
        slope = theil_sen(line(values), 0.9)
        held += slope.low.per_hour <= 0.3 <= slope.high.per_hour

    assert 0.86 <= held / 300 <= 0.97
