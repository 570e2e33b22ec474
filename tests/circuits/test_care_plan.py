"""Targets of the day, emergency plan and ceiling of care."""

from datetime import timedelta
from decimal import Decimal

import pytest

from circuits.actions.care_plan import (
    NoSuchTarget,
    NotAPhysician,
    ReviewInThePast,
    TargetUnclear,
    carry_targets_forward,
    set_emergency_plan,
    set_target,
    withdraw_target,
)
from circuits.actions.sweep import sweep
from patients.actions.times import InTheFuture
from patients.care import emergency_plan_of, targets_now
from patients.queries import banner_of
from tests.cast import member
from tests.factories import NOON

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def aim(run, by, key="map", at=NOON, **facts):
    facts = facts or {"low": Decimal(65), "high": Decimal(80)}
    return set_target(run=run, key=key, by=by, at=at, **facts)


def plan(run, physician, by=None, at=NOON, **facts):
    said = {"ceiling": "limited", "words": "No second cannulation.", "reviewed_at": at, **facts}
    return set_emergency_plan(run=run, physician=physician, by=by or physician, at=at, **said)


def due(run, kind):
    return run.dues.open().get(kind=kind)


def test_a_target_holds_with_its_unit_author_and_review_time(run, physician):
    target = aim(run, physician)

    assert (target.measure_unit, target.entered_by, target.review_by) == (
        "mm[Hg]",
        physician,
        NOON + DAY,
    )
    assert due(run, "targets").due_at == NOON + DAY


def test_the_newest_target_of_a_key_holds(run, physician):
    aim(run, physician)
    aim(run, physician, low=Decimal(70), high=None, at=NOON + HOUR)
    aim(run, physician, "sedation", words=" awake ", at=NOON + HOUR)

    held = {one.goal.code: one.row for one in targets_now(run, NOON + HOUR)}

    assert list(held) == ["map", "sedation"]
    assert (held["map"].low, held["map"].high) == (70, None)
    assert held["sedation"].words == "awake"


def test_past_its_review_a_target_is_stale_and_never_renews_itself(run, physician):
    aim(run, physician)

    assert [one.is_stale for one in targets_now(run, NOON + DAY)] == [False]
    assert [one.is_stale for one in targets_now(run, NOON + DAY + HOUR)] == [True]


def test_targets_are_carried_forward_one_by_one_by_hand(run, physician, specialist):
    first = aim(run, physician)
    aim(run, physician, "mobility", words="edge of bed")
    tomorrow = NOON + DAY + HOUR

    (carried,) = carry_targets_forward(run=run, keys=["map"], by=specialist, at=tomorrow)

    assert (carried.carried_from, carried.low, carried.entered_by) == (first, 65, specialist)
    assert {one.goal.code: one.is_stale for one in targets_now(run, tomorrow)} == {
        "map": False,
        "mobility": True,
    }
    assert due(run, "targets").due_at == NOON + DAY


def test_a_target_that_is_withdrawn_is_gone_and_stays_readable(run, physician):
    aim(run, physician)

    withdraw_target(run=run, key="map", by=physician, at=NOON + HOUR)

    assert targets_now(run, NOON + HOUR) == []
    assert run.targets.count() == 2
    assert not run.dues.open().filter(kind="targets").exists()
    with pytest.raises(NoSuchTarget, match="No target holds for"):
        withdraw_target(run=run, key="map", by=physician, at=NOON + HOUR)


def test_a_target_that_nobody_could_read_is_refused(run, physician):
    with pytest.raises(TargetUnclear, match="lies above"):
        aim(run, physician, low=Decimal(90), high=Decimal(80))
    with pytest.raises(NoSuchTarget, match="luck"):
        carry_targets_forward(run=run, keys=["luck"], by=physician, at=NOON)


@pytest.mark.parametrize("review_by", [NOON, NOON - HOUR])
def test_a_review_in_the_past_is_refused(run, physician, review_by):
    with pytest.raises(ReviewInThePast):
        aim(run, physician, low=Decimal(65), review_by=review_by)


def test_the_emergency_plan_is_owed_from_flow_on(run):
    owed = due(run, "emergency_plan")

    assert owed.due_at == run.started_at + DAY
    assert owed.label == "Enter emergency plan and ceiling of care"


def test_a_plan_names_its_physician_whoever_enters_it(run, physician, coordinator):
    plan(run, physician, by=coordinator)
    held = emergency_plan_of(run)

    assert (held.physician, held.entered_by) == (physician, coordinator)
    assert due(run, "emergency_plan").due_at == NOON + DAY


def test_only_a_physician_of_the_unit_decides(run, specialist, other_unit):
    with pytest.raises(NotAPhysician, match="a physician's"):
        plan(run, specialist)
    with pytest.raises(NotAPhysician):
        plan(run, member("ines", "physician", unit=other_unit))


def test_a_review_in_the_future_is_refused(run, physician):
    with pytest.raises(InTheFuture):
        plan(run, physician, reviewed_at=NOON + HOUR)


def test_the_banner_shows_the_ceiling_and_says_when_it_is_old(run, physician):
    before = banner_of(run.patient, run, NOON).ceiling
    plan(run, physician)
    fresh = banner_of(run.patient, run, NOON + DAY).ceiling
    old = banner_of(run.patient, run, NOON + DAY + HOUR).ceiling

    assert before is None
    assert (fresh.text, fresh.is_stale, fresh.reviewed_at) == ("Limited: as written", False, NOON)
    assert old.is_stale


def test_an_old_plan_is_paperwork_and_pages_nobody(run, physician):
    plan(run, physician)

    sweep(NOON + DAY + HOUR)

    alert = run.alerts.open().get(code="emergency_plan.overdue")
    assert (alert.category, alert.severity) == ("paperwork", 1)
