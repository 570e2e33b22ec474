"""When checks, samples, reviews and owed entries fall due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.anticoagulation import LabResult, Status, Step
from clinical.due import (
    CannulaEntered,
    CheckCadence,
    Due,
    Entered,
    check_due,
    confirmation_due,
    debts,
    fault_due,
    review_due,
    sample_due,
)
from clinical.reviews import ReviewClock
from clinical.titration import Block, TitrationRow

ON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("last", "closely", "rule", "minutes"),
    [
        pytest.param(None, False, "check.early", 30, id="first check"),
        pytest.param(5.9, False, "check.early", 30, id="early"),
        pytest.param(6, False, "check.hourly", 60, id="no longer early"),
        pytest.param(20, True, "check.trial_or_transport", 30, id="watched closely"),
    ],
)
def test_a_check_is_due_after_the_last_one(last, closely, rule, minutes):
    last_at = None if last is None else ON + last * HOUR

    due = check_due(time_on=ON, last_checked_at=last_at, is_watched_closely=closely)

    assert due.rule == rule
    assert due.anchor == (last_at or ON)
    assert due.due_at == due.anchor + minutes * MINUTE
    assert due.overdue_at == due.due_at + 20 * MINUTE
    assert due.inputs == {"every_min": str(minutes), "grace_min": "20"}


@pytest.mark.parametrize(
    ("last", "since", "minutes"),
    [
        pytest.param(20, None, 30, id="since the last check of a trial"),
        pytest.param(20, 20, 30, id="begun with the check"),
        pytest.param(20, 20.25, 45, id="begun since: counted from there"),
        pytest.param(20, 20.5, 60, id="never later than it was due"),
        pytest.param(20, 20.75, 60, id="nor later still"),
        pytest.param(20, 19, 30, id="begun long before"),
    ],
)
def test_a_trial_that_begins_shortens_the_time_to_the_next_check(last, since, minutes):
    due = check_due(
        time_on=ON,
        last_checked_at=ON + last * HOUR,
        is_watched_closely=True,
        watched_since=None if since is None else ON + since * HOUR,
    )

    assert due.due_at == ON + last * HOUR + minutes * MINUTE


def test_a_check_says_why_it_is_due():
    first = check_due(time_on=ON, last_checked_at=None)
    later = check_due(time_on=ON, last_checked_at=ON + 9 * HOUR)

    assert first.why == "A check every 30 min, counted from first flow."
    assert later.why == "A check every 60 min, counted from the last check."


def test_a_site_has_its_own_cadence():
    cadence = CheckCadence(every_min=240, early_every_min=60, early_for_h=1, grace_min=5)

    due = check_due(time_on=ON, last_checked_at=ON + HOUR, cadence=cadence)

    assert due.due_at == ON + 5 * HOUR
    assert due.overdue_at == ON + 5 * HOUR + 5 * MINUTE


def test_nothing_is_overdue_until_after_its_grace():
    due = check_due(time_on=ON, last_checked_at=None)

    assert not due.is_overdue(ON + 50 * MINUTE)
    assert due.is_overdue(ON + 50 * MINUTE + timedelta.resolution)


@pytest.mark.parametrize(
    ("owed", "to", "rule", "why"),
    [
        (
            confirmation_due,
            "VA",
            "reconfiguration.limits",
            "The support was converted to VA.",
        ),
        (
            fault_due,
            "gas_exchange",
            "exchange.complication",
            "Out for gas exchange: the registry asks for the matching complication.",
        ),
    ],
    ids=["a conversion", "a fault"],
)
def test_what_follows_a_change_is_owed_within_the_sites_hours(owed, to, rule, why):
    late = ON + 2.5 * HOUR

    assert owed(to, ON, 2.5) == Due(rule, ON, late, late, why, inputs={"due_h": "2.5"})


@pytest.mark.parametrize("is_known", [True, False])
def test_who_the_patient_is_stays_owed_until_it_is_known(is_known):
    found = debts({"identity": 24}, Entered(is_identity_known=is_known), ON)

    assert [one.rule for one in found] == ([] if is_known else ["debt.identity"])


def row(hours, *, blocked=(), next_h=None):
    result = LabResult("r", "xa", f"m{hours}", ON + hours * HOUR, ON, Status.FINAL, Decimal(1))
    step = Step("s1", Decimal(0), None, Decimal(0), 6)
    due = None if next_h is None else ON + next_h * HOUR
    return TitrationRow(result, None, None, tuple(blocked), (step,), next_due=due)


def due_sample(*rows):
    return sample_due(rows, driver="anti-Xa", starts_at=ON, first_after_h=6)


def test_the_first_sample_is_due_after_the_start():
    due = due_sample(row(1, blocked=[Block.PRELIMINARY]))

    why = "The first anti-Xa is due 6 h after the start of the plan."
    assert due == Due("sample.first", ON, ON + 6 * HOUR, ON + 6 * HOUR, why)


def test_a_sample_names_every_step_that_its_result_fell_into():
    step = Step("s2", Decimal(0), None, Decimal(0), 6)
    found = row(1, next_h=7)

    due = due_sample(replace(found, steps=(*found.steps, step)))

    assert due.inputs == {"result": "m1", "steps": "s1, s2"}


@pytest.mark.parametrize(
    ("rows", "rule", "hours", "says"),
    [
        pytest.param([row(1, next_h=7)], "sample.recheck", 7, "last collection", id="recheck"),
        pytest.param(
            [row(1, next_h=7), row(2, blocked=[Block.PRELIMINARY])],
            "sample.recheck",
            7,
            "last collection",
            id="a preliminary one moves nothing",
        ),
        pytest.param(
            [row(1, next_h=7), row(5, blocked=[Block.CANCELLED], next_h=5)],
            "sample.withdrawn",
            5,
            "repeat it now",
            id="cancelled",
        ),
        pytest.param(
            [row(1, blocked=[Block.TOO_OLD, Block.HOLD_ACTIVE], next_h=7)],
            "sample.recheck",
            7,
            "too old, hold active",
            id="blocked",
        ),
    ],
)
def test_the_last_row_that_moved_it_says_when_a_sample_is_due(rows, rule, hours, says):
    due = due_sample(*rows)

    assert (due.rule, due.due_at, due.overdue_at) == (rule, *[ON + hours * HOUR] * 2)
    assert says in due.why
    assert "anti-Xa" in due.why
    assert due.anchor in {one.result.collected_at for one in rows if one.next_due}
    assert due.inputs == {"result": f"m{due.anchor.hour - ON.hour}", "steps": "s1"}


def test_a_review_is_due_by_hours_or_as_deferred():
    at = [ON + hours * HOUR for hours in (0, 80, 100, 120)]

    by_hours = review_due(ReviewClock(at[0], at[1], at[2], at[2]), "oxygenator 1")
    deferred = review_due(ReviewClock(at[0], at[1], at[2], at[3]), "oxygenator 1")

    asks = "reached hours ask for a review, not for a change."
    assert by_hours == Due(
        "review.policy_hours",
        at[0],
        at[2],
        at[2],
        f"Review of oxygenator 1 by the site's hours for it; {asks}",
        warn_at=at[1],
    )
    assert deferred == Due(
        "review.deferred",
        at[0],
        at[3],
        at[3],
        f"Review of oxygenator 1 as deferred; {asks}",
        warn_at=at[1],
    )


POLICY = {"mode": 0, "weight": 1, "cannulas": 1, "components_udi": 4, "tip_position": 6}
DRAIN = CannulaEntered("drainage", has_tip_position=True)
RETURN = CannulaEntered("return", has_tip_position=True)
ALL = Entered("VA", Decimal(80), (DRAIN, RETURN), frozenset({"oxygenator", "pump_head"}))


def owed(**entered):
    fields = {name: getattr(ALL, name) for name in Entered.__dataclass_fields__} | entered
    return [one.rule.removeprefix("debt.") for one in debts(POLICY, Entered(**fields), ON)]


@pytest.mark.parametrize(
    ("entered", "what"),
    [
        pytest.param({}, [], id="all entered"),
        pytest.param({"mode": None}, ["mode"], id="no mode"),
        pytest.param({"mode": "unknown"}, ["mode"], id="mode not known"),
        pytest.param({"weight_kg": None}, ["weight"], id="no weight"),
        pytest.param({"cannulas": ()}, ["cannulas", "tip_position"], id="no cannula"),
        pytest.param({"cannulas": (DRAIN,)}, ["cannulas", "tip_position"], id="no return"),
        pytest.param({"cannulas": (RETURN,)}, ["cannulas", "tip_position"], id="no drainage"),
        pytest.param(
            {"cannulas": (CannulaEntered("both", has_tip_position=True),)}, [], id="one for both"
        ),
        pytest.param(
            {"cannulas": (DRAIN, CannulaEntered("return", has_tip_position=False))},
            ["tip_position"],
            id="one tip",
        ),
        pytest.param(
            {
                "cannulas": (
                    DRAIN,
                    RETURN,
                    CannulaEntered("distal_perfusion", has_tip_position=False),
                )
            },
            [],
            id="a perfusion line owes no tip",
        ),
        pytest.param({"components": frozenset()}, ["components_udi"], id="no component"),
        pytest.param(
            {"components": frozenset({"oxygenator", "tubing"})}, ["components_udi"], id="no pump"
        ),
        pytest.param(
            {"components": frozenset({"pump_head"})}, ["components_udi"], id="no oxygenator"
        ),
        pytest.param(
            {"components": frozenset({"oxygenator", "pump_head", "tubing"})}, [], id="and more"
        ),
    ],
)
def test_what_is_not_entered_is_owed(entered, what):
    assert owed(**entered) == what


def test_debts_are_due_in_the_order_of_the_policy():
    found = debts(POLICY, Entered(), ON)

    assert [one.due_at - ON for one in found] == [hours * HOUR for hours in POLICY.values()]
    assert found[1].why == "The weight, owed within 1 h of first flow."
    assert found[1].inputs == {"due_h": "1"}
    assert found[1].anchor == ON


def test_a_debt_is_overdue_only_after_its_time():
    (_, weight, *_) = debts(POLICY, Entered(), ON)

    assert not weight.is_overdue(ON + HOUR)
    assert weight.is_overdue(ON + HOUR + timedelta.resolution)


def test_an_item_that_no_rule_knows_is_refused():
    with pytest.raises(KeyError, match="photo"):
        debts({"photo": 1}, Entered(), ON)


@given(last=st.integers(0, 10_000), closely=st.booleans())
def test_the_next_check_is_never_due_before_the_last(last, closely):
    last_at = ON + last * MINUTE

    due = check_due(time_on=ON, last_checked_at=last_at, is_watched_closely=closely)

    assert last_at < due.due_at <= due.overdue_at
