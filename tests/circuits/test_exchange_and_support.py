"""Flow on, exchange, flow off."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from alerts.models import Alert
from circuits.actions.exchange import (
    NewPart,
    exchange_components,
    install_component,
    open_circuit,
)
from circuits.actions.support import decannulate, record_cannula, record_mode, start_support
from circuits.models import ComponentUse
from patients.actions.run import SecondRunningRun
from patients.actions.times import InTheFuture
from patients.models import ModeSegment
from patients.queries import mode_problems
from tests.factories import NOON
from tests.scenarios import FLOW_ON, device, with_circuit
from web.problems import NeedsConfirmation


def owed(run):
    return set(
        run.dues.filter(settled_at=None, rule__startswith="debt.").values_list("kind", flat=True)
    )


def test_flow_on_needs_a_patient_and_a_time_and_owes_the_rest(patient, specialist):
    run = start_support(patient=patient, unit=patient.unit, started_at=NOON, by=specialist, at=NOON)

    assert run.modes.get().mode == "unknown"
    assert owed(run) == {"mode", "weight", "cannulas", "components_udi", "tip_position"}
    assert run.dues.filter(kind="check", settled_at=None).exists()


def test_what_was_entered_is_no_longer_owed(run, specialist):
    with_circuit(run, specialist)
    for purpose, site in (("drainage", "femoral_v"), ("return", "internal_jugular_v")):
        record_cannula(
            run=run,
            inserted_at=FLOW_ON,
            by=specialist,
            at=NOON,
            purpose=purpose,
            site=site,
            side="R",
            size_fr=23,
            tip_position="right atrium",
        )

    assert owed(run) == set()


def test_a_second_run_of_a_running_patient_is_refused_with_what_to_do(run, specialist):
    with pytest.raises(SecondRunningRun, match="record flow off there first"):
        start_support(patient=run.patient, unit=run.unit, started_at=NOON, by=specialist, at=NOON)


def test_flow_on_in_the_future_is_refused(patient, specialist):
    with pytest.raises(InTheFuture):
        start_support(
            patient=patient,
            unit=patient.unit,
            started_at=NOON + timedelta(minutes=1),
            by=specialist,
            at=NOON,
        )


def test_a_mode_change_ends_the_one_before_without_a_gap(run, specialist):
    record_mode(run=run, mode="VAV", starts_at=NOON, by=specialist, at=NOON)

    assert [(m.mode, m.ends_at) for m in run.modes.all()] == [("VV", NOON), ("VAV", None)]
    assert mode_problems(run, NOON + timedelta(hours=1)) == ()


def test_the_database_refuses_two_modes_at_once(run, specialist):
    ModeSegment.objects.create(
        run=run, mode="VA", starts_at=NOON, entered_at=NOON, entered_by=specialist
    )

    with pytest.raises(IntegrityError, match="no_overlap_in_run"):
        connection.check_constraints()


def test_an_exchange_closes_the_old_part_and_opens_the_new_at_one_time(run, specialist):
    oxygenator, _ = with_circuit(run, specialist)

    (new,) = exchange_components(
        run=run,
        changes=[(oxygenator, NewPart(model=device("oxygenator"), serial="SN-2"))],
        exchanged_at=NOON,
        by=specialist,
        at=NOON,
        reason="clot",
    )

    oxygenator.refresh_from_db()
    assert (oxygenator.removed_at, oxygenator.removed_reason) == (NOON, "clot")
    assert (new.installed_at, new.position) == (NOON, oxygenator.position)
    assert run.dues.filter(kind="review", settled_at=None, subject=str(new.public_id)).exists()
    assert not run.dues.filter(
        kind="review", settled_at=None, subject=str(oxygenator.public_id)
    ).exists()


def test_one_part_cannot_be_in_two_circuits_and_the_refusal_says_where_it_is(run, specialist):
    with_circuit(run, specialist)
    second = open_circuit(run=run, label="Circuit 2", started_at=NOON, by=specialist, at=NOON)
    same = NewPart(model=device("oxygenator"), serial="SN-oxygenator")

    with pytest.raises(NeedsConfirmation, match="recorded in Circuit 1"):
        install_component(circuit=second, part=same, installed_at=NOON, by=specialist, at=NOON)


def test_an_expired_part_on_the_patient_is_accepted_and_raises_a_safety_alert(run, specialist):
    circuit = open_circuit(run=run, label="Circuit 1", started_at=NOON, by=specialist, at=NOON)
    old = NewPart(model=device("pump_head"), serial="X", expires_on=date(2026, 1, 31))

    install_component(circuit=circuit, part=old, installed_at=NOON, by=specialist, at=NOON)

    assert Alert.objects.open().get(code="component.expired").category == "safety"


def test_flow_off_ends_modes_parts_and_reminders(run, specialist):
    with_circuit(run, specialist)

    decannulate(run=run, ended_at=NOON, by=specialist, at=NOON, end_reason="expected_recovery")

    run.refresh_from_db()
    assert run.ended_at == NOON
    assert run.modes.get().ends_at == NOON
    assert not ComponentUse.objects.filter(circuit__run=run, removed_at=None).exists()
    assert not run.dues.filter(settled_at=None, kind__in=["check", "review"]).exists()
    assert owed(run) == {"cannulas", "tip_position"}
