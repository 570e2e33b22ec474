"""A newly typed check: what was meant, what cannot be, what is asked back, what follows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.check import (
    Answer,
    AnswerKind,
    Entry,
    Question,
    Rule,
    RunContext,
    body_surface_m2,
    derive,
    is_expected,
    normalise,
    questions,
)
from clinical.limits import Limit
from clinical.spans import Span

ON = datetime(2026, 1, 1, 8, tzinfo=UTC)
OFF = ON + timedelta(hours=10)
MINUTE = timedelta(minutes=1)
LIMITS = [
    Limit("blood_flow", Span.of([-1.5, 10]), Span.of([1.5, 7.5])),
    Limit("sweep_gas_flow", Span.of([0, 20]), Span.of([0.3, 12])),
    Limit("fdo2", Span.of([0.21, 1]), Span.of([0.3, 1])),
    Limit("p_drainage", Span.of([-500, 300]), Span.of([-150, 60])),
]
VV = RunContext(ON, OFF, "VV")


def entry(trial=None, checked_at=ON + MINUTE, entered_at=ON + 5 * MINUTE, **typed):
    values = {code: Decimal(value) for code, value in typed.items()}
    return Entry(values, checked_at, entered_at, trial)


def refuse(parameter, rule):
    return Answer(AnswerKind.REFUSE, (Question(parameter, rule),))


def confirm(**asked):
    return Answer(AnswerKind.CONFIRM, tuple(Question(p, rule) for p, rule in asked.items()))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param({"fdo2": "60"}, {"fdo2": "0.6"}, id="percent"),
        pytest.param({"fdo2": "21"}, {"fdo2": "0.21"}, id="least percent"),
        pytest.param({"fdo2": "100"}, {"fdo2": "1"}, id="all oxygen in percent"),
        pytest.param({"fdo2": "1"}, {"fdo2": "1"}, id="all oxygen as a fraction"),
        pytest.param({"fdo2": "0.21"}, {"fdo2": "0.21"}, id="air"),
        pytest.param({"fdo2": "20.9"}, {"fdo2": "20.9"}, id="below the least percent"),
        pytest.param({"fdo2": "100.1"}, {"fdo2": "100.1"}, id="above all"),
        pytest.param({"blood_flow_ml_min": "300"}, {"blood_flow": "0.3"}, id="mL/min"),
        pytest.param({"p_drainage": "-60"}, {"p_drainage": "-60"}, id="left alone"),
    ],
)
def test_what_was_typed_is_taken_as_it_was_meant(typed, stored):
    values = normalise({code: Decimal(value) for code, value in typed.items()})

    assert values == {code: Decimal(value) for code, value in stored.items()}


def test_a_flow_typed_twice_is_refused():
    with pytest.raises(ValueError, match="typed twice"):
        normalise({"blood_flow": Decimal(4), "blood_flow_ml_min": Decimal(4000)})


@given(fdo2=st.decimals("0", 200, places=3))
def test_normalising_twice_changes_nothing(fdo2):
    once = normalise({"fdo2": fdo2})

    assert normalise(once) == once


@pytest.mark.parametrize(
    ("parameter", "value", "trial", "mode", "expected"),
    [
        ("sweep_gas_flow", "0", "vv_sweep_off", "VV", True),
        ("sweep_gas_flow", "0", "vv_sweep_off", "VVDL", True),
        ("sweep_gas_flow", "0", "vv_sweep_off", "VA", False),
        ("sweep_gas_flow", "0", "vv_sweep_off", "VAV", False),
        ("sweep_gas_flow", "0", "vv_sweep_off", None, False),
        ("sweep_gas_flow", "0", "vv_sweep_off", "unknown", False),
        ("sweep_gas_flow", "0", None, "VV", False),
        ("sweep_gas_flow", "0", "pcrto", "VA", True),
        ("sweep_gas_flow", "0.1", "pcrto", "VA", False),
        ("blood_flow", "-0.1", "pcrto", "VA", True),
        ("blood_flow", "-0.1", "vv_sweep_off", "VV", False),
        ("blood_flow", "-0.1", None, "VA", False),
        ("blood_flow", "0", "pcrto", "VA", False),
        ("p_drainage", "0", "pcrto", "VA", False),
        ("p_drainage", "-1", "pcrto", "VA", False),
    ],
)
def test_only_its_own_trial_makes_a_reading_expected(parameter, value, trial, mode, expected):
    assert is_expected(parameter, Decimal(value), trial=trial, mode=mode) is expected


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        pytest.param(
            entry(checked_at=ON + 6 * MINUTE, blood_flow="4"),
            refuse("checked_at", Rule.IN_THE_FUTURE),
            id="read after it was saved",
        ),
        pytest.param(
            entry(checked_at=ON - MINUTE, blood_flow="4"),
            refuse("checked_at", Rule.OUTSIDE_RUN),
            id="before flow on",
        ),
        pytest.param(
            entry(checked_at=OFF + MINUTE, entered_at=OFF + MINUTE, blood_flow="4"),
            refuse("checked_at", Rule.OUTSIDE_RUN),
            id="after flow off",
        ),
        pytest.param(entry(fdo2="2.1"), refuse("fdo2", Rule.FDO2_GAP), id="FdO2 2.1"),
        pytest.param(entry(fdo2="1.01"), refuse("fdo2", Rule.FDO2_GAP), id="FdO2 1.01"),
        pytest.param(entry(fdo2="0.2"), refuse("fdo2", Rule.FDO2_GAP), id="FdO2 0.2"),
        pytest.param(entry(fdo2="20.9"), refuse("fdo2", Rule.FDO2_GAP), id="FdO2 20.9"),
        pytest.param(
            entry(blood_flow="300"), refuse("blood_flow", Rule.HARD_RANGE), id="mL as litres"
        ),
        pytest.param(
            entry(checked_at=ON - MINUTE, fdo2="2.1", blood_flow="300"),
            refuse("checked_at", Rule.OUTSIDE_RUN),
            id="the first of the table",
        ),
        pytest.param(
            entry(fdo2="2.1", blood_flow="300"),
            refuse("fdo2", Rule.FDO2_GAP),
            id="the gap before the hard range",
        ),
        pytest.param(
            entry(sweep_gas_flow="0", p_drainage="-501"),
            refuse("p_drainage", Rule.HARD_RANGE),
            id="the impossible refuses whatever else would be asked",
        ),
        pytest.param(
            entry(sweep_gas_flow="0"), confirm(sweep_gas_flow=Rule.SWEEP_ZERO), id="sweep 0"
        ),
        pytest.param(
            entry(blood_flow="-0.5"), confirm(blood_flow=Rule.NEGATIVE_FLOW), id="backwards"
        ),
        pytest.param(
            entry(blood_flow="0"),
            confirm(blood_flow=Rule.SOFT_UNCONFIRMED),
            id="no flow is not backwards",
        ),
        pytest.param(
            entry(p_drainage="-151"),
            confirm(p_drainage=Rule.SOFT_UNCONFIRMED),
            id="beyond soft",
        ),
        pytest.param(
            entry(sweep_gas_flow="0", p_drainage="-320", blood_flow="-0.5"),
            confirm(
                blood_flow=Rule.NEGATIVE_FLOW,
                p_drainage=Rule.SOFT_UNCONFIRMED,
                sweep_gas_flow=Rule.SWEEP_ZERO,
            ),
            id="every question, by parameter",
        ),
        pytest.param(entry(checked_at=ON, blood_flow="4"), Answer(AnswerKind.ACCEPT), id="at on"),
        pytest.param(
            entry(checked_at=OFF, entered_at=OFF, blood_flow="4"),
            Answer(AnswerKind.ACCEPT),
            id="at off, saved at once",
        ),
        pytest.param(
            entry(p_drainage="-150", fdo2="30", blood_flow="7.5", sweep_gas_flow="0.3"),
            Answer(AnswerKind.ACCEPT),
            id="on every soft limit",
        ),
        pytest.param(
            entry(trial="vv_sweep_off", sweep_gas_flow="0"),
            Answer(AnswerKind.ACCEPT),
            id="expected, whatever soft says",
        ),
        pytest.param(entry(hb_inline="1"), Answer(AnswerKind.ACCEPT), id="no limit, no question"),
        pytest.param(entry(), Answer(AnswerKind.ACCEPT), id="nothing measured"),
    ],
)
def test_a_check_is_answered_by_the_table(sent, answer):
    assert questions(sent, LIMITS, VV) == answer


def test_a_run_still_going_on_has_no_end_to_be_after():
    sent = entry(checked_at=OFF + MINUTE, entered_at=OFF + MINUTE, blood_flow="4")

    assert questions(sent, LIMITS, RunContext(ON)).kind is AnswerKind.ACCEPT


def test_confirmed_questions_are_kept_with_their_rule():
    sent = entry(sweep_gas_flow="0", p_drainage="-160")

    answer = questions(sent, LIMITS, VV, confirmed={"sweep_gas_flow", "p_drainage", "fdo2"})

    assert answer == Answer(
        AnswerKind.ACCEPT,
        confirmed=(
            Question("p_drainage", Rule.SOFT_UNCONFIRMED),
            Question("sweep_gas_flow", Rule.SWEEP_ZERO),
        ),
    )


def test_what_is_not_confirmed_is_asked_again():
    sent = entry(sweep_gas_flow="0", p_drainage="-160")

    answer = questions(sent, LIMITS, VV, confirmed={"p_drainage"})

    assert answer == confirm(sweep_gas_flow=Rule.SWEEP_ZERO)


def test_confirming_does_not_make_the_impossible_possible():
    sent = entry(blood_flow="300")

    answer = questions(sent, LIMITS, VV, confirmed={"blood_flow"})

    assert answer == refuse("blood_flow", Rule.HARD_RANGE)


def test_the_limit_of_the_time_of_reading_asks():
    later = Limit("p_drainage", soft=Span.of([-50, None]), valid_from=ON + timedelta(hours=1))

    assert questions(entry(p_drainage="-60"), [*LIMITS, later], VV).kind is AnswerKind.ACCEPT


@given(
    sweep=st.decimals("0", 20, places=1),
    flow=st.decimals("-1.5", 10, places=1),
    drainage=st.decimals(-500, 300, places=0),
)
def test_a_fact_within_hard_range_is_never_refused(sweep, flow, drainage):
    sent = entry(sweep_gas_flow=sweep, blood_flow=flow, p_drainage=drainage)

    asked = questions(sent, LIMITS, VV)

    assert asked.kind is not AnswerKind.REFUSE
    confirmed = {one.parameter for one in asked.because}
    assert questions(sent, LIMITS, VV, confirmed).kind is AnswerKind.ACCEPT


def test_a_whole_check_derives_everything():
    values = {
        "blood_flow": Decimal(4),
        "p_pre_membrane": Decimal(231),
        "p_post_membrane": Decimal(206),
    }

    derived = derive(values, weight_kg=Decimal(80), height_cm=Decimal(180))

    assert derived["delta_p"] == 25
    assert derived["membrane_resistance"] == Decimal("6.25")
    assert derived["blood_flow_per_kg"] == 50
    assert derived["blood_flow_index"] == Decimal(2)


@pytest.mark.parametrize(
    ("values", "weight", "codes"),
    [
        pytest.param({"p_pre_membrane": 9, "blood_flow": 4}, None, set(), id="no post pressure"),
        pytest.param({"p_post_membrane": 9, "blood_flow": 4}, None, set(), id="no pre pressure"),
        pytest.param({"p_pre_membrane": 9, "p_post_membrane": 5}, 80, {"delta_p"}, id="no flow"),
        pytest.param(
            {"p_pre_membrane": 9, "p_post_membrane": 5, "blood_flow": 0},
            None,
            {"delta_p"},
            id="no resistance at flow 0",
        ),
        pytest.param(
            {"p_pre_membrane": 9, "p_post_membrane": 5, "blood_flow": -1},
            10,
            {"delta_p", "blood_flow_per_kg"},
            id="no resistance backwards",
        ),
        pytest.param({"blood_flow": 4}, 80, {"blood_flow_per_kg"}, id="no height"),
        pytest.param({"blood_flow": 4}, None, set(), id="no weight"),
    ],
)
def test_what_cannot_be_computed_is_left_out(values, weight, codes):
    typed = {code: Decimal(value) for code, value in values.items()}

    assert derive(typed, weight_kg=weight and Decimal(weight)).keys() == codes


def test_body_surface_follows_mosteller():
    assert body_surface_m2(Decimal(80), Decimal(180)) == 2
