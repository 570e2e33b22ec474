"""Referrals and episodes through the API: from the call to follow-up, each in the row's unit."""

from datetime import timedelta

import pytest

from audit.models import Access
from patients.models import Patient, Referral
from tests.cast import member
from tests.factories import NOON
from web.problems import PROBLEM_JSON

HOUR = timedelta(hours=1)
HERE = "/api/v1/referrals/"
DECLINE = {"reason": "too_well", "advice": "Prone, then call again."}


def when(delta=timedelta(0)):
    return (NOON + delta).isoformat()


def refused(answer):
    assert answer["content-type"] == PROBLEM_JSON
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def call(unit):
    """The least that is known of a call."""
    return {"unit": str(unit.public_id), "call_back": "555 1", "called_at": when(-HOUR)}


@pytest.fixture
def here(fay, call):
    """A referral's address."""
    return f"{HERE}{fay.post(HERE, call).json()['public_id']}/"


def step(client, here, to, **told):
    return client.post(here + "steps/", {"to": to, "happened_at": when(), **told})


@pytest.fixture
def ended(api, physician, run):
    """The address of a run whose flow is off and whose cannulas are out."""
    at = f"/api/v1/runs/{run.public_id}/"
    fay = api(physician)
    fay.post(at + "end/", {"ended_at": when(-HOUR), "end_reason": "expected_recovery"})
    fay.post(at + "steps/", {"to": "post_ecls", "happened_at": when(-HOUR)})
    return at


def test_a_referral_is_kept_once_and_filled_bit_by_bit(fay, call):
    first = fay.post(HERE, call, headers={"Idempotency-Key": "r"})
    again = fay.post(HERE, call, headers={"Idempotency-Key": "r"})
    here = f"{HERE}{first.json()['public_id']}/"

    more = fay.patch(here, {"weight_kg": "92.5", "had_arrest": True, "diagnosis": "ARDS"})
    slip = fay.patch(here, {"weight_kg": "9200"})
    nobody = fay.patch(here, {"call_back": "   "})
    misspelt = fay.patch(here, {"wieght_kg": "92"})

    assert (first.status_code, again.status_code, Referral.objects.count()) == (201, 200, 1)
    assert first.json()["waits_for"]["kind"] == "acknowledge"
    assert first.json()["weight_kg"] is None
    assert (more.json()["weight_kg"], more.json()["had_arrest"]) == ("92.5", True)
    assert more.json()["call_back"] == "555 1"
    assert [one.status_code for one in (slip, nobody, misspelt)] == [400] * 3
    assert fay.get(HERE, {"is_open": True}).json()["count"] == 1
    assert fay.get(HERE, {"is_open": False}).json()["count"] == 0


def test_a_watched_patient_is_looked_at_again_accepted_and_on_flow(fay, here):
    too_soon = step(fay, here, "accepted", facts={"physicians": "Fay, Max"})
    step(fay, here, "triage")
    no_time = step(fay, here, "watch")
    watched = step(fay, here, "watch", review_at=when(2 * HOUR))
    waits = fay.get(here).json()["waits_for"]
    step(fay, here, "candidate")
    alone = step(fay, here, "accepted", facts={"physicians": "Fay"})
    accepted = step(fay, here, "accepted", facts={"physicians": "Fay, Max"})
    on = fay.post(here + "flow-on/", {"started_at": when()})

    assert refused(too_soon) == (409, "step_refused")
    assert refused(no_time) == (409, "step_incomplete")
    assert (watched.status_code, waits["kind"], waits["due_at"][:16]) == (
        201,
        "re_review",
        "2026-03-02T14:00",
    )
    assert refused(alone) == (409, "needs_physicians")
    assert "consent" in {item["code"] for item in accepted.json()["owed"]}
    assert (on.status_code, on.json()["state"]) == (201, "supporting")
    run = fay.get(f"/api/v1/runs/{on.json()['run']}/episode/").json()
    assert (run["state"], run["referral"]) == ("supporting", on.json()["public_id"])
    assert {one["to"] for one in run["next"]} >= {"weaning_trial", "withdrawn", "died"}


def test_declining_needs_reason_and_advice_and_can_be_taken_back(fay, here):
    bare = step(fay, here, "triage") and step(fay, here, "declined")
    unknown = step(fay, here, "declined", facts={**DECLINE, "reason": "hunch"})
    misspelt = step(fay, here, "declined", facts={**DECLINE, "advise": "x"})
    declined = step(fay, here, "declined", facts=DECLINE)
    back = fay.post(here + "steps/take-back/", {"reason": "wrong patient"})

    assert {one["parameter"] for one in bare.json()["errors"]} == {"reason", "advice"}
    assert refused(unknown) == (400, "unknown_reason")
    assert misspelt.status_code == 400
    assert declined.json()["reason"] == "Conventional treatment not exhausted"
    assert back.json()["takes_back"] == declined.json()["public_id"]
    assert fay.get(here).json()["state"] == "triage"
    assert [one["is_taken_back"] for one in fay.get(here + "steps/").json()["results"]][:2] == [
        False,
        True,
    ]


def test_the_log_is_written_and_the_clock_goes_with_the_next_coordinator(fay, here, coordinator):
    said = fay.post(here + "log/", {"text": "Prone since 9.", "happened_at": when()})
    given = fay.post(
        here + "hand-over/", {"to": str(coordinator.public_id), "text": "Wait for the gas."}
    )
    nobody = fay.post(here + "hand-over/", {"to": str(NOBODY), "text": "x"})

    assert said.json()["kind"] == "call"
    assert given.json()["owner"]["public_id"] == str(coordinator.public_id)
    assert given.json()["waits_for"]["kind"] == "acknowledge"
    assert nobody.status_code == 400
    assert [one["kind"] for one in fay.get(here + "log/").json()["results"]] == ["handover", "call"]


NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_referred_patient_is_found_by_the_mrn_and_a_slip_is_refused(fay, here, patient):
    slip = fay.post(here + "patient/", {"mrn": "M1", "family_name": "Robin"})
    named = fay.post(here + "patient/", {"mrn": "M1", "family_name": "Canary"})

    assert refused(slip) == (409, "another_patient")
    assert named.json()["patient"] == str(patient.public_id)
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("physician", [200, 201, 201, 201]),
        ("nurse", [200, 201, 403, 403]),
        ("specialist", [200, 201, 201, 403]),
        ("observer", [200, 403, 403, 403]),
        ("split_person", [200, 403, 403, 403]),
        ("stranger", [403, 403, 403, 403]),
    ],
)
def test_each_step_asks_for_its_right_in_the_unit_of_the_referral(
    request, api, fay, call, here, who, statuses
):
    client = api(request.getfixturevalue(who))

    read = client.get(here)
    recorded = client.post(HERE, call)
    taken_on = step(client, here, "triage")
    step(fay, here, "triage")
    declined = step(client, here, "declined", facts=DECLINE)

    assert [one.status_code for one in (read, recorded, taken_on, declined)] == statuses


def test_a_referral_of_another_unit_is_not_there_and_a_reading_is_kept(
    api, fay, here, other_unit, physician
):
    elsewhere = api(member("otto", "physician", unit=other_unit))
    fay.get(here)

    assert elsewhere.get(here).status_code == 404
    assert step(elsewhere, here, "triage").status_code == 404
    assert elsewhere.get(HERE).json()["count"] == 0
    read = Access.objects.get(what="API: referrals retrieve")
    assert read.subject == here.split("/")[-2]


def test_death_keeps_its_checklist_and_a_held_circuit_is_let_go(fay, sam, run):
    here = f"/api/v1/runs/{run.public_id}/"
    nothing = fay.get(here + "end-of-life/")
    decided = fay.post(
        here + "end-of-life/withdrawal/", {"happened_at": when(-2 * HOUR), "decision": "No exit."}
    )
    dead = fay.post(
        here + "end-of-life/death/",
        {"died_at": when(-HOUR), "clamped_at": when(-HOUR), "coroner": "hold"},
        headers={"Idempotency-Key": "d"},
    )
    answered = sam.post(here + "end-of-life/", {"donation": "declined"})
    held = fay.get(here + "episode/").json()
    let_go = sam.post(here + "holds/release/", {"reason": "Coroner's officer, by phone"})

    assert nothing.status_code == 404
    assert decided.json()["decision"] == "No exit."
    assert dead.status_code == 201
    assert dead.json()["open_questions"][0] == "Has the donation team been asked?"
    assert answered.json()["open_questions"] == ["Who cares for the family?"]
    assert answered.json()["coroner"] == "hold"
    assert (held["state"], held["is_held"]) == ("died", True)
    assert let_go.json()["released_by"]["name"] == "Sam Specialist"
    assert refused(sam.post(here + "holds/release/", {"reason": "again"})) == (409, "not_held")
    assert fay.get(here + "holds/").json()["count"] == 1


def test_follow_up_is_planned_held_and_the_episode_closed(fay, sam, ended):
    early = sam.post(ended + "steps/", {"to": "closed", "happened_at": when()})
    planned = sam.post(ended + "steps/", {"to": "followup", "happened_at": when()})
    listed = sam.get("/api/v1/follow-up/").json()["results"]
    visits = ended + "visits/"
    extra = sam.post(visits, {"name": "Limb clinic", "planned_on": "2026-03-02"})
    visit = f"{visits}{extra.json()['public_id']}/"
    seen = sam.post(visit + "record/", {"seen_on": "2026-03-02", "result": "Walks unaided."})
    again = sam.post(visit + "record/", {"seen_on": "2026-03-02", "result": "Walks."})
    closed = sam.post(
        ended + "steps/", {"to": "closed", "happened_at": when(), "facts": {"reason": "moved"}}
    )

    assert refused(early) == (409, "step_incomplete")
    assert planned.status_code == 201
    assert listed[0]["next"]["name"] == "6 months after ECMO"
    assert seen.json()["result"] == "Walks unaided."
    assert refused(again) == (409, "seen_already")
    assert closed.json()["target"] == "closed"
    assert sam.get("/api/v1/follow-up/").json()["count"] == 0
    assert fay.get(ended + "episode/").json()["visits"][0]["result"] == "Walks unaided."


def test_a_step_of_a_run_is_taken_back_and_one_with_its_own_address_is_no_choice(sam, ended):
    sam.post(ended + "steps/", {"to": "followup", "happened_at": when()})

    back = sam.post(ended + "steps/take-back/", {"reason": "wrong bed"})
    elsewhere = sam.post(ended + "steps/", {"to": "died", "happened_at": when()})

    assert back.json()["target"] == "post_ecls"
    assert elsewhere.status_code == 400
