"""How a value is judged, and which limit held when."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.age import AgeGroup
from clinical.findings import Severity
from clinical.limits import Judgement, Limit, by_measure, limit_at, starting_limits
from clinical.spans import Span

W, C = Severity.WARNING, Severity.CRITICAL
LIMIT = Limit(
    "p_drainage",
    warning=Span(Decimal(-100), Decimal(50)),
    critical=Span(Decimal(-150), Decimal(80)),
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("value", "comparator", "expected"),
    [
        pytest.param("-150.1", None, Judgement(C, "low", Decimal(-150)), id="beyond critical low"),
        pytest.param(
            "-150", None, Judgement(W, "low", Decimal(-100)), id="on critical low: a warning"
        ),
        pytest.param("-100.1", None, Judgement(W, "low", Decimal(-100)), id="beyond warning low"),
        pytest.param("-100", None, None, id="on warning low"),
        pytest.param("0", None, None, id="inside"),
        pytest.param("50", None, None, id="on warning high"),
        pytest.param("50.1", None, Judgement(W, "high", Decimal(50)), id="beyond warning high"),
        pytest.param(
            "80", None, Judgement(W, "high", Decimal(50)), id="on critical high: a warning"
        ),
        pytest.param("80.1", None, Judgement(C, "high", Decimal(80)), id="beyond critical high"),
        pytest.param("80", ">", Judgement(C, "high", Decimal(80)), id="more than critical high"),
        pytest.param("50", ">", Judgement(W, "high", Decimal(50)), id="more than warning high"),
        pytest.param("-100", "<", Judgement(W, "low", Decimal(-100)), id="less than warning low"),
        pytest.param("-150", "<", Judgement(C, "low", Decimal(-150)), id="less than critical low"),
        pytest.param("40", ">", None, id="more than a number inside"),
    ],
)
def test_a_value_is_judged_by_the_most_severe_limit_it_passed(value, comparator, expected):
    assert LIMIT.judge(Decimal(value), comparator) == expected


def test_a_limit_without_bounds_judges_nothing():
    assert Limit("p_drainage").judge(Decimal(-9999)) is None


@pytest.mark.parametrize(
    ("when", "value"),
    [
        pytest.param(NOON - HOUR, None, id="before"),
        pytest.param(NOON, Decimal(1), id="valid_from is inside"),
        pytest.param(NOON + HOUR - timedelta.resolution, Decimal(1), id="just before valid_to"),
        pytest.param(NOON + HOUR, Decimal(2), id="valid_to belongs to the next"),
        pytest.param(NOON + 9 * HOUR, Decimal(2), id="for ever"),
    ],
)
def test_a_limit_holds_from_its_start_until_before_its_end(when, value):
    rows = [
        Limit("fdo2", hard=Span(low=Decimal(1)), valid_from=NOON, valid_to=NOON + HOUR),
        Limit("fdo2", hard=Span(low=Decimal(2)), valid_from=NOON + HOUR),
    ]

    limit = limit_at(rows, "fdo2", when)

    assert (limit and limit.hard.low) == value


def test_of_two_limits_the_later_one_holds():
    base = Limit("fdo2")
    trial = Limit("fdo2", valid_from=NOON, valid_to=NOON + HOUR)

    assert limit_at([trial, base], "fdo2", NOON) is trial
    assert limit_at([base, trial], "fdo2", NOON + HOUR) is base


def test_a_limit_of_another_measure_does_not_count():
    assert limit_at([Limit("fdo2")], "hb", NOON) is None


def test_the_hour_that_comes_twice_is_told_apart():
    chicago = ZoneInfo("America/Chicago")
    first = datetime(2026, 11, 1, 1, 30, tzinfo=chicago)
    limit = Limit("fdo2", valid_from=first.replace(fold=1))

    assert not limit.holds_at(first)
    assert limit.holds_at(first.replace(fold=1))


def test_limits_are_grouped_by_measure():
    rows = [Limit("fdo2"), Limit("hb"), Limit("fdo2", valid_from=NOON)]

    assert by_measure(rows) == {"fdo2": (rows[0], rows[2]), "hb": (rows[1],)}


@pytest.mark.parametrize("group", AgeGroup)
def test_a_run_starts_with_one_limit_for_each_number(group):
    limits = starting_limits(group, "VA")

    codes = [limit.measure for limit in limits]
    assert len(codes) == len(set(codes)) > 60
    assert "hit_antibody" not in codes


@pytest.mark.parametrize(
    ("mode", "warning"), [("VA", Span(Decimal(65))), ("VV", Span(Decimal(60), Decimal(85)))]
)
def test_a_starting_limit_is_that_of_age_and_mode(mode, warning):
    limit = limit_at(starting_limits(AgeGroup.ADULT, mode), "sat_pre_membrane", NOON)

    assert limit == Limit(
        "sat_pre_membrane",
        hard=Span(Decimal(5), Decimal(100)),
        soft=Span(Decimal(40), Decimal(92)),
        warning=warning,
    )


def test_a_neonate_may_have_a_flow_of_0_30():
    limit = limit_at(starting_limits(AgeGroup.NEONATAL), "blood_flow", NOON)

    assert limit.hard.outside(Decimal("0.30")) is None
    assert limit.soft.outside(Decimal("0.30")) is None
    assert limit.judge(Decimal("0.30")) is None


@given(value=st.decimals(-300, 300, places=1))
def test_a_critical_value_is_never_only_a_warning(value):
    judgement = LIMIT.judge(value)

    is_critical = value < -150 or value > 80
    assert (judgement is not None and judgement.severity is C) == is_critical
