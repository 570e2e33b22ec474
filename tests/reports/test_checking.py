"""How timely checks were: on time, late, missing at the end, across the border of a month."""

from datetime import UTC, datetime, timedelta

import pytest

from clinical.due import CheckCadence
from reports.checking import Charted, timeliness
from reports.months import Span

ON = datetime(2026, 1, 10, tzinfo=UTC)
MONTH = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
HOURLY = CheckCadence(early_for_h=0)


def minutes(number):
    return ON + timedelta(minutes=number)


def judged(*at, until, kind="hourly", span=MONTH, cadence=HOURLY, on=ON):
    checks = [Charted(kind, minutes(number)) for number in at]
    return timeliness(checks, time_on=on, until=minutes(until), span=span, cadence=cadence)


@pytest.mark.parametrize(
    ("second", "on_time"),
    [pytest.param(140, 2, id="within the grace"), pytest.param(141, 1, id="a minute later")],
)
def test_an_hourly_check_has_twenty_minutes_of_grace(second, on_time):
    found = judged(60, second, until=second)

    assert (found.checks, found.intervals, found.on_time) == (2, 2, on_time)


@pytest.mark.parametrize(
    ("kind", "on_time"),
    [("q4h", 3), ("shift", 3), ("hourly", 1), ("event", 1)],
)
def test_a_set_holds_for_its_own_span(kind, on_time):
    assert judged(60, 320, 580, until=580, kind=kind).on_time == on_time


def test_the_first_hours_are_checked_more_often():
    early = CheckCadence(early_every_min=30, early_for_h=6)

    assert judged(51, until=60, cadence=early).on_time == 0
    assert judged(50, until=60, cadence=early).on_time == 1


def test_a_check_that_never_came_counts_as_late_once_it_is_overdue():
    assert judged(60, until=140).intervals == 1
    missed = judged(60, until=141)
    assert (missed.intervals, missed.on_time, missed.longest) == (2, 1, timedelta(minutes=81))


def test_a_run_without_a_check_is_one_late_interval():
    found = judged(until=600)

    assert (found.checks, found.intervals, found.on_time_pct) == (0, 1, 0)
    assert found.longest == timedelta(hours=10)


def test_a_short_run_without_a_check_says_nothing():
    assert judged(until=30).on_time_pct is None


def test_an_interval_belongs_to_the_month_in_which_it_ends():
    later = Span(minutes(100), minutes(1000))

    found = judged(60, 120, 180, until=180, span=later)

    assert (found.checks, found.intervals, found.on_time) == (2, 2, 2)


def test_what_comes_after_the_month_is_not_judged():
    first_hours = Span(MONTH.starts_at, minutes(130))

    assert judged(60, 120, 600, until=600, span=first_hours).intervals == 2
