"""Trials, plans and journeys through the API."""

from datetime import timedelta

import pytest

from tests.factories import NOON
from web.actions import approve_document, draft_document
from web.problems import PROBLEM_JSON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def when(delta=timedelta(0)):
    return (NOON + delta).isoformat()


@pytest.fixture
def here(checks):
    """The run's address; it has its limits."""
    return checks.removesuffix("checks/")


def refused(answer):
    assert answer["content-type"] == PROBLEM_JSON
    return answer.status_code, answer.json()["code"]


def test_a_trial_goes_from_its_start_to_its_verdict(fay, here):
    trials = here + "weaning-trials/"
    begun = {"kind": "vv_sweep_off", "started_at": when(-3 * HOUR)}
    first = fay.post(trials, begun, headers={"Idempotency-Key": "t"})
    again = fay.post(trials, begun, headers={"Idempotency-Key": "t"})
    here_it_is = f"{trials}{first.json()['public_id']}/"

    step = {"stepped_at": when(-2 * HOUR), "sweep_gas_flow": "0", "fdo2": 40, "note": "calm"}
    stepped = fay.post(here_it_is + "step/", step)
    restored = fay.post(here_it_is + "restore/", {"restored_at": when()})
    judged = fay.post(here_it_is + "judge/", {"verdict": "passed", "next_plan": "out"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert [one["fdo2"] for one in stepped.json()["steps"]] == ["0.4"]
    assert restored.json()["restored_at"] == restored.json()["ended_at"]
    assert judged.json()["judged_by"]["name"] == "Fay Physician"
    assert fay.get(trials).json()["count"] == 1
    assert refused(fay.post(here_it_is + "end/", {"ended_at": when()})) == (409, "trial_has_ended")


def test_a_plan_that_does_not_fit_is_refused_and_a_fact_is_asked_back(fay, sam, here):
    begun = {"kind": "pcrto", "started_at": when(-MINUTE)}

    planned = fay.post(here + "weaning-trials/", begun)
    by_a_specialist = sam.post(here + "weaning-trials/", begun)
    asked = sam.post(here + "weaning-trials/", {**begun, "has_begun": True})
    told = {**begun, "has_begun": True, "confirmed": ["kind"]}
    recorded = sam.post(here + "weaning-trials/", told)

    assert refused(planned) == (409, "trial_does_not_fit")
    assert by_a_specialist.status_code == 403
    assert refused(asked) == (409, "needs_confirmation")
    assert recorded.json()["confirmed"] == "no_arterial_return"


def test_a_check_says_nothing_of_a_trial_and_belongs_to_the_one_that_goes_on(fay, here):
    fay.post(here + "weaning-trials/", {"kind": "vv_sweep_off", "started_at": when(-HOUR)})
    read = {"checked_at": when(-MINUTE), "values": {"sweep_gas_flow": "0"}}

    belongs = fay.post(here + "checks/", read)
    stands_alone = fay.post(here + "checks/", {**read, "trial": ""})

    assert belongs.json()["trial"] == "vv_sweep_off"
    assert refused(stands_alone) == (409, "needs_confirmation")


def test_targets_are_set_carried_and_withdrawn(fay, sam, here):
    targets = here + "targets/"
    fay.post(targets, {"key": "map", "low": "65", "high": "80"})
    fay.post(targets, {"key": "sedation", "words": "awake"})

    carried = fay.post(targets + "carry/", {"keys": ["map"]})
    gone = fay.post(f"{targets}{fay.get(targets).json()['results'][-1]['public_id']}/withdraw/")
    now = fay.get(targets + "now/").json()

    assert carried.json()[0]["carried_from"]
    assert gone.json()["is_withdrawn"]
    assert [(one["key"], one["unit"], one["is_stale"]) for one in now] in (
        [("map", "mm[Hg]", False)],
        [("sedation", "", False)],
    )
    assert refused(fay.post(targets, {"key": "map"})) == (422, "target_unclear")
    assert sam.post(targets, {"key": "map", "low": "65"}).status_code == 403


def test_an_emergency_plan_is_a_physicians(fay, here, physician, specialist):
    plan = {"ceiling": "limited", "words": "No second circuit.", "reviewed_at": when(-25 * HOUR)}

    kept = fay.post(here + "emergency-plans/", {**plan, "physician": physician.public_id})
    other = fay.post(here + "emergency-plans/", {**plan, "physician": specialist.public_id})

    assert (kept.status_code, kept.json()["is_stale"]) == (201, True)
    assert refused(other) == (409, "not_a_physician")
    assert fay.get(here + "emergency-plans/").json()["count"] == 1


def test_a_journey_goes_from_plan_to_stand_down(fay, here, centre, coordinator, director):
    body = {"items": [{"id": "clamps", "label": "Clamps"}]}
    listed = draft_document(
        centre=centre, kind="transport_before", body=body, by=coordinator, at=NOON - HOUR
    )
    approve_document(document=listed, valid_from=NOON - HOUR, by=director, at=NOON - HOUR)
    planned = fay.post(
        here + "transport-legs/",
        {"kind": "road", "from_place": "ICU", "to_place": "City", "planned_at": when(HOUR)}
        | {"journey_min": 18, "oxygen_flow": 15, "cylinders": [{"size": "E", "psi": 2000}]},
    )
    leg = f"{here}transport-legs/{planned.json()['public_id']}/"
    answer = {"kind": "transport_before", "subject": planned.json()["public_id"]}

    asked = fay.post(leg + "decide/", {"decision": "go"})
    tapped = fay.post(here + "checklist-answers/", {**answer, "item": "clamps", "answer": "done"})
    signed = fay.post(leg + "decide/", {"decision": "go"})
    left = fay.post(leg + "depart/", {"departed_at": when(-30 * MINUTE)})
    came = fay.post(leg + "arrive/", {"arrived_at": when()})
    closed = fay.post(leg + "stand-down/", {"confirmed": ["check"]})

    assert planned.json()["oxygen"] == {
        "litres": "560",
        "minutes": 37,
        "needed_min": 36,
        "is_enough": True,
    }
    assert refused(asked) == (409, "needs_confirmation")
    assert (tapped.status_code, tapped.json()["version"]) == (201, 1)
    assert [one.status_code for one in (signed, left, came, closed)] == [200] * 4
    assert closed.json()["closed_at"]
    assert refused(fay.post(leg + "call-off/", {"reason": "rain"})) == (409, "leg_is_over")
    assert fay.get(here + "checklist-answers/").json()["count"] == 1


def test_a_move_to_another_bed_shows_on_the_patient(sam, here, patient):
    moved = sam.post(here + "bed-moves/", {"to_bed": "9", "moved_at": when(-HOUR)})
    patient.refresh_from_db()

    assert (moved.json()["from_bed"], patient.bed) == ("7", "9")
