"""What a titration table proposes, what forbids it, when the next sample is due."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.anticoagulation import (
    Bleeding,
    ChangeKind,
    Circumstances,
    Discordance,
    InfusionChange,
    LabResult,
    Plan,
    ProductGiven,
    Protocol,
    Status,
    Step,
)
from clinical.spans import Span
from clinical.titration import Block, DiscordantWith, titrate

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PLAN = Plan("ufh", "xa", Span.of([0.3, 0.5]), NOON - 48 * HOUR)
STEPS = (
    Step("up", Decimal(0), Decimal("0.3"), Decimal(10), 6),
    Step("stay", Decimal("0.3"), Decimal("0.5"), Decimal(0), 6, 0, 12),
    Step("down", Decimal("0.5"), Decimal("0.8"), Decimal(-10), 6),
    Step("hold", Decimal("0.8"), None, Decimal(-15), 4, 30),
)
PROTOCOL = Protocol(
    id="p",
    steps=STEPS,
    max_age_min=120,
    rounding=Decimal("0.1"),
    max_rate=Decimal(40),
    block_if_bleeding_grade=2,
    steady_state_h=4,
    discordance=(
        Discordance("d1", "below", "aptt", "above", Decimal(100), 2),
        Discordance("d2", "above", "aptt", "below", Decimal(45), 2),
    ),
)


def result(value="0.2", *, collected=NOON, known=None, status=Status.FINAL, **more):
    analyte = more.pop("analyte", "xa")
    return LabResult(
        key=more.pop("key", f"{analyte} {collected}"),
        analyte=analyte,
        source=more.pop("source", "m"),
        collected_at=collected,
        known_at=known or collected + 50 * MINUTE,
        status=status,
        value=None if value is None else Decimal(value),
        **more,
    )


def changes(*rows):
    return tuple(InfusionChange(at, ChangeKind(kind), Decimal(rate)) for at, kind, rate in rows)


STEADY = changes((NOON - 20 * HOUR, "start", 12))


def titrated(*results, protocol=PROTOCOL, **around):
    around.setdefault("changes", STEADY)
    return titrate(PLAN, protocol, results, Circumstances(**around))


def blocked(*results, **around):
    return [block.value for block in titrated(*results, **around)[-1].blocked]


@pytest.mark.parametrize(
    ("value", "step", "rate"),
    [
        pytest.param("0.2", "up", "13.2", id="up"),
        pytest.param("0.4", "stay", "12.0", id="stay"),
        pytest.param("0.6", "down", "10.8", id="down"),
        pytest.param("0.9", "hold", "10.2", id="hold and down"),
    ],
)
def test_a_result_that_nothing_forbids_proposes_a_rate(value, step, rate):
    (row,) = titrated(result(value))

    assert row.blocked == ()
    assert row.step.id == step
    assert row.rate_when_known == 12
    assert row.proposed_rate == Decimal(rate)
    assert not row.is_censored


@pytest.mark.parametrize(
    ("rate", "rounding", "proposed"),
    [
        pytest.param("0.5", "0.1", "0.6", id="half up"),
        pytest.param("0.25", "0.01", "0.28", id="two decimals, half up"),
        pytest.param("11", "0.5", "12.0", id="in halves"),
        pytest.param("36.4", "0.1", "40.0", id="not above the greatest rate"),
        pytest.param("36.5", "0.1", "40", id="capped"),
    ],
)
def test_a_rate_is_rounded_and_capped(rate, rounding, proposed):
    protocol = Protocol("p", STEPS, 120, Decimal(rounding), Decimal(40), 2)
    start = changes((NOON - 20 * HOUR, "start", rate))

    (row,) = titrated(result("0.2"), protocol=protocol, changes=start)

    assert row.proposed_rate == Decimal(proposed)


@pytest.mark.parametrize(
    ("status", "value", "block", "due"),
    [
        pytest.param(Status.PRELIMINARY, "0.2", Block.PRELIMINARY, None, id="preliminary"),
        pytest.param(Status.CANCELLED, None, Block.CANCELLED, "now", id="cancelled"),
        pytest.param(Status.ENTERED_IN_ERROR, "0.2", Block.ENTERED_IN_ERROR, "now", id="in error"),
        pytest.param(Status.FINAL, None, Block.NO_NUMBER, "now", id="text"),
    ],
)
def test_an_unusable_result_stands_alone_and_shows_no_step(status, value, block, due):
    bleeding = (Bleeding(4, NOON),)

    (row,) = titrated(result(value, status=status), bleeding=bleeding)

    assert row.blocked == (block,)
    assert row.steps == ()
    assert row.step is row.proposed_rate is None
    assert row.next_due == (row.result.known_at if due else None)


def test_an_older_sample_that_arrives_later_is_not_the_newest():
    newest = result("0.4")
    older = result("0.2", collected=NOON - HOUR, known=NOON + HOUR)

    row = titrated(newest, older)[-1]

    assert row.blocked == (Block.NOT_NEWEST,)
    assert row.steps == ()
    assert row.next_due is None


def test_a_withdrawn_newer_sample_does_not_make_one_old():
    withdrawn = result(None, status=Status.CANCELLED)
    older = result("0.2", collected=NOON - HOUR, known=NOON + HOUR)

    assert blocked(withdrawn, older) == []


@pytest.mark.parametrize(
    ("minutes", "expected"), [(120, []), (121, ["too_old"])], ids=["on the limit", "beyond"]
)
def test_a_result_can_arrive_too_late(minutes, expected):
    assert blocked(result(known=NOON + minutes * MINUTE)) == expected


@pytest.mark.parametrize("kind", ["start", "change", "bolus", "stop", "resume"])
def test_any_change_while_the_sample_is_away_forbids_a_proposal(kind):
    rows = (*STEADY, *changes((NOON + MINUTE, kind, 12)))

    assert blocked(result(), changes=rows)[0] == "rate_changed_since_collection"


@pytest.mark.parametrize(
    ("at", "is_blocked"),
    [
        pytest.param(NOON, False, id="at collection"),
        pytest.param(NOON + MINUTE, True, id="just after"),
        pytest.param(NOON + 50 * MINUTE, True, id="at arrival"),
        pytest.param(NOON + 51 * MINUTE, False, id="after arrival"),
    ],
)
@pytest.mark.parametrize("product", ["plasma", "platelets", "antithrombin"])
def test_a_clotting_product_while_the_sample_is_away_forbids_a_proposal(product, at, is_blocked):
    expected = ["rate_changed_since_collection"] if is_blocked else []

    assert blocked(result(), products=(ProductGiven(product, at),)) == expected


def test_red_cells_forbid_nothing():
    assert blocked(result(), products=(ProductGiven("red_cells", NOON + MINUTE),)) == []


@pytest.mark.parametrize(
    ("hours", "steady_h", "expected"),
    [
        pytest.param(4, 4, [], id="exactly enough"),
        pytest.param(3.99, 4, ["not_steady_state"], id="too soon"),
        pytest.param(6, None, [], id="by the recheck of the step"),
        pytest.param(5.99, None, ["not_steady_state"], id="too soon by the step"),
    ],
)
def test_a_sample_needs_a_steady_state(hours, steady_h, expected):
    protocol = Protocol("p", STEPS, 120, Decimal("0.1"), Decimal(40), 2, steady_h)
    rows = changes((NOON - hours * HOUR, "start", 12))

    assert blocked(result(), protocol=protocol, changes=rows) == expected


def test_a_hold_forbids_a_proposal_until_it_is_resumed():
    rows = (*STEADY, *changes((NOON - 5 * HOUR, "hold", 0)))

    assert blocked(result(), changes=rows) == ["hold_active"]
    assert blocked(result(), changes=(*rows, *changes((NOON - 4 * HOUR, "resume", 9)))) == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((), id="never started"),
        pytest.param((*STEADY, *changes((NOON - 5 * HOUR, "stop", 0))), id="stopped"),
    ],
)
def test_a_rate_of_nought_cannot_be_changed_by_percent(rows):
    assert blocked(result(), changes=rows) == ["rate_zero"]


@pytest.mark.parametrize(("grade", "expected"), [(1, []), (2, ["bleeding"]), (4, ["bleeding"])])
def test_a_bleeding_of_the_grade_forbids_a_proposal(grade, expected):
    assert blocked(result(), bleeding=(Bleeding(grade, NOON),)) == expected


def test_a_bleeding_that_is_over_forbids_nothing():
    assert blocked(result(), bleeding=(Bleeding(4, NOON, NOON + HOUR / 2),)) == []


def aptt(value, hours, **more):
    collected = NOON + hours * HOUR
    return result(
        value, collected=collected, known=NOON, analyte="aptt", source=f"a{hours}", **more
    )


@pytest.mark.parametrize(
    ("value", "other", "is_discordant"),
    [
        pytest.param("0.2", "101", True, id="driver low, other high"),
        pytest.param("0.2", "100", False, id="other on its bound"),
        pytest.param("0.3", "101", False, id="driver on its target"),
        pytest.param("0.6", "44", True, id="driver high, other low"),
        pytest.param("0.6", "45", False, id="other on the lower bound"),
        pytest.param("0.6", "101", False, id="both high"),
        pytest.param("0.2", "44", False, id="both low"),
    ],
)
def test_two_tests_can_disagree(value, other, is_discordant):
    expected = ["discordant"] if is_discordant else []

    assert blocked(aptt(other, 0), result(value)) == expected


def test_a_disagreement_names_its_row_and_the_other_result():
    row = titrated(aptt("110", -1), result("0.2"))[-1]

    assert row.discordant == DiscordantWith("d1", "a-1", Decimal(110))


@pytest.mark.parametrize(
    ("others", "is_discordant"),
    [
        pytest.param([("110", -2)], True, id="exactly within"),
        pytest.param([("110", -2.1)], False, id="too far"),
        pytest.param([("110", -1), ("60", -0.5)], False, id="the nearer one counts"),
        pytest.param([("60", -1), ("110", 1)], True, id="of two equally near the later"),
        pytest.param([("110", -1), ("60", 1)], False, id="the later, the other way"),
    ],
)
def test_the_nearest_other_result_is_compared(others, is_discordant):
    rows = [aptt(value, hours) for value, hours in others]

    assert blocked(*rows, result("0.2")) == (["discordant"] if is_discordant else [])


def test_an_unusable_or_later_known_other_result_is_not_compared():
    preliminary = aptt("110", 0, status=Status.PRELIMINARY)
    later = result("110", analyte="aptt", known=NOON + 9 * HOUR, key="later")

    assert [row.blocked for row in titrated(preliminary, result("0.2"), later)] == [()]


@pytest.mark.parametrize(
    ("value", "comparator", "steps", "expected"),
    [
        pytest.param("0.3", "<", ["up"], [], id="within one step"),
        pytest.param("0.35", "<", ["up", "stay"], ["censored_spans_steps"], id="two steps"),
        pytest.param("0.8", ">", ["hold"], [], id="above the last edge"),
        pytest.param("0.7", ">", ["down", "hold"], ["censored_spans_steps"], id="over an edge"),
    ],
)
def test_a_censored_value_must_lie_in_one_step(value, comparator, steps, expected):
    (row,) = titrated(result(value, comparator=comparator))

    assert [step.id for step in row.steps] == steps
    assert [block.value for block in row.blocked] == expected
    assert row.is_censored
    assert (row.proposed_rate is None) is bool(expected)


def test_a_censored_value_over_several_steps_is_repeated_after_the_shortest_time():
    (row,) = titrated(result("0.7", comparator=">"))

    assert row.next_due == NOON + 4 * HOUR
    assert row.step is None


def test_all_reasons_are_told_in_the_order_of_the_table():
    rows = changes((NOON - HOUR, "start", 12), (NOON + MINUTE, "hold", 0))

    assert blocked(
        aptt("110", 0),
        result("0.35", comparator="<", known=NOON + 3 * HOUR),
        changes=rows,
        bleeding=(Bleeding(3, NOON),),
    ) == [
        "too_old",
        "rate_changed_since_collection",
        "not_steady_state",
        "hold_active",
        "bleeding",
        "censored_spans_steps",
    ]


def test_a_value_that_no_step_holds_proposes_nothing():
    protocol = Protocol("p", STEPS[:1], 120, Decimal("0.1"), Decimal(40), 2)

    (row,) = titrated(result("0.9"), protocol=protocol)

    assert row.steps == row.blocked == ()
    assert row.proposed_rate is row.next_due is None


def test_the_next_sample_is_due_after_collection_by_the_step():
    (row,) = titrated(result("0.9"))

    assert row.next_due == NOON + 4 * HOUR


def test_after_a_disturbance_the_next_sample_counts_from_the_last_change():
    rows = (*STEADY, *changes((NOON + 20 * MINUTE, "change", 13)))
    plasma = (ProductGiven("plasma", NOON + 30 * MINUTE),)

    (row,) = titrated(result("0.2"), changes=rows, products=plasma)

    assert row.next_due == NOON + 30 * MINUTE + 6 * HOUR


@pytest.mark.parametrize(
    ("first", "second", "hours"),
    [
        pytest.param("0.4", "0.35", 12, id="both in range"),
        pytest.param("0.2", "0.35", 6, id="the first was not"),
        pytest.param("0.4", "0.6", 6, id="the second is not"),
    ],
)
def test_two_in_range_are_due_later(first, second, hours):
    rows = titrated(result(first, collected=NOON - 8 * HOUR), result(second))

    assert rows[-1].next_due == NOON + hours * HOUR


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        pytest.param(NOON - 8 * HOUR, 12, id="at the first collection"),
        pytest.param(NOON - 7 * HOUR, 6, id="in between"),
    ],
)
def test_a_change_between_the_two_resets_the_count(at, hours):
    rows = (*STEADY, *changes((at, "change", 12)))

    found = titrated(result("0.4", collected=NOON - 8 * HOUR), result("0.4"), changes=rows)

    assert found[-1].next_due == NOON + hours * HOUR


def test_a_change_after_the_second_collection_counts_from_the_change():
    rows = (*STEADY, *changes((NOON + MINUTE, "change", 12)))

    found = titrated(result("0.4", collected=NOON - 8 * HOUR), result("0.4"), changes=rows)

    assert found[-1].next_due == NOON + MINUTE + 6 * HOUR


def test_a_step_without_a_longer_time_keeps_its_own():
    stay = Step("stay", Decimal(0), None, Decimal(0), 6)
    protocol = Protocol("p", (stay,), 120, Decimal("0.1"), Decimal(40), 2)

    found = titrated(result("0.4", collected=NOON - 8 * HOUR), result("0.4"), protocol=protocol)

    assert found[-1].next_due == NOON + 6 * HOUR


def test_a_censored_first_result_over_two_steps_was_not_in_range():
    first = result("0.45", collected=NOON - 8 * HOUR, comparator="<")

    assert titrated(first, result("0.4"))[-1].next_due == NOON + 6 * HOUR


def test_a_correction_replaces_and_is_judged_anew():
    first = result("0.82", key="r", source="m1")
    corrected = result("0.28", key="r", source="m2", known=NOON + HOUR, status=Status.CORRECTED)

    before, after = titrated(first, corrected)

    assert (before.replaces, after.replaces) == (None, "m1")
    assert (before.step.id, after.step.id) == ("hold", "up")


def test_other_tests_and_samples_outside_the_plan_have_no_row():
    outside = result(collected=NOON - 49 * HOUR)

    assert titrated(outside, aptt("60", 0)) == ()


@given(
    value=st.decimals("0", 2, places=2),
    rate=st.decimals("0", 60, places=1),
    grade=st.integers(1, 4),
    minutes=st.integers(0, 300),
)
def test_a_rate_is_proposed_only_when_nothing_forbids_it(value, rate, grade, minutes):
    (row,) = titrated(
        result(str(value), known=NOON + minutes * MINUTE),
        changes=changes((NOON - 20 * HOUR, "start", rate)),
        bleeding=(Bleeding(grade, NOON),),
    )

    assert (row.proposed_rate is None) == bool(row.blocked)
    assert row.proposed_rate is None or row.proposed_rate <= 40
