"""Age in local days and years, and the three groups."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.age import AgeGroup, age_days, age_group, age_years

BERLIN = ZoneInfo("Europe/Berlin")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("born", "on", "days"),
    [
        pytest.param("2025-11-04T23:50", "2025-11-04T23:59", 0, id="same day"),
        pytest.param("2025-11-04T23:50", "2025-11-05T00:10", 1, id="twenty minutes over midnight"),
        pytest.param("2024-02-28T12:00", "2024-03-01T12:00", 2, id="leap year"),
    ],
)
def test_days_are_counted_by_the_local_calendar(born, on, days):
    assert age_days(at(born), at(on), BERLIN) == days


def test_the_local_day_counts_not_the_day_in_utc():
    born = datetime(2025, 11, 4, 23, 30, tzinfo=UTC)

    assert age_days(born, datetime(2025, 11, 5, 22, 0, tzinfo=UTC), BERLIN) == 0


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        pytest.param("2008-06-02T10:00", "2026-06-01T23:59", 17, id="day before the birthday"),
        pytest.param("2008-06-02T10:00", "2026-06-02T00:00", 18, id="birthday"),
        pytest.param("2008-02-29T10:00", "2026-02-28T12:00", 17, id="leap day, 28 February"),
        pytest.param("2008-02-29T10:00", "2026-03-01T00:00", 18, id="leap day, 1 March"),
        pytest.param("2008-02-29T10:00", "2028-02-29T00:00", 20, id="leap day in a leap year"),
    ],
)
def test_years_are_completed_on_the_birthday(born, on, years):
    assert age_years(at(born), at(on), BERLIN) == years


@pytest.mark.parametrize(
    ("born", "on", "group"),
    [
        pytest.param("2026-01-01T08:00", "2026-01-01T09:00", AgeGroup.NEONATAL, id="first hour"),
        pytest.param("2026-01-01T08:00", "2026-01-29T23:00", AgeGroup.NEONATAL, id="day 28"),
        pytest.param("2026-01-01T08:00", "2026-01-30T00:00", AgeGroup.PEDIATRIC, id="day 29"),
        pytest.param("2008-06-02T10:00", "2026-06-01T23:59", AgeGroup.PEDIATRIC, id="almost 18"),
        pytest.param("2008-06-02T10:00", "2026-06-02T00:00", AgeGroup.ADULT, id="18"),
        pytest.param("2008-02-29T10:00", "2026-02-28T23:59", AgeGroup.PEDIATRIC, id="leap day"),
        pytest.param("2008-02-29T10:00", "2026-03-01T00:00", AgeGroup.ADULT, id="leap day, 18"),
    ],
)
def test_the_group_changes_on_its_day(born, on, group):
    assert age_group(at(born), at(on), BERLIN) is group


@pytest.mark.parametrize("rule", [age_days, age_years, age_group])
def test_a_time_before_birth_is_refused(rule):
    with pytest.raises(ValueError, match="before the birth"):
        rule(at("2026-01-02T00:00"), at("2026-01-01T23:59"), BERLIN)


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="without an offset"):
        age_days(datetime.fromisoformat("2026-01-01"), at("2026-01-02T00:00"), BERLIN)


@given(born=st.dates(date(1930, 1, 1), date(2026, 1, 1)), lived=st.integers(0, 36_000))
def test_years_never_run_ahead_of_days(born, lived):
    birth = datetime(born.year, born.month, born.day, 12, tzinfo=UTC)
    now = birth + timedelta(days=lived)

    years = age_years(birth, now, UTC)

    assert years * 365 <= age_days(birth, now, UTC) <= (years + 1) * 366
