"""Run hours and whether the modes cover the run."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.runtime import (
    Flaw,
    ModeProblem,
    ModeSegment,
    hours_text,
    is_same_run,
    mode_problems,
    run_hours,
)

CHICAGO = ZoneInfo("America/Chicago")
ON = datetime(2026, 1, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "rounded", "exact"),
    [
        pytest.param(0, 0, "0:00", id="nothing"),
        pytest.param(29, 0, "0:29", id="under half an hour"),
        pytest.param(30, 1, "0:30", id="half an hour counts"),
        pytest.param(89, 1, "1:29", id="under one and a half"),
        pytest.param(90, 2, "1:30", id="one and a half"),
        pytest.param(12735, 212, "212:15", id="a long run"),
    ],
)
def test_hours_are_rounded_half_up(minutes, rounded, exact):
    hours = run_hours(ON, ON + timedelta(minutes=minutes), UTC)

    assert (hours.minutes, hours.hours_rounded, hours.exact) == (minutes, rounded, exact)


def test_a_run_over_the_spring_change_is_an_hour_shorter_than_the_clock_says():
    on = datetime(2026, 3, 7, 20, tzinfo=CHICAGO)
    off = datetime(2026, 3, 8, 8, tzinfo=CHICAGO)

    hours = run_hours(on, off, CHICAGO)

    assert hours.exact == "11:00"
    assert hours_text(hours.wall_clock_minutes) == "12:00"


def test_months_are_split_at_local_midnight():
    on = datetime(2025, 12, 31, 22, tzinfo=CHICAGO)

    hours = run_hours(on, on + 50 * 24 * HOUR, CHICAGO)

    assert hours.by_month == {"2025-12": 120, "2026-01": 31 * 1440, "2026-02": 18 * 1440 + 1320}


def test_a_run_that_ends_at_midnight_has_no_minute_in_the_new_month():
    on = datetime(2026, 1, 31, 23, tzinfo=CHICAGO)

    assert run_hours(on, on + HOUR, CHICAGO).by_month == {"2026-01": 60}


def test_an_end_before_the_beginning_is_refused():
    with pytest.raises(ValueError, match=r"^The end lies before the beginning\.$"):
        run_hours(ON, ON - timedelta.resolution, UTC)


@given(start=st.integers(1_700_000_000, 1_800_000_000), minutes=st.integers(0, 200_000))
def test_the_months_add_up_to_the_run(start, minutes):
    on = datetime.fromtimestamp(start, CHICAGO)

    hours = run_hours(on, on.astimezone(UTC) + timedelta(minutes=minutes), CHICAGO)

    assert hours.minutes == minutes == sum(hours.by_month.values())


def segment(start, end, mode="VV"):
    return ModeSegment(mode, ON + start * HOUR, None if end is None else ON + end * HOUR)


def problem(flaw, start, end):
    return ModeProblem(flaw, ON + start * HOUR, ON + end * HOUR)


@pytest.mark.parametrize(
    ("segments", "problems"),
    [
        pytest.param([(0, 10)], [], id="one mode"),
        pytest.param([(0, 4), (4, 10)], [], id="two modes"),
        pytest.param([(4, 10), (0, 4)], [], id="in any order"),
        pytest.param([(0, 4), (4, None)], [], id="open to the end"),
        pytest.param([], [(Flaw.NONE_ENTERED, 0, 10)], id="none"),
        pytest.param([(1, 10)], [(Flaw.GAP, 0, 1)], id="starts late"),
        pytest.param([(0, 9)], [(Flaw.GAP, 9, 10)], id="ends early"),
        pytest.param([(0, 4), (5, 10)], [(Flaw.GAP, 4, 5)], id="gap"),
        pytest.param([(0, 5), (4, 10)], [(Flaw.OVERLAP, 4, 5)], id="overlap"),
        pytest.param([(-1, 10)], [(Flaw.BEFORE_RUN, -1, 0)], id="before the run"),
        pytest.param([(0, 11)], [(Flaw.AFTER_RUN, 10, 11)], id="after the run"),
        pytest.param([(0, 8), (2, 3), (8, 10)], [(Flaw.OVERLAP, 2, 8)], id="one inside another"),
    ],
)
def test_modes_cover_the_run_or_say_where_not(segments, problems):
    found = mode_problems([segment(*each) for each in segments], ON, ON + 10 * HOUR)

    assert list(found) == [problem(*each) for each in problems]


def test_modes_in_the_hour_that_comes_twice_follow_each_other():
    on = datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO)
    change = datetime(2026, 11, 1, 1, 10, tzinfo=CHICAGO, fold=1)
    off = datetime(2026, 11, 1, 1, 20, tzinfo=CHICAGO, fold=1)

    segments = [ModeSegment("VV", on, change), ModeSegment("VA", change, off)]

    assert mode_problems(segments, on, off) == ()


@given(cuts=st.sets(st.integers(1, 9)))
def test_modes_that_follow_each_other_have_no_problem(cuts):
    edges = [0, *sorted(cuts), 10]
    segments = [segment(a, b) for a, b in pairwise(edges)]

    assert mode_problems(segments, ON, ON + 10 * HOUR) == ()


@pytest.mark.parametrize(
    ("off_min", "gap_h", "is_same"),
    [
        pytest.param(-1, 24, False, id="before flow off"),
        pytest.param(0, 24, True, id="at once"),
        pytest.param(24 * 60, 24, True, id="on the gap"),
        pytest.param(24 * 60 + 1, 24, False, id="past the gap"),
        pytest.param(1, 0, False, id="a site without a gap"),
    ],
)
def test_a_return_within_the_gap_is_the_same_run(off_min, gap_h, is_same):
    flow_on = ON + timedelta(minutes=off_min)

    assert is_same_run(ON, flow_on, gap_h) is is_same
