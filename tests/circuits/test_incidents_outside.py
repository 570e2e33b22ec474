"""An incident with a device on which no patient is: in the store, at a test, found afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse

from circuits.actions.consoles import add_console
from circuits.actions.exchange import NewPart
from circuits.actions.incidents_outside import record_incident_outside
from circuits.actions.stock import Arrival, receive_stock
from circuits.models import Component, DeviceIncident, DeviceModel, StockLot
from tests.factories import NOON
from tests.scenarios import device, running_vv, with_circuit

HOUR = timedelta(hours=1)
TOLD = {
    "happened_at": NOON - HOUR,
    "what": "The self-test failed twice.",
    "harm": "near_miss",
}


def told(unit, by, **more):
    return record_incident_outside(unit=unit, **{"part": None, **TOLD, **more}, by=by, at=NOON)


@pytest.fixture
def lot(unit, perfusionist):
    arrival = Arrival(model=device("oxygenator"), lot="L7", quantity=3)
    receive_stock(
        unit=unit, arrival=arrival, received_at=NOON - HOUR, by=perfusionist, at=NOON - HOUR
    )
    return StockLot.objects.get(lot="L7")


def test_something_of_a_lot_leaves_the_shelf_and_is_kept_aside(unit, lot, perfusionist):
    part = NewPart(model=lot.model, lot="L7")

    incident = told(unit, perfusionist, part=part, lot=lot, place="cupboard 3")

    assert (incident.run, incident.component.lot, incident.is_in_quarantine) == (None, "L7", True)
    assert incident.custody.get().place == "cupboard 3"
    counts = StockLot.objects.with_counts().get(pk=lot.pk)
    assert (counts.shelf, counts.quarantined) == (2, 1)


def test_a_product_that_nobody_listed_becomes_a_draft(unit, perfusionist):
    new = DeviceModel(kind="pump_head", name="New pump", gtin="04012345678901", is_draft=True)

    incident = told(unit, perfusionist, part=NewPart(model=new, serial="N-1"))

    assert DeviceModel.objects.get(gtin="04012345678901").is_draft
    assert incident.component.serial == "N-1"


def test_a_part_in_a_circuit_after_all_makes_it_a_case_of_that_run(patient, perfusionist):
    run = running_vv(patient, perfusionist)
    use = with_circuit(run, perfusionist)[0]
    part = NewPart(model=use.component.model, serial=use.component.serial)

    assert told(run.unit, perfusionist, part=part).run == run


def test_what_nobody_can_name_is_recorded_without_a_part(unit, perfusionist):
    incident = told(unit, perfusionist)

    assert (incident.component, incident.is_in_quarantine) == (None, False)


def test_the_form_comes_filled_in_from_the_console_and_opens_its_case(
    client, unit, perfusionist, nurse
):
    facts = {"serial": "C-9", "by": perfusionist, "at": NOON - HOUR}
    console = add_console(unit=unit, model=device("console"), **facts)
    client.force_login(perfusionist)
    address = reverse("circuits:incident-record")

    form = client.get(address, {"console": console.public_id}).context["form"]
    shown = {name: form[name].value() for name in ("model", "serial", "unit")}
    refused = client.post(address, {"what": "", "client_uuid": form["client_uuid"].value()})
    sent = {
        **shown,
        "happened_at": "-5",
        "what": "Stopped in the test.",
        "harm": "near_miss",
        "client_uuid": form["client_uuid"].value(),
    }
    sent |= {"model": console.component.model.pk, "unit": unit.pk}
    done, again = (client.post(address, sent) for _ in range(2))

    incident = DeviceIncident.objects.get()
    assert (shown["serial"], refused.status_code) == ("C-9", 422)
    assert done.url == reverse("circuits:incident-detail", args=[incident.public_id])
    assert again.status_code == 302
    assert incident.component == console.component
    assert Component.objects.filter(serial="C-9").count() == 1
    assert client.get(address, {"lot": "no-uuid"}).status_code == 200


def test_the_form_of_a_lot_takes_one_off_its_shelf(client, unit, lot, perfusionist):
    client.force_login(perfusionist)
    address = f"{reverse('circuits:incident-record')}?lot={lot.public_id}"
    form = client.get(address).context["form"]
    sent = {"happened_at": "-5", "what": "Torn wrapping.", "harm": "near_miss", "lot": "L7"}
    sent |= {"unit": unit.pk, "model": lot.model.pk, "client_uuid": form["client_uuid"].value()}

    assert client.post(address, sent).status_code == 302
    assert StockLot.objects.with_counts().get(pk=lot.pk).shelf == 2
