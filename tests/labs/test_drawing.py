"""Trend panels: where a value is drawn, what is joined, how the axes are cut."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.drawing import BOTTOM, TOP, Band, Mark, step_panel, value_panel, window

START = datetime(2026, 3, 1, 3, 20, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")


def shown(hours=24):
    return window(START, START + timedelta(hours=hours), hours, OSLO)


def marks(*pairs):
    return [
        Mark(START + timedelta(hours=hours), value, str(value), side)
        for hours, value, side in pairs
    ]


def drawn(values, bands=()):
    return value_panel(
        code="aptt", label="aPTT", unit="s", series=1, marks=values, bands=bands, shown=shown()
    )


@pytest.mark.parametrize("hours", [24, 72, 300], ids=["day", "three days", "whole run"])
def test_a_window_holds_all_of_its_time_between_round_hours(hours):
    cut = shown(hours)

    assert cut.starts_at <= START
    assert cut.ends_at >= START + timedelta(hours=hours)
    assert len(cut.ticks) <= 10
    assert all(tick.astimezone(OSLO).minute == 0 for tick in cut.ticks)


def test_the_date_stands_at_midnight_and_the_hour_elsewhere():
    panel = drawn(marks((1, 50.0, "")))

    assert "2-Mar" in [tick.text for tick in panel.ticks]
    assert "08:00" in [tick.text for tick in panel.ticks]


def test_values_are_joined_over_a_day_and_not_over_more():
    day = drawn(marks((0, 50.0, ""), (24, 60.0, "")))
    longer = drawn(marks((0, 50.0, ""), (24.1, 60.0, "")))

    assert len(day.lines) == 1
    assert longer.lines == []


def test_a_value_out_of_target_keeps_its_side_and_is_counted_in_words():
    panel = drawn(marks((1, 50.0, "low"), (2, 60.0, "")))

    assert [dot.side for dot in panel.dots] == ["low", ""]
    assert panel.summary == "aPTT: 2 values, 1 outside target, newest 60.0 s."
    assert (panel.last, panel.before) == ("60.0", "50.0")


def test_a_band_without_an_upper_bound_reaches_the_top():
    band = Band(START, START + timedelta(hours=3), 40.0, None)

    (box,) = drawn(marks((1, 50.0, "")), [band]).bands

    assert float(box.y) == TOP


def test_a_band_without_a_lower_bound_reaches_the_floor():
    band = Band(START, START + timedelta(hours=3), None, 55.0)

    (box,) = drawn(marks((1, 50.0, "")), [band]).bands

    assert float(box.y) + float(box.height) == pytest.approx(BOTTOM, abs=0.2)


def test_a_rate_holds_until_the_next_one():
    panel = step_panel(
        code="x",
        label="Heparin",
        unit="units/kg/h",
        series=1,
        marks=marks((0, 12.0, ""), (6, 0.0, ""), (8, 9.0, "")),
        until=START + timedelta(hours=10),
        shown=shown(),
    )

    assert len(panel.areas) == 3
    assert len(panel.lines) == 5
    assert [text for _, text in panel.levels] == ["0", "5", "10", "15"]


def test_a_panel_without_values_says_so():
    assert drawn([]).summary == "aPTT: no value in this time."


@given(
    st.lists(
        st.floats(min_value=-1000, max_value=1000, allow_nan=False).map(lambda v: round(v, 3)),
        min_size=1,
        max_size=8,
    )
)
def test_every_value_is_drawn_inside_the_panel(values):
    panel = drawn([Mark(START, value, "") for value in values])

    assert all(TOP - 0.2 <= float(dot.y) <= BOTTOM + 0.2 for dot in panel.dots)
    assert 2 <= len(panel.levels) <= 6
