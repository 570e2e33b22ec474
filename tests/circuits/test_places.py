"""One part is in one place, one position holds one part."""

from datetime import timedelta

import pytest

from circuits.actions.exchange import (
    NewPart,
    NotInCircuit,
    PositionTaken,
    install_component,
    open_circuit,
    remove_component,
)
from circuits.models import ComponentUse
from tests.factories import NOON, PatientFactory
from tests.scenarios import FLOW_ON, device, running_vv, with_circuit
from web.problems import NeedsConfirmation

HOUR = timedelta(hours=1)


@pytest.fixture
def oxygenator(run, specialist):
    return with_circuit(run, specialist)[0]


def put(circuit, by, serial):
    part = NewPart(model=device("oxygenator"), lot="L-oxygenator", serial=serial, udi="")
    return install_component(circuit=circuit, part=part, installed_at=NOON, by=by, at=NOON)


def test_a_position_that_is_taken_takes_no_second_part(oxygenator, specialist):
    with pytest.raises(PositionTaken, match="oxygenator of Circuit 1 is taken"):
        put(oxygenator.circuit, specialist, "SN-2")

    assert ComponentUse.objects.filter(kind="oxygenator").count() == 1


def test_a_part_in_the_other_circuit_of_the_run_is_refused_with_its_place(
    run, oxygenator, specialist
):
    second = open_circuit(run=run, label="Circuit 2", started_at=NOON, by=specialist, at=NOON)

    with pytest.raises(
        NeedsConfirmation,
        match="in Circuit 1 in Adult intensive care, bed 7, as oxygenator since 28-Feb-2026",
    ):
        put(second, specialist, "SN-oxygenator")


def test_a_part_in_another_patient_is_refused_without_naming_the_patient(oxygenator, specialist):
    other = PatientFactory(unit=oxygenator.circuit.run.unit, family_name="Finch")
    circuit = open_circuit(
        run=running_vv(other, specialist),
        label="Circuit 1",
        started_at=FLOW_ON,
        by=specialist,
        at=NOON,
    )

    with pytest.raises(
        NeedsConfirmation, match="recorded in Circuit 1 in Adult intensive care, bed 7"
    ) as refused:
        put(circuit, specialist, "SN-oxygenator")

    assert "Canary" not in refused.value.message


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        pytest.param(-49, "installed only at 28-Feb-2026 13:00", id="before-it-went-in"),
        pytest.param(
            0,
            "came out already at 02-Mar-2026 12:00: Sam Specialist recorded that",
            id="after-it-came-out",
        ),
    ],
)
def test_a_part_comes_out_once_and_after_it_went_in(oxygenator, specialist, hours, sentence):
    out = {"use": oxygenator, "by": specialist, "at": NOON, "reason": "clot"}
    if not hours:
        remove_component(removed_at=NOON - HOUR, **out)

    with pytest.raises(NotInCircuit, match=sentence):
        remove_component(removed_at=NOON + hours * HOUR, **out)


def test_what_is_noted_at_removal_stays_with_the_part(oxygenator, specialist):
    remove_component(
        use=oxygenator,
        removed_at=NOON,
        by=specialist,
        at=NOON,
        reason="clot",
        note="clots at the inlet",
    )

    oxygenator.refresh_from_db()
    assert oxygenator.note == "clots at the inlet"
