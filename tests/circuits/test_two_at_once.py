"""Two people do the same thing at the same moment: one wins, the other is told who and when.

Each acts on a connection of its own, so PostgreSQL's locks and constraints decide.
"""

import threading

import pytest
from django.db import connections

from circuits.actions.exchange import NewPart, NotInCircuit, exchange_components
from circuits.actions.support import start_support
from circuits.models import ComponentUse
from patients.actions.cannula import CannulaIsOut, insert_cannula, remove_cannula
from patients.actions.run import SecondRunningRun
from patients.models import Run
from tests.factories import NOON
from tests.scenarios import device, with_circuit
from web.problems import RuleBroken

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Start acts together, each on its own connection; return what each came to."""
    gate, found = threading.Barrier(len(acts)), {}

    def run(number, act):
        gate.wait()
        try:
            found[number] = act()
        except RuleBroken as broken:
            found[number] = broken
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return [found[number] for number in range(len(acts))]


def won_and_lost(found):
    (lost,) = [number for number, one in enumerate(found) if isinstance(one, RuleBroken)]
    return 1 - lost, found[lost]


def test_of_two_who_exchange_the_same_part_one_wins_and_the_other_is_told(
    run, specialist, perfusionist
):
    oxygenator, _ = with_circuit(run, specialist)
    people = (specialist, perfusionist)

    def exchange(by):
        part = NewPart(model=device("oxygenator"), serial=f"OF-{by.username}")
        return exchange_components(
            run=run, changes=[(oxygenator, part)], exchanged_at=NOON, by=by, at=NOON, reason="clot"
        )

    won, refusal = won_and_lost(at_once(*(lambda by=by: exchange(by) for by in people)))

    assert isinstance(refusal, NotInCircuit)
    assert f"{people[won]} recorded that at 02-Mar-2026 13:00" in refusal.message
    inside = ComponentUse.objects.get(kind="oxygenator", removed_at=None)
    assert inside.component.serial == f"OF-{people[won].username}"


def test_of_two_who_start_a_run_one_wins_and_the_other_is_told(patient, specialist, nurse):
    people = (specialist, nurse)

    def start(by):
        return start_support(patient=patient, unit=patient.unit, started_at=NOON, by=by, at=NOON)

    won, refusal = won_and_lost(at_once(*(lambda by=by: start(by) for by in people)))

    assert isinstance(refusal, SecondRunningRun)
    assert f"{people[won]} entered flow on at 02-Mar-2026 13:00" in refusal.message
    assert Run.objects.get().entered_by == people[won]


def test_of_two_who_take_a_cannula_out_one_wins_and_the_other_is_told(run, physician, nurse):
    cannula = insert_cannula(
        run=run, inserted_at=run.started_at, by=nurse, at=NOON, site="femoral_v", purpose="drainage"
    )
    people = (physician, nurse)

    def remove(by):
        return remove_cannula(cannula=cannula, removed_at=NOON, reason="clot", by=by, at=NOON)

    won, refusal = won_and_lost(at_once(*(lambda by=by: remove(by) for by in people)))

    assert isinstance(refusal, CannulaIsOut)
    assert f"{people[won]} recorded that" in refusal.message
