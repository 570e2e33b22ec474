"""Adjunct devices with their clocks, and the tasks that a configuration asks for."""

from datetime import timedelta

import pytest

from circuits.actions.adjuncts import (
    NotRunning,
    RunsAlready,
    do_task,
    end_adjunct,
    start_adjunct,
)
from circuits.actions.exchange import (
    NewPart,
    install_component,
    open_circuit,
    remove_component,
)
from circuits.actions.support import decannulate
from circuits.adjuncts import adjunct_lives, running_adjuncts, tasks_of
from tests.factories import NOON
from tests.scenarios import device, running_vv
from web.actions import approve_document, draft_document

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def part(kind, serial):
    return NewPart(model=device(kind), lot=f"L-{kind}", serial=serial, position=kind)


def test_the_hours_of_a_filter_count_from_its_own_start(patient, specialist):
    run = running_vv(patient, specialist)
    facts = {"run": run, "kind": "crrt", "by": specialist, "at": NOON}
    first = start_adjunct(started_at=NOON - timedelta(hours=30), **facts)
    with pytest.raises(RunsAlready):
        start_adjunct(started_at=NOON, **facts)
    ends = {"adjunct": first, "ended_at": NOON - timedelta(hours=2), "by": specialist, "at": NOON}
    end_adjunct(**ends, reason="filter clotted")
    with pytest.raises(NotRunning):
        end_adjunct(**ends)
    start_adjunct(started_at=NOON - timedelta(hours=1), connection="pre_pump", **facts)

    lives = [(one.adjunct.ended_at, one.lasted) for one in adjunct_lives(run, NOON)]
    assert lives[0] == (None, timedelta(hours=1))
    assert lives[1][1] == timedelta(hours=28)
    decannulate(run=run, ended_at=NOON, by=specialist, at=NOON)
    assert not run.adjuncts.filter(ended_at=None).exists()


def test_a_task_is_owed_while_its_adjunct_runs_and_moves_when_done(
    patient, specialist, coordinator, director, centre
):
    body = [{"id": "flash", "label": "Flash the bridge", "every_h": 1, "adjuncts": ["lv_vent"]}]
    draft = draft_document(
        centre=centre, kind="adjunct_cadence", body=body, by=coordinator, at=NOON - 3 * DAY
    )
    approve_document(document=draft, valid_from=NOON - 3 * DAY, by=director, at=NOON - 3 * DAY)
    run = running_vv(patient, specialist)
    facts = {"run": run, "by": specialist, "at": NOON}
    with pytest.raises(NotRunning):
        do_task(task="flash", done_at=NOON, **facts)
    vent = start_adjunct(kind="lv_vent", started_at=NOON - timedelta(hours=1), **facts)
    assert [task.due.due_at for task in tasks_of(run)] == [NOON + timedelta(hours=1)]

    do_task(task="flash", done_at=NOON - timedelta(minutes=30), **facts)
    assert [task.due.due_at for task in tasks_of(run)] == [NOON + timedelta(minutes=30)]

    end_adjunct(adjunct=vent, ended_at=NOON, by=specialist, at=NOON)
    assert tasks_of(run) == []


def test_a_device_that_was_there_before_flow_keeps_its_own_start(patient, specialist):
    run = running_vv(patient, specialist)
    before = run.started_at - timedelta(hours=5)

    start_adjunct(run=run, kind="iabp", started_at=before, by=specialist, at=NOON)

    assert [one.lasted for one in running_adjuncts(run, NOON)] == [NOON - before]


def test_a_bridge_and_a_roller_pump_ask_for_their_tasks_while_they_are_in(
    patient, specialist, perfusionist, coordinator, director, centre
):
    body = [
        {"id": "flash", "label": "Flash the bridge", "every_h": 1, "parts": ["bridge"]},
        {"id": "walk", "label": "Walk the raceway", "every_h": 24, "pumps": ["roller"]},
    ]
    draft = draft_document(
        centre=centre, kind="adjunct_cadence", body=body, by=coordinator, at=NOON - 3 * DAY
    )
    approve_document(document=draft, valid_from=NOON - 3 * DAY, by=director, at=NOON - 3 * DAY)
    run = running_vv(patient, specialist)
    by = {"by": perfusionist, "at": NOON}
    circuit = open_circuit(run=run, label="Circuit 1", started_at=NOON - DAY, **by)
    roller = part("pump_head", "RO-1")
    roller.model.pump_type = "roller"
    roller.model.save(update_fields=["pump_type"])
    put = {"circuit": circuit, "installed_at": NOON - timedelta(hours=1), **by}

    bridge = install_component(part=part("bridge", "BR-1"), **put)
    assert [task.id for task in tasks_of(run)] == ["flash"]

    install_component(part=roller, **put)
    remove_component(use=bridge, removed_at=NOON, reason="protocol", **by)
    assert [task.id for task in tasks_of(run)] == ["walk"]
