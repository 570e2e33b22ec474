"""Weaning trials on the ward: a plan may be refused, a fact never; what goes on is watched."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alerts.models import Category
from circuits.actions.checks import record_check
from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.support import decannulate, record_mode
from circuits.actions.sweep import sweep
from circuits.actions.trial_rules import (
    NothingInStep,
    OutsideTrial,
    TrialDoesNotFit,
    TrialGoesOn,
    TrialHasEnded,
    VerdictNeedsReason,
)
from circuits.actions.weaning import record_step, record_trial, start_trial
from circuits.actions.weaning_end import end_trial, judge_trial, restore_settings
from circuits.document import Typed
from clinical.findings import Severity
from clinical.weaning import OVER_TIME, STASIS, UNSAFE
from labs.actions.infusions import Change, Dosing, start_infusion
from notifications.models import Notification
from patients.actions.times import InTheFuture
from patients.models import TrialStep, WeaningTrial
from tests.factories import NOON, PersonFactory, ShiftFactory
from tests.scenarios import device
from web.problems import NeedsConfirmation

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SETTINGS = {"pump_speed": 3450, "blood_flow": "4.2", "sweep_gas_flow": "4.0", "fdo2": "0.60"}


@pytest.fixture
def checked(run, specialist):
    """The run with a whole check twenty minutes ago."""
    typed = Typed(checked_at=NOON - 20 * MINUTE, values=SETTINGS)
    record_check(run=run, typed=typed, by=specialist, at=NOON - 20 * MINUTE)
    return run


def on_va(run, by):
    record_mode(run=run, mode="VA", starts_at=run.started_at, by=by, at=NOON - HOUR)
    return run


def begin(run, by, kind="vv_sweep_off", at=NOON):
    return start_trial(run=run, kind=kind, started_at=at, by=by, at=at)


def codes(run):
    return dict(run.alerts.open().values_list("code", "severity"))


def due(run, kind):
    return run.dues.open().filter(kind=kind).values_list("due_at", flat=True).first()


def test_a_trial_keeps_the_settings_of_before_and_shortens_the_cadence(checked, physician):
    trial = begin(checked, physician)

    assert {k: v["value"] for k, v in trial.settings_before.items()} == {
        "sweep_gas_flow": "4.0",
        "fdo2": "0.60",
    }
    assert due(checked, "check") == NOON + 30 * MINUTE
    assert due(checked, "trial") == NOON + 24 * HOUR
    assert codes(checked) == {}


def test_a_planned_sweep_off_trial_with_an_arterial_return_is_refused_with_the_way_out(
    run, physician
):
    on_va(run, physician)

    with pytest.raises(TrialDoesNotFit, match="Choose a turn-down, or change the support"):
        begin(run, physician)

    assert not WeaningTrial.objects.exists()


def test_a_clamp_trial_is_of_a_small_patient_with_a_bridge_in_the_circuit(
    checked, physician, perfusionist
):
    run = on_va(checked, physician)
    with pytest.raises(TrialDoesNotFit, match="newborns and children"):
        begin(run, physician, "clamp")
    run.patient.born_at = run.started_at - timedelta(days=3)
    run.patient.save(update_fields=["born_at"])
    with pytest.raises(TrialDoesNotFit, match="no bridge is entered"):
        begin(run, physician, "clamp")
    with pytest.raises(NeedsConfirmation):
        record_trial(run=run, kind="clamp", started_at=NOON, by=physician, at=NOON)
    put_in_bridge(run, perfusionist)

    trial = begin(run, physician, "clamp")

    assert due(run, "trial") == NOON + 2 * HOUR
    assert set(trial.settings_before) == {"pump_speed", "sweep_gas_flow", "fdo2"}
    with pytest.raises(NeedsConfirmation):
        record_step(
            trial=trial, stepped_at=NOON, values={"blood_flow": "-0.2"}, by=physician, at=NOON
        )
    sweep(NOON + 2 * HOUR + MINUTE)
    assert OVER_TIME in codes(run)
    ended = end_trial(
        trial=trial, ended_at=NOON + 2 * HOUR, verdict="passed", by=physician, at=NOON + 3 * HOUR
    )
    assert (ended.verdict, OVER_TIME in codes(run)) == ("passed", False)


def test_the_page_offers_a_clamp_trial_to_the_small_and_says_what_is_missing(
    client, checked, physician, perfusionist
):
    run = on_va(checked, physician)
    client.force_login(physician)
    page = reverse("circuits:weaning", args=[run.public_id])

    grown = client.get(page).content.decode()
    run.patient.born_at = run.started_at - timedelta(days=3)
    run.patient.save(update_fields=["born_at"])
    small = client.get(page).content.decode()
    put_in_bridge(run, perfusionist)
    bridged = client.get(page).content.decode()

    assert "Clamp trial" not in grown
    assert "no bridge in the circuit" in small
    assert "?kind=clamp" not in small
    assert "?kind=clamp" in bridged


def put_in_bridge(run, by):
    circuit = open_circuit(run=run, label="Circuit 1", started_at=run.started_at, by=by, at=NOON)
    part = NewPart(model=device("bridge"), lot="B1")
    install_component(circuit=circuit, part=part, installed_at=NOON - HOUR, by=by, at=NOON)


def test_one_that_began_already_is_asked_back_then_recorded_and_alerts_at_once(
    run, unit, physician, specialist
):
    on_va(run, physician)
    ShiftFactory(person=PersonFactory(unit=unit, user=specialist), unit=unit)
    facts = {"run": run, "kind": "vv_sweep_off", "started_at": NOON - 5 * MINUTE}

    with pytest.raises(NeedsConfirmation, match="does not fit here") as asked:
        record_trial(**facts, by=specialist, at=NOON)
    trial = record_trial(**facts, by=specialist, at=NOON, confirmed=["kind"])

    assert asked.value.errors[0]["parameter"] == "kind"
    assert (trial.was_planned, trial.confirmed) == (False, "not_purely_venous")
    assert codes(run) == {UNSAFE: Severity.CRITICAL}
    assert run.alerts.get().category == Category.PHYSIOLOGY
    assert Notification.objects.filter(to=specialist).exists()


def test_one_that_fits_is_recorded_without_a_question(run, specialist):
    trial = record_trial(
        run=run, kind="vv_sweep_off", started_at=NOON - HOUR, by=specialist, at=NOON
    )

    assert (trial.was_planned, trial.confirmed) == (False, "")


def test_a_conversion_during_a_sweep_off_trial_alerts_and_the_end_of_it_clears_that(
    checked, physician
):
    trial = begin(checked, physician)
    record_mode(run=checked, mode="VAV", starts_at=NOON, by=physician, at=NOON + MINUTE)
    during = codes(checked)

    restore_settings(trial=trial, restored_at=NOON + 2 * MINUTE, by=physician, at=NOON + 2 * MINUTE)

    assert UNSAFE in during
    assert UNSAFE not in codes(checked)


def test_a_second_trial_at_once_says_who_began_the_first(run, physician):
    begin(run, physician)

    with pytest.raises(TrialGoesOn, match="since 02-Mar-2026 13:00, entered by Fay"):
        begin(run, physician, at=NOON + MINUTE)


def test_a_trial_cannot_begin_in_the_future(run, physician):
    with pytest.raises(InTheFuture):
        start_trial(run=run, kind="vv_sweep_off", started_at=NOON + HOUR, by=physician, at=NOON)


def test_a_step_is_a_check_of_that_trial_so_that_a_sweep_of_0_is_expected(checked, physician):
    trial = begin(checked, physician)

    step = record_step(
        trial=trial,
        stepped_at=NOON + 10 * MINUTE,
        values={"sweep_gas_flow": "0", "fdo2": "21"},
        note=" calm ",
        gas="gas-1",
        confirmed=["fdo2"],
        by=physician,
        at=NOON + 11 * MINUTE,
    )
    check = checked.checks.get(root_id=step.check_id)

    assert (step.sweep_gas_flow, step.fdo2, step.blood_flow) == (0, Decimal("0.21"), None)
    assert (step.note, step.gas) == ("calm", "gas-1")
    assert (check.kind, check.trial) == ("event", "vv_sweep_off")
    assert codes(checked) == {}
    assert due(checked, "check") == NOON + 40 * MINUTE


def test_a_backward_flow_is_expected_only_in_a_retrograde_trial(checked, physician):
    on_va(checked, physician)
    trial = begin(checked, physician, "va_turn_down")
    step = {"trial": trial, "stepped_at": NOON + MINUTE, "values": {"blood_flow": "-0.5"}}

    with pytest.raises(NeedsConfirmation, match="runs backwards"):
        record_step(**step, by=physician, at=NOON + MINUTE)
    record_step(**step, by=physician, at=NOON + MINUTE, confirmed=["blood_flow"])
    elsewhere = codes(checked)
    end_trial(trial=trial, ended_at=NOON + 2 * MINUTE, by=physician, at=NOON + 2 * MINUTE)
    retrograde = begin(checked, physician, "pcrto", NOON + 3 * MINUTE)
    record_step(
        trial=retrograde,
        stepped_at=NOON + 4 * MINUTE,
        values={"blood_flow": "-0.5"},
        by=physician,
        at=NOON + 4 * MINUTE,
        confirmed=["blood_flow"],
    )

    assert elsewhere["retrograde_flow"] == Severity.CRITICAL
    assert "retrograde_flow" not in codes(checked)


@pytest.mark.parametrize(
    ("minutes", "error"),
    [pytest.param(-1, OutsideTrial, id="before it"), pytest.param(60, InTheFuture, id="after now")],
)
def test_a_step_lies_within_its_trial(run, physician, minutes, error):
    trial = begin(run, physician)

    with pytest.raises(error):
        record_step(
            trial=trial,
            stepped_at=NOON + minutes * MINUTE,
            values={"sweep_gas_flow": "2"},
            by=physician,
            at=NOON + MINUTE,
        )


def test_a_step_charted_late_is_taken_up_to_the_end_of_the_trial(run, physician):
    trial = begin(run, physician)
    end_trial(trial=trial, ended_at=NOON + HOUR, by=physician, at=NOON + HOUR)
    late = {"trial": trial, "values": {}, "by": physician, "at": NOON + 3 * HOUR}

    record_step(**late, stepped_at=NOON + HOUR, note="tired")
    with pytest.raises(OutsideTrial, match="ended at"):
        record_step(**late, stepped_at=NOON + HOUR + MINUTE, note="tired")

    assert TrialStep.objects.get().note == "tired"


def test_a_step_that_says_nothing_is_refused(run, physician):
    with pytest.raises(NothingInStep):
        record_step(
            trial=begin(run, physician), stepped_at=NOON, values={}, note=" ", by=physician, at=NOON
        )


def test_restoring_ends_the_trial_charts_the_settings_and_owes_the_verdict(checked, physician):
    trial = begin(checked, physician)
    record_step(
        trial=trial,
        stepped_at=NOON + MINUTE,
        values={"sweep_gas_flow": "0"},
        by=physician,
        at=NOON + MINUTE,
    )

    restored = restore_settings(trial=trial, restored_at=NOON + HOUR, by=physician, at=NOON + HOUR)
    check = checked.checks.first()

    assert restored.ended_at == restored.restored_at == NOON + HOUR
    assert (check.trial, check.sweep_gas_flow, check.fdo2) == ("", 4, Decimal("0.6"))
    assert due(checked, "trial") is None
    assert due(checked, "verdict") == NOON + 5 * HOUR
    assert due(checked, "check") == NOON + 2 * HOUR
    with pytest.raises(TrialHasEnded):
        restore_settings(trial=trial, restored_at=NOON + HOUR, by=physician, at=NOON + HOUR)


def test_a_trial_without_settings_on_record_is_restored_by_its_time_alone(run, physician):
    trial = begin(run, physician)

    restore_settings(trial=trial, restored_at=NOON + MINUTE, by=physician, at=NOON + MINUTE)

    assert not run.checks.exists()
    assert WeaningTrial.objects.get().restored_at == NOON + MINUTE


def test_a_verdict_settles_what_was_owed(run, physician):
    trial = begin(run, physician)
    end_trial(trial=trial, ended_at=NOON + 3 * HOUR, by=physician, at=NOON + 3 * HOUR)
    owed = due(run, "verdict")

    judged = judge_trial(
        trial=trial, verdict="passed", next_plan="out today", by=physician, at=NOON + 4 * HOUR
    )

    assert owed == NOON + 7 * HOUR
    assert due(run, "verdict") is None
    assert (judged.judged_by, judged.next_plan) == (physician, "out today")


@pytest.mark.parametrize("verdict", ["failed", "partial"])
def test_a_trial_that_was_not_passed_says_why(run, physician, verdict):
    trial = begin(run, physician)

    with pytest.raises(VerdictNeedsReason):
        end_trial(trial=trial, ended_at=NOON, verdict=verdict, by=physician, at=NOON)

    assert WeaningTrial.objects.get().is_running


def test_an_early_pass_is_asked_back_once(run, physician):
    trial = begin(run, physician)
    passed = {"trial": trial, "verdict": "passed", "by": physician, "at": NOON + HOUR}

    with pytest.raises(NeedsConfirmation, match="at least 120 min"):
        end_trial(**passed, ended_at=NOON + HOUR)
    ended = end_trial(**passed, ended_at=NOON + HOUR, confirmed=["verdict"])

    assert ended.verdict == "passed"


def test_a_trial_that_goes_on_cannot_be_judged(run, physician):
    with pytest.raises(TrialGoesOn):
        judge_trial(trial=begin(run, physician), verdict="passed", by=physician, at=NOON)


def test_over_its_time_a_trial_rings_like_physiology(checked, unit, physician):
    on_va(checked, physician)
    ShiftFactory(person=PersonFactory(unit=unit, user=physician), unit=unit, duty="physician")
    trial = begin(checked, physician, "va_turn_down")
    low = {"trial": trial, "values": {"blood_flow": "1.5"}, "confirmed": ["blood_flow"]}
    record_step(**low, stepped_at=NOON + MINUTE, by=physician, at=NOON + MINUTE)

    sweep(NOON + 61 * MINUTE)
    on_the_limit = codes(checked)
    sweep(NOON + 62 * MINUTE)

    assert OVER_TIME not in on_the_limit
    assert codes(checked)[OVER_TIME] == Severity.WARNING
    assert "trial.overdue" not in codes(checked)
    assert Notification.objects.filter(key__contains=str(_open(checked).public_id)).exists()


def _open(run):
    return run.alerts.open().get(code=OVER_TIME)


def test_bivalirudin_in_a_turn_down_is_warned_of(run, physician):
    on_va(run, physician)
    start_infusion(
        run=run,
        agent="bivalirudin",
        dosing=Dosing("mg/kg/h", Decimal(80), "actual"),
        change=Change("start", NOON - HOUR, Decimal("0.15")),
        by=physician,
        at=NOON - HOUR,
    )

    begin(run, physician, "va_turn_down")

    assert codes(run)[STASIS] == Severity.WARNING


def test_a_check_belongs_to_the_trial_that_goes_on_unless_it_says_otherwise(run, physician):
    begin(run, physician)
    values = {"sweep_gas_flow": "2.0"}

    def check(minutes, **said):
        when = NOON + minutes * MINUTE
        typed = Typed(checked_at=when, values=values, **said)
        return record_check(run=run, typed=typed, by=physician, at=NOON + HOUR).trial

    assert check(5) == "vv_sweep_off"
    assert check(6, trial="") == ""
    assert check(-5) == ""


def test_flow_off_ends_the_trial_and_its_verdict_stays_owed(checked, physician):
    begin(checked, physician)

    decannulate(run=checked, ended_at=NOON + 3 * HOUR, by=physician, at=NOON + 3 * HOUR)

    assert WeaningTrial.objects.get().ended_at == NOON + 3 * HOUR
    assert due(checked, "trial") is None
    assert due(checked, "verdict") == NOON + 7 * HOUR
    assert due(checked, "emergency_plan") is None
