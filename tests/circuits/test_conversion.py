"""A conversion: the limits follow the mode, and somebody confirms them and the targets."""

from datetime import timedelta
from decimal import Decimal

import pytest

from circuits.actions.support import change_limit, confirm_limits, decannulate, record_mode
from clinical.spans import Span
from patients.reconfiguration import limits_following, timeline_after
from tests.factories import NOON

HOUR = timedelta(hours=1)


def convert(run, by, mode="VAV", at=NOON):
    return record_mode(run=run, mode=mode, starts_at=at, by=by, at=NOON)


def warning(run, measure, *, at=NOON):
    rows = run.limits.filter(measure=measure, superseded_at=None)
    row = next(one for one in rows if one.valid_to is None or one.valid_to > at)
    return row.warning_low, row.warning_high


def owed(run):
    return run.dues.filter(kind="limits_confirmation", settled_at=None)


def test_the_products_own_limits_follow_the_mode_from_its_time(run, specialist):
    convert(run, specialist)

    assert warning(run, "sat_pre_membrane") == (65, None)
    before = run.limits.get(measure="sat_pre_membrane", valid_to=NOON)
    assert (before.warning_low, before.warning_high) == (60, 85)
    assert limits_following(run, "VAV") == []


def test_a_limit_that_somebody_set_stays(run, specialist, physician):
    change_limit(
        run=run,
        measure="sat_pre_membrane",
        bounds={"warning": Span(Decimal(50), Decimal(70))},
        valid_from=NOON - HOUR,
        by=physician,
        at=NOON,
        reason="ordered",
    )

    convert(run, specialist)

    assert warning(run, "sat_pre_membrane") == (50, 70)


def test_a_mode_told_late_about_the_past_changes_no_limit(run, specialist):
    convert(run, specialist)

    convert(run, specialist, mode="VA", at=NOON - 5 * HOUR)

    assert warning(run, "sat_pre_membrane") == (65, None)
    assert run.limits.filter(measure="sat_pre_membrane").count() == 2


def test_a_conversion_that_is_corrected_at_its_own_time_takes_its_limits_back(run, specialist):
    convert(run, specialist)

    convert(run, specialist, mode="VVDL")

    assert warning(run, "sat_pre_membrane") == (60, 85)
    assert run.limits.filter(measure="sat_pre_membrane", superseded_at=None).count() == 2


def test_limits_are_confirmed_once_after_a_conversion(run, specialist, physician):
    assert not owed(run).exists()
    convert(run, specialist)
    assert owed(run).get().due_at == NOON + HOUR

    confirm_limits(run=run, by=physician, at=NOON + HOUR, note="as ordered")

    assert not owed(run).exists()


def test_the_first_mode_that_is_entered_is_no_conversion(run, specialist):
    record_mode(run=run, mode="VA", starts_at=run.started_at, by=specialist, at=NOON)

    assert not owed(run).exists()


def test_after_flow_off_nobody_is_asked_to_confirm_limits(run, specialist):
    convert(run, specialist, at=NOON - HOUR)

    decannulate(run=run, ended_at=NOON, by=specialist, at=NOON)

    assert not owed(run).exists()


@pytest.mark.parametrize(
    ("hours", "stretches"),
    [
        (-60, [("V-A", -60, -48), ("V-V", -48, -1), ("V-AV", -1, None)]),
        (-48, [("V-A", -48, -1), ("V-AV", -1, None)]),
        (-2, [("V-V", -48, -2), ("V-A", -2, -1), ("V-AV", -1, None)]),
        (0, [("V-V", -48, -1), ("V-AV", -1, 0), ("V-A", 0, None)]),
    ],
    ids=["before-the-first", "instead-of-the-first", "between", "after-the-last"],
)
def test_the_timeline_that_results_is_known_before_it_is_saved(run, specialist, hours, stretches):
    convert(run, specialist, at=NOON - HOUR)
    starts_at = NOON + hours * HOUR

    found = timeline_after(run, list(run.modes.all()), "VA", starts_at)

    def span(one):
        until = None if one.ends_at is None else (one.ends_at - NOON) / HOUR
        return (one.label, (one.starts_at - NOON) / HOUR, until)

    assert [span(one) for one in found] == stretches
