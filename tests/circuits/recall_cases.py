"""A recall of a lot: in two patients, on a shelf, and once in somebody who has gone home."""

from datetime import date, timedelta

from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.recalls import Notice, receive_recall
from circuits.actions.stock import Arrival, receive_stock
from circuits.actions.support import decannulate
from circuits.models import DeviceModel
from tests.factories import NOON, PatientFactory
from tests.scenarios import running_vv

GTIN = "00614141000012"
LOT = "L26A417"
WEEK = timedelta(days=7)


def membrane(name="Example membrane", gtin=GTIN):
    """A product with its GTIN."""
    facts = {"kind": "oxygenator", "gtin": gtin}
    return DeviceModel.objects.get_or_create(name=name, defaults=facts)[0]


def put_in(run, by, *, lot=LOT, serial="S1", at=None, model=None, label="Circuit 1"):
    """Put a membrane into a circuit of a run."""
    at = at or run.started_at
    circuit = open_circuit(run=run, label=label, started_at=at, by=by, at=at)
    part = NewPart(model=model or membrane(), lot=lot, serial=serial)
    seen = ["last_of_lot"]
    return install_component(
        circuit=circuit, part=part, installed_at=at, by=by, at=at, confirmed=seen
    )


def stock(unit, by, *, lot=LOT, quantity=4, model=None, expires_on=date(2027, 3, 31)):
    """Receive some of a lot."""
    arrival = Arrival(model or membrane(), lot=lot, quantity=quantity, expires_on=expires_on)
    return receive_stock(unit=unit, arrival=arrival, received_at=NOON - WEEK, by=by, at=NOON - WEEK)


def gone_home(unit, by, *, lot=LOT, serial="S9"):
    """A patient who had a membrane of the lot a week ago, and went home."""
    patient = PatientFactory(unit=unit, mrn="M9", family_name="Ibis", given_name="Ivo", bed="")
    run = running_vv(patient, by, at=NOON - 2 * WEEK)
    put_in(run, by, lot=lot, serial=serial)
    return decannulate(run=run, ended_at=NOON - WEEK, by=by, at=NOON - WEEK)


def notice(**more):
    """A removal of the lot."""
    return Notice(
        **{
            "issuer": "Example Devices",
            "reference": "FSN-2026-014",
            "product": "Example membrane",
            "action": "removal",
            "issued_on": date(2026, 2, 27),
            "instruction": "Exchange the membrane at the next opportunity.",
            "gtins": [GTIN],
            "lots": [LOT],
            **more,
        }
    )


def received(centre, by, *, at=NOON, **more):
    """Receive a notice."""
    return receive_recall(centre=centre, notice=notice(**more), received_at=at, by=by, at=at)


def ward(patient, by, unit):
    """The lot in two patients, on the shelf, and once in somebody who has gone home."""
    first = running_vv(patient, by)
    second = running_vv(PatientFactory(unit=unit, family_name="Finch", bed="8"), by)
    put_in(first, by, serial="S1")
    put_in(second, by, serial="S2")
    home = gone_home(unit, by)
    stock(unit, by)
    stock(unit, by, lot="L26B001", quantity=2)
    return first, second, home
