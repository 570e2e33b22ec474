"""Weaning trials: which fit, how long they last, what of them needs someone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.age import AgeGroup
from clinical.findings import Severity
from clinical.weaning import (
    CODES,
    DEFAULT_LIMITS,
    OVER_TIME,
    STASIS,
    UNSAFE,
    WHY_NOT,
    Fault,
    FlowAt,
    Support,
    TimeLimit,
    Trial,
    TrialKind,
    Verdict,
    assess_trial,
    counts_from,
    fault_of,
    has_stasis_risk,
    is_early_pass,
    is_unsafe,
    trial_due,
)

ON = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFF, DOWN, PCRTO, CLAMP = TrialKind
VV = Support("VV", frozenset({"internal_jugular_v"}))
VA = Support("VA", frozenset({"femoral_a"}))


def small(mode="VA", *, age_group=AgeGroup.NEONATAL, has_bridge=True):
    return Support(mode, frozenset({"carotid_a"}), age_group, has_bridge)


def flows(*pairs):
    return tuple(
        FlowAt(ON + minute * MINUTE, None if flow is None else Decimal(flow))
        for minute, flow in pairs
    )


def down(*pairs, agents=frozenset()):
    return Trial(DOWN, ON, VA, flows(*pairs), frozenset(agents))


@pytest.mark.parametrize(
    ("kind", "support", "fault"),
    [
        pytest.param(OFF, VV, None, id="sweep off on V-V"),
        pytest.param(OFF, Support("VVDL"), None, id="sweep off on a dual lumen"),
        pytest.param(OFF, VA, Fault.NOT_PURELY_VENOUS, id="sweep off on V-A"),
        pytest.param(OFF, Support("VAV"), Fault.NOT_PURELY_VENOUS, id="sweep off on V-AV"),
        pytest.param(OFF, Support("VP"), Fault.NOT_PURELY_VENOUS, id="sweep off on V-P"),
        pytest.param(
            OFF, Support("VV", frozenset({"femoral_a"})), Fault.ARTERIAL_CANNULA, id="not so V-V"
        ),
        pytest.param(
            OFF, Support("VV", frozenset({"aorta", "femoral_v"})), Fault.ARTERIAL_CANNULA, id="both"
        ),
        pytest.param(OFF, Support("VV", frozenset({"other"})), None, id="a site without a name"),
        pytest.param(OFF, Support(None), Fault.MODE_UNKNOWN, id="sweep off, no mode"),
        pytest.param(OFF, Support("unknown"), Fault.MODE_UNKNOWN, id="sweep off, mode not known"),
        pytest.param(DOWN, VA, None, id="turn-down on V-A"),
        pytest.param(DOWN, Support("VVA"), None, id="turn-down on VV-A"),
        pytest.param(DOWN, Support("VAV"), None, id="turn-down on V-AV"),
        pytest.param(DOWN, VV, Fault.NO_ARTERIAL_RETURN, id="turn-down on V-V"),
        pytest.param(DOWN, Support("unknown"), Fault.MODE_UNKNOWN, id="turn-down, not known"),
        pytest.param(PCRTO, VA, None, id="retrograde on V-A"),
        pytest.param(PCRTO, Support("ECCO2R"), Fault.NO_ARTERIAL_RETURN, id="retrograde on ECCO2R"),
        pytest.param(PCRTO, Support(None), Fault.MODE_UNKNOWN, id="retrograde, no mode"),
        pytest.param(CLAMP, small(), None, id="clamp in a newborn"),
        pytest.param(CLAMP, small(age_group=AgeGroup.PEDIATRIC), None, id="clamp in a child"),
        pytest.param(CLAMP, small(age_group=AgeGroup.ADULT), Fault.ADULT, id="clamp in an adult"),
        pytest.param(CLAMP, small(age_group=None), Fault.AGE_UNKNOWN, id="clamp, age not known"),
        pytest.param(CLAMP, small(has_bridge=False), Fault.NO_BRIDGE, id="clamp without a bridge"),
        pytest.param(CLAMP, small("VV"), Fault.NO_ARTERIAL_RETURN, id="clamp on V-V"),
        pytest.param(CLAMP, small(None), Fault.MODE_UNKNOWN, id="clamp, no mode"),
    ],
)
def test_a_trial_fits_the_support_or_says_why_not(kind, support, fault):
    assert fault_of(kind, support) is fault


@pytest.mark.parametrize(
    ("kind", "support", "unsafe"),
    [
        pytest.param(OFF, VV, False, id="V-V"),
        pytest.param(OFF, VA, True, id="V-A"),
        pytest.param(OFF, Support(None), True, id="in doubt"),
        pytest.param(DOWN, VV, False, id="a turn-down that does not fit shunts nothing"),
        pytest.param(PCRTO, Support(None), False, id="nor does a retrograde trial"),
        pytest.param(CLAMP, small(None), False, id="nor does a clamp trial"),
    ],
)
def test_only_a_sweep_that_is_off_elsewhere_is_unsafe(kind, support, unsafe):
    assert is_unsafe(kind, support) is unsafe


@pytest.mark.parametrize(
    ("kind", "agents", "at_risk"),
    [
        pytest.param(DOWN, {"bivalirudin"}, True, id="bivalirudin at low flow"),
        pytest.param(PCRTO, {"ufh", "bivalirudin"}, True, id="retrograde"),
        pytest.param(CLAMP, {"bivalirudin"}, True, id="clamped lines"),
        pytest.param(DOWN, {"ufh"}, False, id="heparin"),
        pytest.param(DOWN, {"argatroban"}, False, id="argatroban"),
        pytest.param(DOWN, set(), False, id="nothing runs"),
        pytest.param(OFF, {"bivalirudin"}, False, id="the flow stays as it is"),
    ],
)
def test_bivalirudin_is_warned_of_where_blood_runs_slowly(kind, agents, at_risk):
    assert has_stasis_risk(kind, agents) is at_risk


@pytest.mark.parametrize(
    ("read", "minute"),
    [
        pytest.param([], 0, id="no flow read: from the start"),
        pytest.param([(10, None)], 0, id="flow not measured: from the start"),
        pytest.param([(5, "4.0")], None, id="above: no clock"),
        pytest.param([(5, "1.51")], None, id="just above"),
        pytest.param([(5, "1.5")], 5, id="on the limit counts"),
        pytest.param([(5, "1.49")], 5, id="just below"),
        pytest.param([(5, "3.0"), (15, "1.5"), (25, "1.0")], 15, id="since the first low one"),
        pytest.param([(25, "1.0"), (5, "3.0"), (15, "1.5")], 15, id="in any order"),
        pytest.param([(5, "1.2"), (15, "3.0")], None, id="back up"),
        pytest.param([(5, "1.2"), (15, "3.0"), (20, "1.4")], 20, id="down again"),
        pytest.param([(5, "1.2"), (15, None), (20, "1.4")], 5, id="a gap breaks nothing"),
        pytest.param([(5, "-0.5")], 5, id="backwards is low"),
    ],
)
def test_the_clock_of_a_turn_down_runs_at_low_flow_only(read, minute):
    since = counts_from(down(*read), DEFAULT_LIMITS[DOWN])

    assert since == (None if minute is None else ON + minute * MINUTE)


@pytest.mark.parametrize("kind", [OFF, PCRTO, CLAMP])
def test_the_clock_of_the_others_runs_from_their_start(kind):
    trial = Trial(kind, ON, VV, flows((5, "4.0"), (20, "-0.6")))

    assert counts_from(trial, DEFAULT_LIMITS[kind]) == ON


@pytest.mark.parametrize(("minute", "over"), [(119, False), (120, False), (121, True)])
def test_a_clamp_trial_is_over_its_time_after_two_hours(minute, over):
    trial, limit = Trial(CLAMP, ON, small()), DEFAULT_LIMITS[CLAMP]

    due = trial_due(trial, limit)
    found = assess_trial(trial, limit, ON + minute * MINUTE)

    assert (due.warn_at, due.due_at) == (ON + 90 * MINUTE, ON + 120 * MINUTE)
    assert due.why == "A clamp trial lasts at most 120 min."
    assert (OVER_TIME in {one.code for one in found.findings}) is over


def test_each_reason_against_a_trial_has_its_words():
    assert set(WHY_NOT) == set(Fault)


def test_a_trial_says_when_it_is_to_end_and_why():
    due = trial_due(down((10, "1.2")), DEFAULT_LIMITS[DOWN])

    assert (due.rule, due.anchor) == ("trial.va_turn_down", ON + 10 * MINUTE)
    assert (due.warn_at, due.due_at) == (ON + 40 * MINUTE, ON + 70 * MINUTE)
    assert due.overdue_at == due.due_at
    assert due.why == "A turn-down trial lasts at most 60 min at 1.5 L/min or less."
    assert due.inputs == {"most_min": "60", "warn_min": "30"}


def test_a_sweep_off_trial_lasts_as_long_as_the_site_says():
    due = trial_due(Trial(OFF, ON, VV), TimeLimit(warn_min=300, most_min=360))

    assert due.due_at == ON + 360 * MINUTE
    assert due.why == "A sweep-off trial lasts at most 360 min."


def test_above_its_low_flow_a_turn_down_is_not_due_to_end():
    assert trial_due(down((5, "3.0")), DEFAULT_LIMITS[DOWN]) is None


@pytest.mark.parametrize(
    ("minute", "is_over"),
    [pytest.param(60, False, id="on the limit"), pytest.param(61, True, id="past it")],
)
def test_a_trial_is_over_time_only_past_its_limit(minute, is_over):
    found = assess_trial(down((0, "1.5")), DEFAULT_LIMITS[DOWN], ON + minute * MINUTE)

    assert [one.code for one in found.findings] == [OVER_TIME] * is_over
    assert found.judged == CODES


def test_everything_that_is_wrong_with_a_trial_is_found_at_once():
    late = assess_trial(
        Trial(OFF, ON, VA), TimeLimit(warn_min=1, most_min=5), ON + timedelta(hours=1)
    )
    slow = assess_trial(down((0, "3.0"), agents={"bivalirudin"}), DEFAULT_LIMITS[DOWN], ON)

    assert {one.code: one.severity for one in late.findings} == {
        UNSAFE: Severity.CRITICAL,
        OVER_TIME: Severity.WARNING,
    }
    assert "(VA)" in late.findings[0].message
    assert "5 min" in late.findings[1].message
    assert {one.code: one.severity for one in slow.findings} == {STASIS: Severity.WARNING}


def test_a_trial_that_the_site_has_no_limit_for_is_not_judged():
    assert assess_trial(down((0, "1.5")), None, ON) == assess_trial(None, None, ON)


def test_bivalirudin_at_low_flow_is_said_in_words():
    trial = down((0, "1.5"), agents={"bivalirudin"})

    (found,) = assess_trial(trial, DEFAULT_LIMITS[DOWN], ON).findings

    assert found.message == (
        "Bivalirudin runs during a trial at low flow: it degrades in slow blood, so that the "
        "circuit may clot while the aPTT looks right"
    )


def test_an_unknown_mode_is_said_to_be_unknown():
    found = assess_trial(Trial(OFF, ON, Support("unknown")), DEFAULT_LIMITS[OFF], ON)

    assert "(the mode is not known): it may shunt" in found.findings[0].message


def test_without_a_trial_nothing_is_wrong_with_it():
    assert assess_trial(None, None, ON).findings == ()
    assert assess_trial(None, None, ON).judged == CODES


@pytest.mark.parametrize(
    ("verdict", "minutes", "least", "is_early"),
    [
        pytest.param(Verdict.PASSED, 119, 120, True, id="a minute short"),
        pytest.param(Verdict.PASSED, 120, 120, False, id="long enough"),
        pytest.param(Verdict.PASSED, 0, 0, False, id="no least time"),
        pytest.param(Verdict.FAILED, 3, 120, False, id="failed early"),
        pytest.param(Verdict.PARTIAL, 3, 120, False, id="partly, early"),
    ],
)
def test_a_pass_before_the_least_time_is_early(verdict, minutes, least, is_early):
    limit = TimeLimit(warn_min=200, most_min=240, least_min=least)

    assert is_early_pass(verdict, ON, ON + minutes * MINUTE, limit) is is_early


@given(st.lists(st.tuples(st.integers(0, 300), st.decimals("-1", "6", places=1))))
def test_the_clock_never_begins_before_the_trial(read):
    since = counts_from(down(*read), DEFAULT_LIMITS[DOWN])

    assert since is None or since >= ON
