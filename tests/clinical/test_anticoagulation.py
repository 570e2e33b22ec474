"""Results, infusion, protocol: what anticoagulation is judged by."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.anticoagulation import (
    Bleeding,
    ChangeKind,
    InfusionChange,
    InfusionState,
    LabResult,
    Plan,
    Protocol,
    Status,
    Step,
    by_collection,
    infusion_state,
    on_file,
    step_flaws,
)
from clinical.spans import Span

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def result(key="r", collected=0, known=1, status=Status.FINAL, value="0.4", comparator=None):
    return LabResult(
        key,
        "anti_xa_ufh",
        f"{key}@{known}",
        NOON + collected * HOUR,
        NOON + known * HOUR,
        status,
        None if value is None else Decimal(value),
        comparator,
    )


def test_a_text_has_no_number():
    assert result(value="0.4").number == Decimal("0.4")
    with pytest.raises(ValueError, match="no number"):
        _ = result(value=None).number


def step(name, low, high, pct="0", **more):
    return Step(
        name, Decimal(low), None if high is None else Decimal(high), Decimal(pct), 6, **more
    )


TABLE = (step("a", "0", "0.3", "10"), step("b", "0.3", "0.5"), step("c", "0.5", None, "-10"))
PROTOCOL = Protocol("p", TABLE, 120, Decimal("0.1"), Decimal(40), 2)


@pytest.mark.parametrize(
    ("status", "value", "is_usable"),
    [
        (Status.FINAL, "0.4", True),
        (Status.CORRECTED, "0.4", True),
        (Status.PRELIMINARY, "0.4", False),
        (Status.CANCELLED, None, False),
        (Status.ENTERED_IN_ERROR, "0.4", False),
        (Status.FINAL, None, False),
    ],
)
def test_only_a_final_or_corrected_number_is_usable(status, value, is_usable):
    assert result(status=status, value=value).is_usable is is_usable


@pytest.mark.parametrize(
    ("value", "comparator", "steps"),
    [
        pytest.param("0", None, "a", id="least"),
        pytest.param("0.299", None, "a", id="below an edge"),
        pytest.param("0.3", None, "b", id="on an edge: the upper step"),
        pytest.param("0.5", None, "c", id="on the next edge"),
        pytest.param("99", None, "c", id="without end"),
        pytest.param("-0.1", None, "", id="in no step"),
        pytest.param("0.3", "<", "a", id="less than an edge"),
        pytest.param("0.31", "<", "ab", id="less than a little more"),
        pytest.param("0.3", "<=", "ab", id="at most an edge"),
        pytest.param("0.5", ">", "c", id="more than an edge"),
        pytest.param("0.49", ">", "bc", id="more than a little less"),
        pytest.param("0.5", ">=", "c", id="at least an edge"),
    ],
)
def test_a_value_names_the_steps_that_it_can_lie_in(value, comparator, steps):
    found = PROTOCOL.steps_for(Decimal(value), comparator)

    assert [one.id for one in found] == list(steps)


def test_an_unknown_comparator_is_refused():
    with pytest.raises(ValueError, match="not a comparator"):
        PROTOCOL.steps_for(Decimal(1), "~")


@pytest.mark.parametrize(
    ("pct", "hold", "changes_nothing"), [("0", 0, True), ("0", 30, False), ("10", 0, False)]
)
def test_a_hold_changes_something_too(pct, hold, changes_nothing):
    assert step("x", "0", None, pct, hold_min=hold).changes_nothing is changes_nothing


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        pytest.param(TABLE, [], id="whole"),
        pytest.param(TABLE[::-1], [], id="in any order"),
        pytest.param((), ["no steps"], id="empty"),
        pytest.param((TABLE[0], TABLE[2]), ["from 0.3 to 0.5"], id="gap"),
        pytest.param((TABLE[0], step("x", "0.2", None)), ["a and x overlap"], id="overlap"),
        pytest.param((step("x", "0", None), TABLE[1]), ["overlap", "0.5 on"], id="two ends"),
        pytest.param(TABLE[:2], ["from 0.5 on"], id="no end"),
        pytest.param(
            (TABLE[0], TABLE[1], step("x", "0.5", "0.9")), ["from 0.9 on"], id="still none"
        ),
    ],
)
def test_gaps_and_overlaps_of_a_table_are_found(steps, says):
    flaws = step_flaws(steps)

    assert len(flaws) == len(says)
    for flaw, part in zip(flaws, says, strict=True):
        assert part in flaw


def change(hours, kind, rate):
    return InfusionChange(NOON + hours * HOUR, ChangeKind(kind), Decimal(rate))


CHANGES = [
    change(0, "start", 10),
    change(1, "bolus", 10),
    change(2, "change", 12),
    change(3, "hold", 0),
    change(5, "resume", 11),
    change(6, "hold", 0),
    change(7, "stop", 0),
    change(8, "start", 9),
]


@pytest.mark.parametrize(
    ("hours", "rate", "is_on_hold"),
    [
        pytest.param(-0.1, None, False, id="not started"),
        pytest.param(0, 10, False, id="started"),
        pytest.param(1, 10, False, id="a bolus changes no rate"),
        pytest.param(2, 12, False, id="changed"),
        pytest.param(3, 0, True, id="on hold"),
        pytest.param(4.9, 0, True, id="still on hold"),
        pytest.param(5, 11, False, id="resumed"),
        pytest.param(7, 0, False, id="stopped"),
        pytest.param(9, 9, False, id="started again"),
    ],
)
def test_the_infusion_stands_as_last_changed(hours, rate, is_on_hold):
    state = infusion_state(reversed(CHANGES), NOON + hours * HOUR)

    assert state == InfusionState(rate, is_on_hold)


def test_a_change_of_rate_does_not_end_a_hold():
    changes = [change(0, "start", 10), change(1, "hold", 0), change(2, "change", 8)]

    assert infusion_state(changes, NOON + 3 * HOUR).is_on_hold


def test_of_several_results_of_one_collection_the_last_to_arrive_counts():
    earlier, later = result("a", known=2, value="0.1"), result("b", known=3, value="0.2")

    assert by_collection([later, earlier]) == [later]


def test_results_are_ordered_by_collection_and_only_usable_ones_count():
    late, soon = result("a", collected=3, known=4), result("b", collected=1, known=9)
    cancelled = result("c", collected=2, status=Status.CANCELLED, value=None)

    assert by_collection([late, cancelled, soon]) == [soon, late]


def test_on_file_is_the_newest_version_known_at_a_time():
    first = result(known=1, value="0.82")
    corrected = result(known=2, value="0.28", status=Status.CORRECTED)

    assert on_file([corrected, first], NOON + HOUR) == [first]
    assert on_file([corrected, first], NOON + 2 * HOUR) == [corrected]
    assert on_file([corrected, first]) == [corrected]
    assert on_file([corrected, first], NOON) == []


@pytest.mark.parametrize(
    ("hours", "is_covered"), [(-0.1, False), (0, True), (2, True), (2.1, False)]
)
def test_a_plan_covers_both_its_ends(hours, is_covered):
    plan = Plan("ufh", "anti_xa_ufh", Span(), NOON, NOON + 2 * HOUR)

    assert plan.covers(NOON + hours * HOUR) is is_covered


def test_an_open_plan_covers_what_is_to_come():
    assert Plan("ufh", "anti_xa_ufh", Span(), NOON).covers(NOON + 999 * HOUR)


@pytest.mark.parametrize(("hours", "is_open"), [(-0.1, False), (0, True), (1.9, True), (2, False)])
def test_a_bleeding_is_open_until_before_its_end(hours, is_open):
    assert Bleeding(2, NOON, NOON + 2 * HOUR).is_open_at(NOON + hours * HOUR) is is_open


def test_a_bleeding_without_an_end_is_open():
    assert Bleeding(2, NOON).is_open_at(NOON + 99 * HOUR)


@given(value=st.decimals("0", 5, places=3))
def test_a_whole_table_holds_each_value_exactly_once(value):
    assert len(PROTOCOL.steps_for(value)) == 1
