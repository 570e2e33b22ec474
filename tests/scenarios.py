"""Situations, built with the actions: no test starts from a state that the ward cannot reach."""

from datetime import timedelta
from decimal import Decimal

from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.support import record_weight, start_support
from circuits.models import DeviceModel
from tests.factories import NOON

FLOW_ON = NOON - timedelta(hours=48)


def running_vv(patient, by, *, mode="VV", weight_kg="80", at=FLOW_ON):
    """An adult on V-V since two days before NOON, weighed, with the default limits."""
    run = start_support(patient=patient, unit=patient.unit, started_at=at, by=by, at=at, mode=mode)
    record_weight(
        run=run, weight_kg=Decimal(weight_kg), basis="actual", measured_at=at, by=by, at=at
    )
    return run


def with_circuit(run, by, *, at=FLOW_ON):
    """Put an oxygenator and a pump head into the run's first circuit."""
    circuit = open_circuit(run=run, label="Circuit 1", started_at=at, by=by, at=at)
    return [
        install_component(
            circuit=circuit,
            part=NewPart(model=device(kind), lot=f"L-{kind}", serial=f"SN-{kind}", udi="(01)x"),
            installed_at=at,
            by=by,
            at=at,
        )
        for kind in ("oxygenator", "pump_head")
    ]


def device(kind):
    """The catalogue's example of a kind of part."""
    return DeviceModel.objects.get_or_create(kind=kind, name=f"Example {kind}")[0]
