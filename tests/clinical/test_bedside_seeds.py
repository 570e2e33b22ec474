"""What must be possible at the bedside with the limits a run starts with.

Source: bedside reference, "Test seeds" and the safety principles: a plan may be refused, a
fact never.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from clinical.age import AgeGroup
from clinical.check import AnswerKind, Entry, RunContext, is_expected, normalise, questions
from clinical.circuit import Observation, assess_series
from clinical.findings import Severity
from clinical.limits import starting_limits

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answer(group, values, *, mode="VA", trial=None, confirmed=()):
    typed = {code: Decimal(value) for code, value in values.items()}
    return questions(
        Entry(typed, NOON, NOON, trial),
        starting_limits(group, mode),
        RunContext(NOON, mode=mode),
        confirmed,
    )


def findings(group, values, *, mode="VA", trial=None):
    series = {
        code: [
            Observation(
                code,
                value,
                NOON,
                "k1",
                is_expected=is_expected(code, value, trial=trial, mode=mode),
            )
        ]
        for code, value in normalise({c: Decimal(v) for c, v in values.items()}).items()
    }
    assessment = assess_series(series, starting_limits(group, mode))
    return {one.code: one.severity for one in assessment.findings}


@pytest.mark.parametrize(
    ("group", "values", "mode", "trial", "kind"),
    [
        pytest.param("neonatal", {"blood_flow": "0.30"}, "VA", None, "accept", id="0.30 L/min"),
        pytest.param("neonatal", {"blood_flow": "300"}, "VA", None, "refuse", id="mL as litres"),
        pytest.param("neonatal", {"blood_flow_ml_min": "300"}, "VA", None, "accept", id="mL as mL"),
        pytest.param("adult", {"fdo2": "60"}, "VA", None, "accept", id="FdO2 60"),
        pytest.param("adult", {"fdo2": "2.1"}, "VA", None, "refuse", id="FdO2 2.1"),
        pytest.param("adult", {"p_drainage": "-320"}, "VA", None, "confirm", id="P1 -320"),
        pytest.param("adult", {"sweep_gas_flow": "0"}, "VA", None, "confirm", id="gas off"),
        pytest.param(
            "adult", {"sweep_gas_flow": "0"}, "VV", "vv_sweep_off", "accept", id="gas off in trial"
        ),
        pytest.param("neonatal", {"blood_flow": "-0.6"}, "VA", None, "confirm", id="backwards"),
        pytest.param(
            "neonatal", {"blood_flow": "-0.6"}, "VA", "pcrto", "accept", id="backwards in trial"
        ),
    ],
)
def test_a_check_is_answered_with_the_starting_limits(group, values, mode, trial, kind):
    assert answer(AgeGroup(group), values, mode=mode, trial=trial).kind == kind


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        pytest.param("p_drainage", "-320", "p_drainage.low", id="P1 -320"),
        pytest.param("sweep_gas_flow", "0", "sweep_off_unexpected", id="gas off"),
        pytest.param("blood_flow", "-0.6", "retrograde_flow", id="backwards"),
    ],
)
def test_a_confirmed_fact_is_accepted_and_raises_the_highest_alert(parameter, value, code):
    accepted = answer(AgeGroup.ADULT, {parameter: value}, confirmed={parameter})

    assert accepted.kind is AnswerKind.ACCEPT
    assert findings(AgeGroup.ADULT, {parameter: value})[code] is Severity.CRITICAL


def test_a_sweep_off_trial_on_an_arterial_return_raises_the_alert():
    values = {"sweep_gas_flow": "0"}

    on_va = findings(AgeGroup.ADULT, values, mode="VA", trial="vv_sweep_off")
    on_vv = findings(AgeGroup.ADULT, values, mode="VV", trial="vv_sweep_off")

    assert on_va == {"sweep_off_unexpected": Severity.CRITICAL}
    assert on_vv == {}
