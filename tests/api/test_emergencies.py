"""Emergencies through the API, as an offline device sends them, and who may read what was said."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from circuits.models import Emergency
from tests.cast import member
from tests.scenarios import running_vv

pytestmark = pytest.mark.django_db
API = "/api/v1/emergencies/"


@pytest.fixture
def send(client):
    """Send JSON as somebody; answer the status and the body."""

    def send(who, path="", body=None, **headers):
        client.force_login(who)
        if body is None:
            answer = client.get(API + path)
        else:
            answer = client.post(API + path, body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    return send


def test_a_device_that_was_offline_brings_an_emergency_with_its_own_key_and_times(
    send, nurse, specialist, patient, unit
):
    now = timezone.now().replace(microsecond=0)
    run = running_vv(patient, specialist, at=now - timedelta(hours=4))
    key, began = str(uuid4()), now - timedelta(minutes=20)
    start = {
        "public_id": key,
        "unit": str(unit.public_id),
        "card": "gas_fail",
        "started_at": began.isoformat(),
    }

    status, made = send(nurse, "", start, **{"Idempotency-Key": key})
    again, _ = send(nurse, "", start, **{"Idempotency-Key": key})
    both, refused = send(nurse, "", {**start, "run": str(run.public_id)})
    named, shown = send(nurse, f"{key}/patient/", {"run": str(run.public_id)})
    line = {
        "kind": "drug",
        "text": "Adrenaline 1 mg IV",
        "occurred_at": (now - timedelta(minutes=12)).isoformat(),
    }
    noted, told = send(nurse, f"{key}/entries/", line)
    opened, card = send(nurse, f"{key}/cards/", {"card": "arrest"})
    ended, end = send(nurse, f"{key}/end/", {"ended_at": now.isoformat(), "harm": "no_harm"})

    assert (status, again, both, named, noted, opened, ended) == (201, 200, 400, 200, 201, 201, 200)
    assert (made["run"], shown["run"]) == (None, str(run.public_id))
    assert refused["code"] == "invalid"
    assert Emergency.objects.get().started_at == began
    assert told["timeline"][0]["text"] == "Adrenaline 1 mg IV"
    assert card["kind"] == "emergency_arrest"
    assert [one["kind"] for one in end["cards"]] == ["emergency_arrest", "emergency_gas_fail"]
    assert end["ended_by"]["public_id"] == str(nurse.public_id)


def test_what_was_said_afterwards_is_read_by_who_wrote_it_and_by_peer_review_only(
    send, nurse, specialist, coordinator, unit
):
    _, made = send(nurse, "", {"unit": str(unit.public_id)})
    key = made["public_id"]
    said = {"led_by": "Fay", "held_at": timezone.now().isoformat(), "to_fix": "Crank moved."}

    status, debrief = send(nurse, f"{key}/debrief/", said)

    assert (status, debrief["to_fix"], debrief["staff_ok"]) == (201, "Crank moved.", None)
    read = {who: send(who, f"{key}/debriefs/")[1] for who in (nurse, specialist, coordinator)}
    assert [len(rows) for rows in read.values()] == [1, 0, 1]


def test_an_emergency_of_a_patient_is_not_for_those_who_may_see_none(
    send, nurse, specialist, patient, unit, other_unit, stranger
):
    now = timezone.now()
    run = running_vv(patient, specialist, at=now - timedelta(hours=4))
    _, made = send(nurse, "", {"run": str(run.public_id)})
    engineer = member("eddi", "equipment", unit=unit)

    answers = {
        who.username: send(who, f"{made['public_id']}/")[0] for who in (nurse, engineer, stranger)
    }
    elsewhere, _ = send(nurse, "", {"unit": str(other_unit.public_id)})

    assert answers == {"noor": 200, "eddi": 404, "stig": 403}
    assert elsewhere == 400
