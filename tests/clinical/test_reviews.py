"""When a component falls due for review, and how that is put off."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.reviews import (
    Deferral,
    DeferralFault,
    Part,
    ReviewPolicy,
    deferral_fault,
    review_clock,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICIES = {
    "oxygenator": ReviewPolicy(100, 80, label_hours=6),
    "tubing": ReviewPolicy(10, 50),
    "circuit_set": ReviewPolicy(50, 90),
}
OXYGENATOR = Part("oxy-1", "oxygenator", NOON)


@pytest.mark.parametrize(
    ("later", "fault"),
    [
        pytest.param(timedelta(0), DeferralFault.NOT_AFTER, id="the same moment"),
        pytest.param(-HOUR, DeferralFault.NOT_AFTER, id="earlier"),
        pytest.param(timedelta.resolution, None, id="just later"),
        pytest.param(24 * HOUR, None, id="exactly a day"),
        pytest.param(24 * HOUR + timedelta.resolution, DeferralFault.MORE_THAN_24_H, id="more"),
    ],
)
def test_a_review_is_put_off_by_at_most_a_day(later, fault):
    assert deferral_fault(Deferral("oxy-1", NOON, NOON + later)) is fault


def test_a_part_follows_the_policy_of_its_type():
    clock = review_clock(OXYGENATOR, [OXYGENATOR], POLICIES)

    assert clock.clock_from == NOON
    assert clock.review_warn_at == NOON + 80 * HOUR
    assert clock.review_due_at == clock.next_review_at == NOON + 100 * HOUR


def test_a_type_without_a_policy_has_no_clock():
    assert review_clock(Part("f", "hemofilter", NOON), [], POLICIES) is None


def test_a_set_without_a_policy_has_no_clock():
    part = Part("oxy-1", "oxygenator", NOON, exchange_group="set-1")

    assert review_clock(part, [part], {"oxygenator": POLICIES["oxygenator"]}) is None


def test_parts_exchanged_together_share_the_earliest_clock_and_the_policy_of_the_set():
    oxygenator = Part("oxy-1", "oxygenator", NOON, exchange_group="set-1")
    tubing = Part("tub-1", "tubing", NOON - 2 * HOUR, exchange_group="set-1")
    earlier_set = Part("tub-0", "tubing", NOON - 9 * HOUR, exchange_group="set-0")
    deferral = Deferral("tub-1", NOON + 40 * HOUR, NOON + 60 * HOUR)

    for part in (oxygenator, tubing):
        clock = review_clock(part, [oxygenator, tubing, earlier_set], POLICIES, [deferral])

        assert clock.clock_from == NOON - 2 * HOUR
        assert clock.review_warn_at == NOON + 43 * HOUR
        assert clock.review_due_at == NOON + 48 * HOUR
        assert clock.next_review_at == NOON + 60 * HOUR


def test_the_last_accepted_deferral_counts():
    deferrals = [
        Deferral("oxy-1", NOON + 98 * HOUR, NOON + 110 * HOUR),
        Deferral("oxy-1", NOON + 90 * HOUR, NOON + 105 * HOUR),
        Deferral("oxy-1", NOON + 99 * HOUR, NOON + 199 * HOUR),
        Deferral("oxy-2", NOON + 99 * HOUR, NOON + 120 * HOUR),
    ]

    clock = review_clock(OXYGENATOR, [OXYGENATOR], POLICIES, deferrals)

    assert clock.next_review_at == NOON + 110 * HOUR


def test_the_earliest_clock_is_told_in_the_hour_that_comes_twice():
    chicago = ZoneInfo("America/Chicago")
    first = Part("a", "tubing", datetime(2026, 11, 1, 1, 30, tzinfo=chicago), exchange_group="s")
    again = datetime(2026, 11, 1, 1, 10, tzinfo=chicago, fold=1)
    second = Part("b", "tubing", again, exchange_group="s")

    clock = review_clock(second, [first, second], POLICIES)

    assert clock.clock_from is first.installed_at


@given(hours=st.integers(1, 1000), pct=st.integers(1, 100))
def test_the_warning_never_comes_after_the_review(hours, pct):
    clock = review_clock(OXYGENATOR, [], {"oxygenator": ReviewPolicy(hours, pct)})

    assert clock.clock_from < clock.review_warn_at <= clock.review_due_at
