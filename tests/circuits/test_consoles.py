"""Consoles and heater units: looked after, lent, in use where, and what is due of each."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from alerts.models import Alert, Due
from circuits.actions.consoles import (
    ConsoleKnown,
    InUse,
    NotDurable,
    NotLent,
    NoWaterInIt,
    add_console,
    lend_console,
    record_service,
    record_water,
    return_console,
    set_state,
)
from circuits.actions.equipment_dues import sweep_equipment
from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.stock import Arrival, discard_stock, receive_stock, set_par_level
from circuits.consoles import console_lines
from circuits.models import Console, ConsoleRecord
from tests.cast import member
from tests.factories import NOON
from tests.journeys.people import Person, machine
from tests.scenarios import FLOW_ON, device, running_vv
from web.actions import approve_document, draft_document
from web.problems import RuleBroken

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def added(unit, by, kind="console", **facts):
    facts = {"serial": "C-1", "location": "equipment room"} | facts
    return add_console(unit=unit, model=device(kind), **facts, by=by, at=NOON - 30 * DAY)


def serviced(console, by, kind="maintenance", *, days_ago=1, **facts):
    facts = {"verdict": "done"} | facts
    done_at = NOON - days_ago * DAY
    return record_service(console=console, kind=kind, done_at=done_at, **facts, by=by, at=NOON)


def watered(console, by, verdict="acceptable", **facts):
    facts = {"test": "plate count", "value": "12", "unit_text": "CFU/mL"} | facts
    times = {"sampled_at": NOON - 3 * DAY, "reported_at": NOON - HOUR}
    return record_water(console=console, verdict=verdict, **facts, **times, by=by, at=NOON)


def rules(centre, coordinator, director, **body):
    document = draft_document(
        centre=centre, kind="equipment_policy", body=body, by=coordinator, at=NOON - 90 * DAY
    )
    approve_document(document=document, valid_from=NOON - 90 * DAY, by=director, at=NOON - 90 * DAY)


def in_circuit(patient, by, serial="C-1", kind="console"):
    run = running_vv(patient, by)
    circuit = open_circuit(run=run, label="Circuit 1", started_at=FLOW_ON, by=by, at=NOON)
    part = NewPart(model=device(kind), serial=serial)
    install_component(circuit=circuit, part=part, installed_at=FLOW_ON, by=by, at=NOON)
    return run


def owed(subject):
    rows = Due.objects.open().filter(subject=str(subject.public_id))
    return {due.kind: due.due_at for due in rows}


def test_maintenance_is_due_until_it_is_done_and_then_as_written_on_the_device(unit, perfusionist):
    console = added(unit, perfusionist)
    assert owed(console) == {"maintenance": NOON - 30 * DAY}

    serviced(console, perfusionist)
    assert owed(console) == {"maintenance": NOON + 364 * DAY}

    serviced(console, perfusionist, days_ago=0, next_due_on=date(2026, 6, 30))
    assert owed(console)["maintenance"].isoformat() == "2026-06-30T21:59:59+00:00"


def test_hygiene_is_due_by_the_sites_rule_and_settled_by_doing_it(
    unit, centre, perfusionist, coordinator, director
):
    heater = added(unit, perfusionist, kind="heater")
    assert "disinfection" not in owed(heater)
    rules(centre, coordinator, director, every_days={"disinfection": 14, "water_change": 7})

    sweep_equipment(NOON)
    assert owed(heater)["disinfection"] == NOON - 30 * DAY
    assert Alert.objects.open().get(code="equipment.overdue").severity == 1

    serviced(heater, perfusionist, "disinfection", days_ago=2)
    serviced(heater, perfusionist, "water_change", days_ago=2)
    sweep_equipment(NOON)
    assert owed(heater) == {
        "disinfection": NOON + 12 * DAY,
        "water_change": NOON + 5 * DAY,
    }
    assert not Alert.objects.open().exists()


def test_water_belongs_to_heaters_only(unit, perfusionist):
    console = added(unit, perfusionist)

    with pytest.raises(NoWaterInIt):
        serviced(console, perfusionist, "water_change")
    with pytest.raises(NoWaterInIt):
        watered(console, perfusionist)


def test_what_failed_needs_a_note_and_goes_out_of_service(unit, perfusionist):
    console = added(unit, perfusionist)
    with pytest.raises(RuleBroken, match="Say what failed"):
        serviced(console, perfusionist, "self_test", verdict="failed")

    serviced(console, perfusionist, "self_test", verdict="failed", note="pump stops")

    console.refresh_from_db()
    assert (console.state, console.state_reason) == (
        "out_of_service",
        "Self-test failed: pump stops",
    )
    set_state(console=console, state="in_service", by=perfusionist, at=NOON)
    assert Console.objects.get().state_reason == ""


def test_a_device_out_of_service_in_a_circuit_has_an_alert_at_its_bed(
    unit, patient, perfusionist, specialist
):
    heater = added(unit, perfusionist, kind="heater")
    in_circuit(patient, specialist, kind="heater")

    result = watered(heater, perfusionist, "not_acceptable")

    alert = Alert.objects.open().get(code="component.out_of_service")
    assert "Water not acceptable: plate count: 12 CFU/mL" in alert.message
    assert alert.run.patient == patient
    with pytest.raises(RuleBroken, match="why the result is corrected"):
        watered(heater, perfusionist, supersedes=result)
    watered(heater, perfusionist, value="1", supersedes=result, note="other bottle")
    set_state(console=heater, state="in_service", by=perfusionist, at=NOON)
    assert not Alert.objects.open().filter(code="component.out_of_service").exists()
    (line,) = console_lines([heater], specialist, NOON)
    assert line.water.value == "1"


def test_a_device_is_on_the_list_once_and_only_if_it_is_not_used_up(unit, perfusionist):
    added(unit, perfusionist, asset_tag="E7")

    with pytest.raises(ConsoleKnown, match="Adult intensive care keeps it"):
        added(unit, perfusionist)
    with pytest.raises(ConsoleKnown, match="asset tag E7 is taken"):
        added(unit, perfusionist, serial="C-2", asset_tag="E7")
    with pytest.raises(NotDurable, match="Receive it on the shelf"):
        added(unit, perfusionist, kind="oxygenator")
    with pytest.raises(RuleBroken, match="only what is lent is given back"):
        added(unit, perfusionist, serial="C-3", return_on=NOON.date())


def test_ours_is_lent_and_comes_back(unit, patient, perfusionist, specialist):
    console = added(unit, perfusionist)
    step = {"console": console, "by": perfusionist, "at": NOON}

    lend_console(**step, to="City hospital", return_on=date(2026, 3, 10))
    assert owed(console)["loan_return"].isoformat() == "2026-03-10T22:59:59+00:00"
    with pytest.raises(NotLent, match="steps of their own"):
        set_state(**step, state="in_service")
    return_console(**step, location="room 2")

    assert "loan_return" not in owed(console)
    console.refresh_from_db()
    assert (console.state, console.lent_to, console.location) == ("in_service", "", "room 2")
    with pytest.raises(NotLent, match="neither lent nor on loan"):
        return_console(**step)
    in_circuit(patient, specialist)
    with pytest.raises(InUse, match="is in Circuit 1 in Adult intensive care"):
        lend_console(**step, to="City hospital")


def test_what_is_lent_to_us_goes_back_and_is_then_gone(unit, perfusionist):
    console = added(unit, perfusionist, owner="Example Devices", return_on=date(2026, 3, 20))
    step = {"console": console, "by": perfusionist, "at": NOON}
    assert "loan_return" in owed(console)
    with pytest.raises(NotLent, match="belongs to Example Devices"):
        lend_console(**step, to="City hospital")

    return_console(**step)

    assert owed(console) == {}
    assert Console.objects.get().state_reason == "Given back to Example Devices"
    assert not Console.objects.present().exists()


def test_the_bed_is_shown_to_who_may_see_its_patient(
    unit, patient, perfusionist, specialist, centre
):
    console = added(unit, perfusionist)
    run = in_circuit(patient, specialist)
    edda = member("edda", Role.EQUIPMENT, centre=centre)
    serviced(console, perfusionist, "battery_test", details={"battery_min": "42"})
    page = reverse("circuits:console-detail", args=[console.public_id])

    seen, hidden = Person(specialist).opens(page), Person(edda).opens(page)

    bed = reverse("circuits:circuit-detail", args=[run.public_id])
    assert bed in seen.content.decode()
    assert bed not in hidden.content.decode()
    assert "in use, Adult intensive care" in hidden.content.decode()
    listed = Person(edda).opens(reverse("circuits:console-list")).content.decode()
    assert "42" in listed
    assert bed not in listed


def test_an_order_is_due_from_when_too_few_are_left_and_settled_by_a_delivery(unit, perfusionist):
    model, moved = device("oxygenator"), {"by": perfusionist, "at": NOON}

    def deliver(quantity):
        arrival = Arrival(model, lot="L1", quantity=quantity, expires_on=date(2026, 3, 20))
        return receive_stock(unit=unit, arrival=arrival, received_at=NOON, **moved).lot

    level = set_par_level(unit=unit, model=model, quantity=3, **moved)
    assert owed(level) == {"below_par": NOON + 7 * DAY}
    lot = deliver(3)
    assert owed(level) == {}
    assert owed(lot)["expiry"].isoformat() == "2026-03-20T22:59:59+00:00"

    discard_stock(lot=lot, discarded_at=NOON, reason="torn", **moved)
    assert owed(level) == {"below_par": NOON + 7 * DAY}
    discard_stock(lot=lot, discarded_at=NOON, reason="torn", quantity=2, **moved)
    assert owed(lot) == {}


def test_a_lot_that_expires_unused_calls_for_an_order_and_is_told_late(unit, perfusionist):
    model = device("oxygenator")
    set_par_level(unit=unit, model=model, quantity=1, by=perfusionist, at=NOON)
    arrival = Arrival(model, lot="L1", expires_on=NOON.date())
    lot = receive_stock(unit=unit, arrival=arrival, received_at=NOON, by=perfusionist, at=NOON).lot

    assert sweep_equipment(NOON + DAY) == 1

    assert "is overdue" in Alert.objects.open().get(subject=str(lot.public_id)).message
    assert Due.objects.open().get(kind="below_par").anchor == NOON + DAY


def test_devices_are_worked_on_their_pages(unit, coordinator):
    cleo = Person(coordinator)
    assert b"No device on the list yet" in cleo.opens(reverse("circuits:console-list")).content
    assert b"No heater unit" in cleo.opens(reverse("circuits:hygiene")).content
    for kind in ("console", "heater"):
        cleo.saves(reverse("circuits:console-create"), model=device(kind).pk, serial=f"X-{kind}")
    console, heater = Console.objects.order_by("component__model__kind")

    def step(row, name, **typed):
        url = reverse(f"circuits:console-{name}", args=[row.public_id])
        return cleo.saves(url, **typed)

    empty = step(console, "limits", done_at="now")
    step(console, "limits", done_at="now", blood_flow_low="3.0", p_drainage_low="-100")
    step(console, "service", kind="battery_test", verdict="passed", done_at="now", battery_min="42")
    step(heater, "service", kind="disinfection", verdict="done", done_at="now")
    step(heater, "water", test="mycobacteria", value="none", verdict="acceptable")

    assert empty.status_code == 422
    page = cleo.opens(reverse("circuits:console-detail", args=[console.public_id]))
    for words in ("3.0 to none", "-100 to none", "ran 42 min on battery"):
        assert words in page.content.decode()
    water = cleo.opens(reverse("circuits:console-detail", args=[heater.public_id]))
    assert "Water change" in water.content.decode()
    assert "not on record" in cleo.opens(reverse("circuits:hygiene")).content.decode()


def test_a_device_is_worked_through_the_api(unit, perfusionist, nurse):
    pia, root = machine(perfusionist), "/api/v1/consoles/"
    body = {
        "unit": str(unit.public_id), "model": str(device("heater").public_id), "serial": "H-1",
    }  # fmt: skip
    heater = f"{root}{pia.post(root, body, format='json').json()['public_id']}/"
    done = {"kind": "disinfection", "verdict": "done", "done_at": NOON.isoformat()}
    key = {"HTTP_IDEMPOTENCY_KEY": "done-once"}
    water = {
        "test": "plate count", "value": "900", "verdict": "not_acceptable",
        "sampled_at": (NOON - DAY).isoformat(), "reported_at": NOON.isoformat(),
    }  # fmt: skip

    def post(page, sent, **more):
        return pia.post(f"{heater}{page}/", sent, format="json", **more)

    assert [post("service", done, **key).status_code for _ in range(2)] == [201, 200]
    assert ConsoleRecord.objects.count() == 1
    assert post("water", water).status_code == 201
    assert pia.get(heater).json()["state"] == "out_of_service"
    assert post("state", {"state": "in_service"}).json()["state"] == "in_service"
    assert post("lend", {"to": "City"}).json()["lent_to"] == "City"
    assert post("return", {"location": "room 2"}).json()["location"] == "room 2"
    assert post("return", {}).json()["code"] == "not_lent"
    assert len(pia.get(f"{heater}records/").json()) == 1
    (result,) = pia.get(f"{heater}water-results/").json()
    other = f"{root}{pia.post(root, {**body, 'serial': 'H-2'}, format='json').json()['public_id']}/"
    wrong = {**water, "supersedes": result["public_id"], "note": "misread"}
    assert pia.post(f"{other}water/", wrong, format="json").status_code == 400
    assert post("water", {**wrong, "verdict": "acceptable"}).status_code == 201
    assert (
        machine(nurse).post(f"{heater}state/", {"state": "in_service"}, format="json").status_code
        == 403
    )
    assert pia.post(root, body, format="json").json()["code"] == "console_known"
    dues = pia.get(root, {"kind": "heater"}).json()["results"][0]["dues"]
    assert [due["kind"] for due in dues] == ["maintenance"]
