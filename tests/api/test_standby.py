"""Standby circuits, kit, checklists and adjuncts through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from alerts.models import Due
from tests.cast import member
from tests.scenarios import device, running_vv

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def api(client, perfusionist):
    """Send JSON as the perfusionist; answer the status and the body."""
    client.force_login(perfusionist)

    def send(path, body=None, **headers):
        url = API + path
        if body is None:
            answer = client.get(url)
        else:
            answer = client.post(url, body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    return send


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def text(moment):
    return moment.isoformat()


@pytest.fixture
def standby(api, unit, now):
    part = {"device_model": str(device("oxygenator").public_id), "lot": "L1", "serial": "S1"}
    body = {
        "unit": str(unit.public_id),
        "label": "Blue 1",
        "location": "Store",
        "assembled_at": text(now - timedelta(hours=3)),
        "parts": [part],
    }
    status, made = api("standby-circuits/", body, **{"Idempotency-Key": "one"})
    assert (status, api("standby-circuits/", body, **{"Idempotency-Key": "one"})[1]) == (201, made)
    return f"standby-circuits/{made['public_id']}/"


def test_a_circuit_is_primed_measured_and_connected(api, standby, patient, perfusionist, now):
    product = {"product": "Red cells", "donation_id": "G1", "volume_ml": "250"}
    product["expires_at"] = text(now + timedelta(days=3))
    prime = {"kind": "blood", "fluid": "Balanced", "volume_ml": "400", "products": [product]}
    sample = {"sampled_at": text(now), "values": {"k": "8.2", "ica": "1.1", "ph": "7.3"}}
    run = running_vv(patient, perfusionist, at=now - timedelta(hours=2))

    primed = api(standby + "prime/", {**prime, "primed_at": text(now - timedelta(hours=1))})
    asked = api(standby + "chemistry/", sample)
    kept = api(standby + "chemistry/", {**sample, "confirmed": ["k"]})
    connected = api(standby + "connect/", {"run": str(run.public_id), "activated_at": text(now)})
    again = api(standby + "connect/", {"run": str(run.public_id), "activated_at": text(now)})

    assert primed[1]["faults"] == ["prime not verified", "chemistry not measured"]
    assert (asked[0], asked[1]["code"]) == (409, "needs_confirmation")
    assert kept[1]["prime"]["chemistries"][0]["standing"] == "stop"
    assert (connected[0], connected[1]["status"]) == (200, "in_use")
    assert (again[0], again[1]["code"]) == (409, "standby_is_over")
    assert run.alerts.open().filter(code="prime.outside_stop").exists()


def test_a_dry_circuit_has_no_chemistry_and_is_set_apart_with_a_reason(api, standby, now):
    nothing = api(standby + "chemistry/", {"sampled_at": text(now), "values": {"k": "4"}})
    apart = api(
        standby + "status/",
        {"status": "quarantined", "changed_at": text(now), "reason": "seal broken"},
    )
    listed = api("standby-circuits/")

    assert nothing[0] == 400
    assert apart[1]["status"] == "quarantined"
    assert listed[1]["count"] == 1


def test_a_checklist_is_begun_answered_and_closed(api, standby):
    begun = api(standby + "checklists/", {"kind": "priming"})
    here = f"checklists/{begun[1]['public_id']}/"
    answer = {"item": "battery", "answer": "measured", "value": "70"}

    asked = api(here + "answer/", answer)
    kept = api(here + "answer/", {**answer, "confirmed": ["value"]})
    closed = api(here + "end/", {})

    newest = {one["id"]: one["newest"] for one in kept[1]["items"]}
    assert (begun[0], asked[0], kept[0]) == (201, 409, 201)
    assert (newest["battery"]["value"], newest["battery"]["standing"]) == ("70", "caution")
    assert newest["zeroed"] is None
    assert closed[1]["ended_at"]
    assert api("checklists/")[1]["count"] == 1


def test_a_weekly_check_that_is_closed_sets_when_the_next_is_due(api, standby):
    before = Due.objects.open().get(kind="standby_look").anchor

    begun = api(standby + "checklists/", {"kind": "standby_weekly"})
    closed = api(f"checklists/{begun[1]['public_id']}/end/", {})

    assert closed[0] == 200
    assert Due.objects.open().get(kind="standby_look").anchor > before


def test_kit_is_ready_only_after_a_look(api, unit, now):
    body = {"kind": "cylinder", "label": "O2", "location": "Bay", "cylinder_size": "E"}
    made = api("kit/", {**body, "unit": str(unit.public_id)})
    look = {"is_good": True, "looked_at": text(now), "pressure_psi": "2000", "flow_l_min": "15"}

    looked = api(f"kit/{made[1]['public_id']}/look/", look)

    assert (made[0], made[1]["is_ready"], made[1]["look"]) == (201, False, None)
    assert (looked[1]["is_ready"], looked[1]["minutes"]) == (True, 37)


def test_kit_leaves_the_board_with_a_reason_and_is_gone_from_it(api, unit):
    crank = {"kind": "hand_crank", "label": "Crank", "location": "Bay"}
    made = api("kit/", {**crank, "unit": str(unit.public_id)})[1]
    address = f"kit/{made['public_id']}/retire/"

    silent, done, again = (
        api(address, {"reason": ""}),
        api(address, {"reason": "bent"}),
        api(address, {"reason": "bent"}),
    )

    assert (silent[0], done[0], again[0]) == (400, 200, 409)


def test_who_keeps_equipment_reads_what_it_owes_and_nothing_of_a_patient(
    api, client, standby, unit, patient, perfusionist
):
    running_vv(patient, perfusionist)
    keeper = member("eve", Role.EQUIPMENT, unit=unit)
    client.force_login(keeper)

    status, body = api("equipment-dues/")
    refused, _ = api("dues/")

    assert (status, refused) == (200, 403)
    assert {row["subject"] for row in body["results"]} == {standby.split("/")[1]}
    assert {row["run"] for row in body["results"]} == {None}


def test_an_incident_of_a_device_without_a_patient_names_it_by_its_label(api, unit, now):
    body = {
        "unit": str(unit.public_id),
        "part": {"model": {"kind": "console", "name": "Example console"}, "serial": "C-7"},
        "happened_at": text(now),
        "what": "No self-test.",
        "harm": "near_miss",
    }

    status, made = api("incidents/", body)
    both = api("incidents/", {**body, "component": str(unit.public_id)})

    assert (status, made["component"]["serial"]) == (201, "C-7")
    assert both[0] == 400


def test_an_adjunct_is_started_once_and_ended(api, patient, perfusionist, now):
    run = running_vv(patient, perfusionist, at=now - timedelta(hours=5))
    here = f"runs/{run.public_id}/adjuncts/"
    body = {"kind": "crrt", "started_at": text(now - timedelta(hours=2)), "connection": "pre_pump"}

    made = api(here, body)
    twice = api(here, body)
    ended = api(f"{here}{made[1]['public_id']}/end/", {"ended_at": text(now)})
    task = api(f"runs/{run.public_id}/tasks/", {"task": "flash", "done_at": text(now)})

    assert (made[0], twice[0], twice[1]["code"]) == (201, 409, "runs_already")
    assert ended[1]["minutes"] == 120
    assert (task[0], task[1]["code"]) == (409, "not_running")


def test_a_unit_in_which_one_may_not_do_that_is_refused(api, other_unit, now):
    body = {"label": "X", "location": "Y", "assembled_at": text(now)}

    status, told = api("standby-circuits/", {**body, "unit": str(other_unit.public_id)})

    assert (status, told["errors"][0]["parameter"]) == (400, "unit")
