"""Two people at two connections take the same thing: one wins, the other is told who and when."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.stock import Arrival, receive_stock, reserve_stock
from circuits.models import ComponentUse, MovementKind, StockLot, StockMovement
from tests.factories import NOON, PatientFactory
from tests.scenarios import device, running_vv
from web.problems import RuleBroken

HOUR = timedelta(hours=1)


def at_once(*acts):
    """Do each in a connection of its own at the same moment; return what the refused were told."""
    gate, told = threading.Barrier(len(acts)), []

    def go(act):
        gate.wait()
        try:
            act()
        except RuleBroken as refused:
            told.append(refused.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.fixture
def lot(transactional_db, unit, perfusionist):
    arrival = Arrival(device("oxygenator"), lot="L26A")
    received = receive_stock(unit=unit, arrival=arrival, received_at=NOON, by=perfusionist, at=NOON)
    return received.lot


@pytest.fixture
def circuits(transactional_db, unit, specialist):
    """Two patients, each with an empty circuit."""
    runs = [running_vv(PatientFactory(unit=unit, bed=bed), specialist) for bed in ("7", "8")]
    return [
        open_circuit(run=run, label="Circuit 1", started_at=NOON, by=specialist, at=NOON)
        for run in runs
    ]


def put(circuit, by, **part):
    return lambda: install_component(
        circuit=circuit, part=NewPart(**part), installed_at=NOON + HOUR, by=by, at=NOON + HOUR
    )


def test_the_last_of_a_lot_is_reserved_by_one_of_two(lot, specialist, physician):
    told = at_once(
        *(
            lambda by=by: reserve_stock(
                lot=lot, reserved_at=NOON, reason="planned change", by=by, at=NOON
            )
            for by in (specialist, physician)
        )
    )

    won = StockMovement.objects.get(kind=MovementKind.RESERVED)
    assert len(told) == 1
    assert "None of Example oxygenator lot L26A is left on the shelf" in told[0]
    assert f"went to {won.entered_by} at 02-Mar-2026 13:00 (planned change)" in told[0]


def test_the_last_of_a_lot_is_used_by_one_of_two_and_asked_back_of_the_other(
    lot, circuits, specialist, physician
):
    part = {"model": device("oxygenator"), "lot": "L26A"}

    told = at_once(put(circuits[0], specialist, **part), put(circuits[1], physician, **part))

    use = ComponentUse.objects.get()
    assert len(told) == 1
    assert f"the last went to {use.entered_by} at 02-Mar-2026 14:00" in told[0]
    assert StockLot.objects.with_counts().get().shelf == 0


def test_the_same_console_is_taken_by_one_of_two(circuits, specialist, physician):
    part = {"model": device("console"), "serial": "C-1"}

    told = at_once(put(circuits[0], specialist, **part), put(circuits[1], physician, **part))

    use = ComponentUse.objects.get()
    assert len(told) == 1
    assert f"bed {use.circuit.run.patient.bed}, as console since 02-Mar-2026 14:00" in told[0]
    assert f"entered by {use.entered_by}" in told[0]
