"""Which side of a pair of bounds a value lies on."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.spans import OPEN, Outside, Span

NUMBERS = st.decimals(-1000, 1000, places=2)
MILLI = Decimal("0.001")


@pytest.mark.parametrize(
    ("value", "comparator", "side"),
    [
        pytest.param("4.99", None, "low", id="below"),
        pytest.param("5", None, None, id="on the lower bound is inside"),
        pytest.param("7", None, None, id="between"),
        pytest.param("10", None, None, id="on the upper bound is inside"),
        pytest.param("10.01", None, "high", id="above"),
        pytest.param("5", "<", "low", id="less than the lower bound is below"),
        pytest.param("5.01", "<", None, id="less than a little more may be inside"),
        pytest.param("5", "<=", None, id="at most the lower bound may be on it"),
        pytest.param("4.99", "<=", "low", id="at most less is below"),
        pytest.param("20", "<", None, id="less than a high number is not above"),
        pytest.param("20", "<=", None, id="at most a high number is not above"),
        pytest.param("10", ">", "high", id="more than the upper bound is above"),
        pytest.param("9.99", ">", None, id="more than a little less may be inside"),
        pytest.param("10", ">=", None, id="at least the upper bound may be on it"),
        pytest.param("10.01", ">=", "high", id="at least more is above"),
        pytest.param("1", ">", None, id="more than a low number is not below"),
        pytest.param("1", ">=", None, id="at least a low number is not below"),
    ],
)
def test_a_value_is_outside_only_beyond_a_bound(value, comparator, side):
    outside = Span(Decimal(5), Decimal(10)).outside(Decimal(value), comparator)

    bound = {"low": Decimal(5), "high": Decimal(10)}
    assert outside == (Outside(side, bound[side]) if side else None)


@pytest.mark.parametrize(
    "span", [Span(low=Decimal(5)), Span(high=Decimal(10))], ids=["low", "high"]
)
def test_an_unknown_comparator_is_refused(span):
    with pytest.raises(ValueError, match="not a comparator"):
        span.outside(Decimal(7), "~")


@pytest.mark.parametrize(
    ("pair", "span"),
    [
        pytest.param([None, None], OPEN, id="no bounds"),
        pytest.param([-1.5, 10], Span(Decimal("-1.5"), Decimal(10)), id="numbers"),
        pytest.param(
            [Decimal("0.21"), Decimal("inf")], Span(low=Decimal("0.21")), id="infinite is no bound"
        ),
        pytest.param(["-inf", "3"], Span(high=Decimal(3)), id="texts"),
    ],
)
def test_a_pair_becomes_a_span(pair, span):
    assert Span.of(pair) == span


def test_crossed_bounds_are_refused():
    with pytest.raises(ValueError, match="above the upper"):
        Span(Decimal(2), Decimal(1))


def test_only_a_span_without_bounds_is_open():
    assert OPEN.is_open
    assert not Span(low=Decimal(1)).is_open
    assert not Span(high=Decimal(1)).is_open


@given(value=NUMBERS)
def test_nothing_is_outside_an_open_span(value):
    assert OPEN.outside(value) is None


@given(value=NUMBERS, low=NUMBERS, high=NUMBERS)
def test_outside_means_strictly_beyond(value, low, high):
    span = Span(min(low, high), max(low, high))

    assert (span.outside(value) is None) == (span.low <= value <= span.high)


@given(value=NUMBERS, low=NUMBERS)
def test_a_value_below_every_possible_number_is_low_with_either_reading(value, low):
    span = Span(low=low)

    if span.outside(value, "<") is None:
        assert span.outside(value - MILLI) is None or value - MILLI < low < value
