"""What the newest values mean."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.circuit import Observation, assess_series, codes_of
from clinical.findings import Assessment, Evidence, Finding, Severity
from clinical.limits import Limit
from clinical.measures import UnknownMeasure
from clinical.spans import Span

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRAINAGE = Limit("p_drainage", warning=Span.of([-100, 50]), critical=Span.of([-150, None]))


def newest_first(parameter, *values, expected=(), comparators=None):
    comparators = comparators or [None] * len(values)
    return [
        Observation(
            parameter,
            Decimal(value),
            NOON - index * HOUR,
            f"k{index}",
            comparator,
            is_expected=index in expected,
        )
        for index, (value, comparator) in enumerate(zip(values, comparators, strict=True))
    ]


def assess(parameter, *values, limits=(DRAINAGE,), **more):
    return assess_series({parameter: newest_first(parameter, *values, **more)}, limits)


@pytest.mark.parametrize(
    ("values", "code", "severity", "hours_ago"),
    [
        pytest.param(["-118"], "p_drainage.low", Severity.WARNING, 0, id="one value"),
        pytest.param(["-162", "-118"], "p_drainage.low", Severity.CRITICAL, 1, id="got worse"),
        pytest.param(["-118", "-162"], "p_drainage.low", Severity.WARNING, 1, id="eased"),
        pytest.param(["-118", "-90", "-118"], "p_drainage.low", Severity.WARNING, 0, id="broken"),
        pytest.param(["60", "-118"], "p_drainage.high", Severity.WARNING, 0, id="other side"),
        pytest.param(["-101", "-100", "-101"], "p_drainage.low", Severity.WARNING, 0, id="on it"),
        pytest.param(["-101"] * 5, "p_drainage.low", Severity.WARNING, 4, id="all of them"),
    ],
)
def test_the_newest_value_decides_and_the_unbroken_series_says_since(
    values, code, severity, hours_ago
):
    (finding,) = assess("p_drainage", *values).findings

    assert (finding.code, finding.severity) == (code, severity)
    assert finding.evidence.since == NOON - hours_ago * HOUR


def test_a_finding_carries_its_evidence():
    (finding,) = assess("p_drainage", "-118").findings

    assert finding == Finding(
        code="p_drainage.low",
        severity=Severity.WARNING,
        message="Drainage pressure \N{MINUS SIGN}118 mmHg is below \N{MINUS SIGN}100 mmHg",
        parameter="p_drainage",
        side="low",
        evidence=Evidence(Decimal(-118), Decimal(-100), NOON, NOON, "k0", None, "mm[Hg]"),
    )


def test_a_normal_value_is_judged_without_a_finding():
    assert assess("p_drainage", "-80", "-162") == Assessment(
        frozenset({"p_drainage.low", "p_drainage.high"})
    )


def test_a_parameter_without_a_value_is_not_judged():
    assert assess_series({"p_drainage": []}, [DRAINAGE]) == Assessment()


def test_a_parameter_whose_values_were_all_withdrawn_is_judged():
    assessment = assess_series({}, [DRAINAGE], withdrawn={"aptt"})

    assert assessment == Assessment(frozenset({"aptt.low", "aptt.high"}))


def test_a_parameter_without_a_limit_is_judged_by_none():
    assessment = assess("p_drainage", "-400", limits=())

    assert assessment.findings == ()
    assert "p_drainage.low" in assessment.judged


def test_each_value_is_judged_by_the_limit_of_its_own_time():
    limits = [
        Limit("p_drainage", warning=Span.of([-200, None]), valid_to=NOON - HOUR),
        Limit("p_drainage", warning=Span.of([-100, None]), valid_from=NOON - HOUR),
    ]

    (finding,) = assess("p_drainage", "-118", "-118", "-118", limits=limits).findings

    assert finding.evidence.since == NOON - HOUR


def test_a_censored_value_is_judged_by_what_it_can_stand_for():
    limit = Limit("d_dimer", warning=Span.of([None, 20]))

    (finding,) = assess("d_dimer", "20", limits=[limit], comparators=[">"]).findings

    assert finding.evidence.comparator == ">"
    assert finding.message == "D-dimer >20.00 µg/mL FEU is above 20.00 µg/mL FEU"
    assert assess("d_dimer", "20", limits=[limit]).findings == ()


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        pytest.param("sweep_gas_flow", "0", "sweep_off_unexpected", id="gas off"),
        pytest.param("blood_flow", "-0.1", "retrograde_flow", id="backwards"),
    ],
)
def test_gas_off_and_backward_flow_are_critical_without_a_limit(parameter, value, code):
    (finding,) = assess(parameter, value, value, "1", value, limits=()).findings

    assert (finding.code, finding.severity) == (code, Severity.CRITICAL)
    assert (finding.side, finding.evidence.limit) == (None, None)
    assert finding.evidence.unit == "L/min"
    assert "no trial makes that expected: " in finding.message
    assert finding.evidence.since == NOON - HOUR
    assert code in codes_of(parameter)


@pytest.mark.parametrize(("parameter", "value"), [("sweep_gas_flow", "0"), ("blood_flow", "-0.1")])
def test_in_their_trial_they_are_expected(parameter, value):
    assessment = assess(parameter, value, value, expected={0}, limits=())

    assert assessment.findings == ()
    assert codes_of(parameter) <= assessment.judged


def test_an_expected_value_breaks_the_series():
    (finding,) = assess("sweep_gas_flow", "0", "0", "0", expected={1}, limits=()).findings

    assert finding.evidence.since == NOON


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("sweep_gas_flow", "0.1"), ("blood_flow", "0"), ("p_drainage", "0"), ("p_drainage", "-1")],
)
def test_the_edge_is_no_fault(parameter, value):
    assert assess(parameter, value, limits=()).findings == ()


def test_less_than_a_number_is_not_a_sweep_of_nought():
    assert assess("sweep_gas_flow", "0", comparators=["<"], limits=()).findings == ()


def test_a_value_can_be_both_outside_a_limit_and_a_fault():
    limit = Limit("blood_flow", critical=Span.of([2, None]))

    findings = assess("blood_flow", "-0.5", "1", "1", "3", limits=[limit]).findings

    assert [(one.code, one.evidence.since) for one in findings] == [
        ("blood_flow.low", NOON - 2 * HOUR),
        ("retrograde_flow", NOON),
    ]


def test_a_fault_can_outlast_the_series_beyond_a_limit():
    limit = Limit("blood_flow", critical=Span.of([-1, None]))

    findings = assess("blood_flow", "-1.2", "-0.5", "-0.5", "1", limits=[limit]).findings

    assert [(one.code, one.evidence.since) for one in findings] == [
        ("blood_flow.low", NOON),
        ("retrograde_flow", NOON - 2 * HOUR),
    ]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        pytest.param(["-80", "-118", "-118"], 1, id="a normal value needs no older one"),
        pytest.param(["-118", "-118", "-80", "-118"], 3, id="up to the first normal one"),
        pytest.param(["-118", "-118"], 2, id="to the end"),
    ],
)
def test_no_more_values_are_read_than_needed(values, read):
    seen = []

    def stream():
        for observation in newest_first("p_drainage", *values):
            seen.append(observation)
            yield observation

    assess_series({"p_drainage": stream()}, [DRAINAGE])

    assert len(seen) == read


def test_a_value_outside_the_table_of_measures_is_refused():
    with pytest.raises(UnknownMeasure):
        assess("p_unheard_of", "1", limits=[Limit("p_unheard_of", warning=Span.of([5, None]))])


def test_two_assessments_are_put_together():
    both = assess("p_drainage", "-118") | assess("sweep_gas_flow", "0", limits=())

    assert {one.code for one in both.findings} == {"p_drainage.low", "sweep_off_unexpected"}
    assert {"p_drainage.high", "sweep_gas_flow.low"} <= both.judged


@given(values=st.lists(st.integers(-200, 100), min_size=1, max_size=12))
def test_since_is_where_the_run_of_values_outside_began(values):
    findings = assess("p_drainage", *values).findings

    sides = ["low" if v < -100 else "high" if v > 50 else None for v in values]
    assert bool(findings) == (sides[0] is not None)
    for finding in findings:
        length = next((i for i, side in enumerate(sides) if side != sides[0]), len(sides))
        assert finding.evidence.since == NOON - (length - 1) * HOUR
