"""Numbers as typed and as shown."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.numbers import UnreadableNumber, read_number, show_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("4.2", "4.2", id="point"),
        pytest.param("4,2", "4.2", id="comma"),
        pytest.param("4.10", "4.10", id="as many decimals as typed"),
        pytest.param("0,125", "0.125", id="a leading nought makes the comma a decimal sign"),
        pytest.param("1.234", "1.234", id="a point is never a thousands separator"),
        pytest.param("3450", "3450", id="whole"),
        pytest.param("12,5", "12.5", id="two before the comma"),
        pytest.param(",5", "0.5", id="nothing before the comma"),
        pytest.param("-68", "-68", id="hyphen"),
        pytest.param("\N{MINUS SIGN}68", "-68", id="true minus"),
        pytest.param("\N{EN DASH}68", "-68", id="dash"),
        pytest.param(" 7 ", "7", id="spaces around"),
    ],
)
def test_a_clear_number_is_read_as_keyed(typed, number):
    assert str(read_number(typed)) == number


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        pytest.param("1,234", "1234 or 1.234", id="thousand or decimal"),
        pytest.param("-1,234", "-1234 or -1.234", id="negative"),
        pytest.param("123,456", "123456 or 123.456", id="three and three"),
        pytest.param("1,234.5", "without thousands", id="grouped"),
        pytest.param("1.234,5", "without thousands", id="grouped the other way"),
        pytest.param("1 234", "without thousands", id="grouped by a space"),
        pytest.param("4.2 L/min", "only a number", id="unit typed too"),
        pytest.param("1e3", "only a number", id="exponent"),
        pytest.param("NaN", "only a number", id="not a number"),
        pytest.param("<0.1", "only a number", id="comparator"),
        pytest.param("4..2", "only a number", id="two points"),
        pytest.param("٤", "only a number", id="digits of another script"),
        pytest.param("", "only a number", id="nothing"),
    ],
)
def test_an_unclear_number_is_refused_with_advice(typed, advice):
    with pytest.raises(UnreadableNumber, match=advice):
        read_number(typed)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        pytest.param(Decimal(3450), 0, "3,450", id="grouped from a thousand"),
        pytest.param(Decimal(999), 0, "999", id="not grouped below"),
        pytest.param(Decimal("-68.04"), 1, "\N{MINUS SIGN}68.0", id="true minus"),
        pytest.param(Decimal("2.5"), 0, "3", id="half goes up"),
        pytest.param(Decimal("-0.04"), 1, "0.0", id="no minus nought"),
        pytest.param(Decimal("4.10"), None, "4.10", id="as recorded"),
        pytest.param("4.10", 1, "4.1", id="a number kept as text"),
        pytest.param("clotted", 1, "clotted", id="words stay words"),
        pytest.param(0, 0, "0", id="nought is a value"),
        pytest.param(None, 1, "\N{EN DASH}", id="nothing"),
        pytest.param("", 1, "\N{EN DASH}", id="empty text"),
        pytest.param(float("nan"), 1, "\N{EN DASH}", id="not a number"),
    ],
)
def test_a_number_is_shown_for_reading(value, decimals, shown):
    assert show_number(value, decimals) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-999, max_value=999))
def test_what_is_shown_below_a_thousand_can_be_typed_again(number):
    assert read_number(show_number(number)) == number


@given(st.text(max_size=20))
def test_reading_never_fails_in_another_way(text):
    with suppress(UnreadableNumber):
        assert read_number(text).is_finite()
