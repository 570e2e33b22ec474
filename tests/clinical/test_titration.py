"""What a titration table proposes, and what forbids it."""

from decimal import Decimal

import pytest

from clinical.anticoagulation import Bleeding, ProductGiven, Protocol, Status
from clinical.titration import Block, DiscordantWith
from tests.clinical.titration_cast import (
    HOUR,
    MINUTE,
    NOON,
    STEADY,
    STEPS,
    aptt,
    blocked,
    changes,
    result,
    titrated,
)


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


@pytest.mark.parametrize(
    ("driver", "other", "is_discordant"),
    [
        pytest.param(("0.3", "<"), ("101", None), True, id="driver less than its target"),
        pytest.param(("0.31", "<"), ("101", None), False, id="driver perhaps in its target"),
        pytest.param(("0.2", None), ("100", ">"), True, id="other more than its bound"),
        pytest.param(("0.2", None), ("101", "<"), False, id="other perhaps within it"),
    ],
)
def test_a_censored_value_disagrees_only_if_it_surely_does(driver, other, is_discordant):
    found = blocked(aptt(other[0], 0, comparator=other[1]), result(driver[0], comparator=driver[1]))

    assert ("discordant" in found) is is_discordant
