"""Times as typed and as shown."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.times import UnreadableTime, ago, clinical_date, clinical_time, duration, read_time

VIENNA = ZoneInfo("Europe/Vienna")
AT = datetime(2026, 11, 24, 13, 5, 30, tzinfo=UTC)  # 14:05 in Vienna


def read(text, at=AT):
    return clinical_time(read_time(text, at=at, zone=VIENNA).astimezone(VIENNA))


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        pytest.param("14:00", "24-Nov-2026 14:00", id="clock"),
        pytest.param("1400", "24-Nov-2026 14:00", id="four digits"),
        pytest.param("930", "24-Nov-2026 09:30", id="three digits"),
        pytest.param("9:30", "24-Nov-2026 09:30", id="one-digit hour"),
        pytest.param("14:30", "24-Nov-2026 14:30", id="a little ahead stays today"),
        pytest.param("now", "24-Nov-2026 14:05", id="now"),
        pytest.param("-15", "24-Nov-2026 13:50", id="minutes ago"),
        pytest.param("\N{MINUS SIGN}15", "24-Nov-2026 13:50", id="minutes ago, true minus"),
        pytest.param("24-Nov 14:00", "24-Nov-2026 14:00", id="date without year"),
        pytest.param("3 jan 08:15", "03-Jan-2027 08:15", id="the nearest year"),
        pytest.param("24-Nov-2025 14:00", "24-Nov-2025 14:00", id="date with year"),
        pytest.param("24 November 2026 14:00", "24-Nov-2026 14:00", id="month in full"),
        pytest.param("yesterday 23:10", "23-Nov-2026 23:10", id="yesterday"),
        pytest.param("today 08:00", "24-Nov-2026 08:00", id="today"),
        pytest.param("2026-11-24T14:00", "24-Nov-2026 14:00", id="ISO"),
        pytest.param("2026-11-24 14:00:59", "24-Nov-2026 14:00", id="ISO with seconds"),
        pytest.param("2026-11-24T13:00Z", "24-Nov-2026 14:00", id="ISO with offset"),
    ],
)
def test_a_clear_time_is_read_in_the_zone_of_the_centre(typed, moment):
    assert read(typed) == moment


def test_a_late_hour_typed_after_midnight_is_of_the_day_before():
    just_after_midnight = datetime(2026, 11, 24, 23, 10, tzinfo=UTC)

    assert read("23:50", at=just_after_midnight) == "24-Nov-2026 23:50"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        pytest.param("2 pm", "24-hour clock", id="pm"),
        pytest.param("2:00 a.m.", "24-hour clock", id="am"),
        pytest.param("24:00", "Midnight is 00:00", id="twenty-four"),
        pytest.param("25:10", "no time 25:10", id="no such hour"),
        pytest.param("14:60", "no time 14:60", id="no such minute"),
        pytest.param("24/11 14:00", "month in letters", id="numeric date"),
        pytest.param("24-Nov 2026", "Cannot read", id="a year is not taken for a time"),
        pytest.param("31-Feb-2026 10:00", "no such date", id="no such day"),
        pytest.param("29-Feb 10:00", "no such date", id="no leap day near"),
        pytest.param("3-Foo 10:00", "no month", id="no such month"),
        pytest.param("14:00 +99:00", "no offset", id="no such offset"),
        pytest.param("soon", "Cannot read", id="words"),
        pytest.param("29-Mar-2026 02:30", "skipped 02:30", id="hour that the clock skipped"),
        pytest.param("25-Oct-2026 02:30", r"\+02:00 for the first or \+01:00", id="came twice"),
        ("1899-12-31 23:59", "Check the year: 1899"),
        ("2200-01-01 00:00", "Check the year: 2200"),
    ],
)
def test_an_unclear_time_is_refused_with_advice(typed, advice):
    with pytest.raises(UnreadableTime, match=advice):
        read(typed)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("25-Oct-2026 02:30+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("25-Oct-2026 02:30 +01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart_by_its_offset(typed, moment):
    read_moment = read_time(typed, at=AT, zone=VIENNA)

    assert read_moment == moment
    assert clinical_time(read_moment.astimezone(VIENNA)).endswith(typed[-6:])


@given(st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1)))  # noqa: DTZ001 - made aware below
def test_what_is_shown_can_be_typed_again(naive):
    moment = naive.replace(second=0, microsecond=0, tzinfo=UTC)

    shown = clinical_time(moment.astimezone(VIENNA))

    assert read_time(shown, at=AT, zone=VIENNA) == moment


@given(st.text(max_size=25))
def test_reading_never_fails_in_another_way(text):
    with suppress(UnreadableTime):
        assert read_time(text, at=AT, zone=VIENNA).tzinfo is UTC


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(0), "0min"),
        (timedelta(seconds=59), "0min"),
        (timedelta(minutes=22), "22min"),
        (timedelta(hours=3, minutes=20), "3hr 20min"),
        (timedelta(hours=4), "4hr"),
        (timedelta(days=5, hours=3, minutes=59), "5d 3hr"),
        (timedelta(days=2), "2d"),
        (-timedelta(minutes=22), "\N{MINUS SIGN}22min"),
    ],
)
def test_a_duration_has_at_most_two_whole_parts(span, shown):
    assert duration(span) == shown


def test_how_long_ago_is_said_in_both_directions():
    assert ago(AT - timedelta(minutes=22), AT) == "22min ago"
    assert ago(AT + timedelta(minutes=25), AT) == "in 25min"
    assert ago(AT, AT) == "now"


def test_a_date_has_its_month_in_letters():
    assert clinical_date(date(2026, 3, 2)) == "02-Mar-2026"
