"""Where nobody is rostered: hours as numbers of a day, for reading."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffing.rota.cover import Span, uncovered
from tests.factories import NOON


def span(start, end):
    return Span(NOON + timedelta(hours=start), NOON + timedelta(hours=end))


@pytest.mark.parametrize(
    ("shifts", "gaps"),
    [
        pytest.param([], [(0, 24)], id="nobody at all"),
        pytest.param([(0, 24)], [], id="one all day"),
        pytest.param([(0, 12), (12, 24)], [], id="hand over to hand over"),
        pytest.param([(0, 11), (12, 24)], [(11, 12)], id="an hour between"),
        pytest.param([(12, 24), (0, 12)], [], id="in any order"),
        pytest.param([(2, 20), (4, 6)], [(0, 2), (20, 24)], id="one within another"),
        pytest.param([(-5, 2), (22, 40)], [(2, 22)], id="over the edges"),
        pytest.param([(24, 30)], [(0, 24)], id="after the period"),
        pytest.param([(-9, 0)], [(0, 24)], id="before the period"),
    ],
)
def test_gaps(shifts, gaps):
    found = uncovered([span(*shift) for shift in shifts], span(0, 24))

    assert found == [span(*gap) for gap in gaps]


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 12)), max_size=6))
def test_each_hour_is_covered_or_a_gap_and_never_both(starts):
    shifts = [(start, start + hours) for start, hours in starts]

    gaps = uncovered([span(*shift) for shift in shifts], span(0, 24))

    for hour in range(24):
        moment = NOON + timedelta(hours=hour, minutes=30)
        is_gap = any(gap.starts_at <= moment < gap.ends_at for gap in gaps)
        assert is_gap != any(start <= hour < end for start, end in shifts)
