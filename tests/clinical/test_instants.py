"""Absolute time, whatever the clocks on the wall do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.instants import after, elapsed, minutes_between, utc

CHICAGO = ZoneInfo("America/Chicago")
MOMENTS = st.integers(0, 2_000_000_000).map(lambda s: datetime.fromtimestamp(s, CHICAGO))


def test_the_night_of_the_spring_change_has_eleven_hours():
    evening = datetime(2026, 3, 7, 20, tzinfo=CHICAGO)
    morning = datetime(2026, 3, 8, 8, tzinfo=CHICAGO)

    assert elapsed(evening, morning) == timedelta(hours=11)
    assert minutes_between(evening, morning) == 660
    assert after(evening, hours=11) == morning


def test_the_two_half_past_ones_of_autumn_are_an_hour_apart():
    first = datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO)
    second = first.replace(fold=1)

    assert elapsed(first, second) == timedelta(hours=1)


def test_seconds_are_cut_before_minutes_are_counted():
    start = datetime(2026, 1, 1, 0, 0, 50, tzinfo=UTC)

    assert minutes_between(start, datetime(2026, 1, 1, 0, 1, 10, tzinfo=UTC)) == 1
    assert minutes_between(start, datetime(2026, 1, 1, 0, 0, 59, 999, tzinfo=UTC)) == 0
    late = start.replace(second=0, microsecond=900)
    assert minutes_between(late, datetime(2026, 1, 1, 0, 1, 0, 100, tzinfo=UTC)) == 1


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="without an offset"):
        utc(datetime.fromisoformat("2026-01-01"))


@given(start=MOMENTS, minutes=st.integers(-100_000, 100_000))
def test_so_many_minutes_later_is_so_many_minutes_away(start, minutes):
    assert elapsed(start, after(start, minutes=minutes)) == timedelta(minutes=minutes)
