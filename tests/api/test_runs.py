"""Patients and runs through the API: from admission to outcome."""

from datetime import timedelta
from uuid import uuid4

import pytest

from patients.models import Patient, Run
from tests.factories import NOON

RUNS, PATIENTS = "/api/v1/runs/", "/api/v1/patients/"


def hours_ago(hours):
    return (NOON - timedelta(hours=hours)).isoformat()


@pytest.fixture
def admitted(sam, unit):
    body = {"unit": str(unit.public_id), "mrn": "M77", "family_name": "Fjeld", "bed": "3"}
    return sam.post(PATIENTS, body).json()


def test_a_patient_is_admitted_found_and_corrected(sam, admitted):
    page = f"{PATIENTS}{admitted['public_id']}/"

    assert sam.get(PATIENTS, {"search": "fje"}).json()["results"] == [admitted]
    assert sam.get(PATIENTS, {"mrn": "m77"}).json()["count"] == 1
    without = sam.patch(page, {"given_name": "Ane"})
    corrected = sam.patch(page, {"given_name": "Ane", "reason": "was missing"})

    assert without.status_code == 400
    assert corrected.json()["given_name"] == "Ane"
    assert sam.get(page).json()["given_name"] == "Ane"


def test_a_taken_mrn_is_refused_with_what_to_do(sam, admitted, unit):
    body = {"unit": str(unit.public_id), "mrn": "M77", "family_name": "Other"}

    answer = sam.post(PATIENTS, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "mrn_taken")
    assert "Search for the MRN" in answer.json()["detail"]


@pytest.mark.parametrize(
    "name",
    ["<b onload=alert(1)>", "🫀 Ærø-Ünal", "N" * 200],
    ids=["HTML", "emoji", "200 characters"],
)
def test_any_name_is_kept_as_it_is(sam, unit, name):
    body = {"unit": str(unit.public_id), "mrn": "M9", "family_name": name}

    assert sam.post(PATIENTS, body).json()["family_name"] == name


def test_a_longer_name_is_refused(sam, unit):
    body = {"unit": str(unit.public_id), "mrn": "M9", "family_name": "N" * 201}

    assert sam.post(PATIENTS, body).status_code == 400
    assert not Patient.objects.exists()


def test_flow_on_needs_a_patient_and_a_time(sam, admitted):
    mine = str(uuid4())

    answer = sam.post(
        RUNS, {"patient": admitted["public_id"], "started_at": hours_ago(3), "public_id": mine}
    )

    body = answer.json()
    assert answer.status_code == 201, body
    assert (body["public_id"], body["run_no"], body["mode"]) == (mine, 1, "unknown")
    assert body["hours"] == {
        "minutes": 180,
        "exact": "3:00",
        "hours": 3.0,
        "hours_rounded": 3,
        "by_month": {"2026-03": {"minutes": 180, "exact": "3:00"}},
        "wall_clock_exact": "3:00",
    }
    assert body["modes"]["covers_run"] is True
    owed = sam.get(f"{RUNS}{mine}/dues/").json()["results"]
    assert {(due["kind"], due["is_overdue"]) for due in owed} == {
        ("check", True),
        ("mode", True),
        ("weight", True),
        ("cannulas", True),
        ("components_udi", False),
        ("tip_position", False),
        ("emergency_plan", False),
    }


def test_a_second_running_run_is_refused(sam, run):
    answer = sam.post(RUNS, {"patient": str(run.patient.public_id), "started_at": hours_ago(1)})

    assert (answer.status_code, answer.json()["code"]) == (409, "second_running_run")
    assert Run.objects.count() == 1


def test_flow_on_in_the_future_is_refused(sam, admitted):
    body = {"patient": admitted["public_id"], "started_at": hours_ago(-1)}

    assert sam.post(RUNS, body).json()["code"] == "in_the_future"


def test_an_unknown_patient_is_not_found(sam, unit):
    answer = sam.post(RUNS, {"patient": str(uuid4()), "started_at": hours_ago(1)})

    assert answer.status_code == 404


def test_a_run_is_filled_in_ended_and_its_outcome_told(sam, run):
    here = f"{RUNS}{run.public_id}/"
    sam.post(here + "modes/", {"mode": "VA", "starts_at": hours_ago(24)})
    sam.post(here + "weights/", {"weight_kg": "82", "basis": "dry", "measured_at": hours_ago(2)})
    cannula = sam.post(
        here + "cannulas/",
        {
            "site": "femoral_v",
            "side": "R",
            "purpose": "drainage",
            "size_fr": "25",
            "inserted_at": hours_ago(48),
        },
    ).json()
    tip = sam.post(f"{here}cannulas/{cannula['public_id']}/tip/", {"tip_position": "T10"})
    out = sam.post(
        f"{here}cannulas/{cannula['public_id']}/remove/",
        {"removed_at": hours_ago(0), "reason": "elective_decannulation"},
    )
    ended = sam.post(here + "end/", {"ended_at": hours_ago(1), "end_reason": "expected_recovery"})
    unknown = sam.get(here + "outcome/")
    outcome = sam.put(here + "outcome/", {"discharged_alive": True})

    assert tip.json()["tip_position"] == "T10"
    assert out.json()["removed_at"] == "2026-03-02T12:00:00Z"
    assert ended.status_code == 200
    body = ended.json()
    assert (body["is_running"], body["hours"]["exact"]) == (False, "47:00")
    assert [segment["exact"] for segment in body["modes"]["segments"]] == ["24:00", "23:00"]
    assert body["weight"]["weight_kg"] == "82"
    assert body["age"] == {"group": "adult", "days": 16723, "years": 45}
    assert unknown.status_code == 404
    assert outcome.json()["discharged_alive"] is True
    assert sam.get(here + "outcome/").json() == outcome.json()
    assert sam.get(RUNS, {"is_running": "true"}).json()["count"] == 0


def test_facts_of_a_run_are_merged(sam, run):
    here = f"{RUNS}{run.public_id}/facts/"
    sam.patch(here, {"registry_facts": {"trauma": False}})

    answer = sam.patch(here, {"height_cm": "181", "registry_facts": {"pregnancy": False}})

    assert answer.json()["registry_facts"] == {"trauma": False, "pregnancy": False}
    assert answer.json()["height_cm"] == "181"


def test_what_the_database_refuses_is_said_in_words(sam, run):
    cannulas = f"{RUNS}{run.public_id}/cannulas/"
    body = {"site": "femoral_v", "purpose": "drainage", "inserted_at": hours_ago(2)}

    answer = sam.post(cannulas, {**body, "size_fr": 61})

    assert (answer.status_code, answer.json()["code"]) == (409, "impossible")
    assert "size possible" in answer.json()["detail"]


def test_what_happened_on_the_way_is_kept(sam, run):
    here = f"{RUNS}{run.public_id}/"
    complication = sam.post(
        here + "complications/",
        {"code": "203", "label": "Surgical site bleeding", "occurred_at": hours_ago(4)},
    ).json()
    bleeding = sam.post(
        here + "bleedings/", {"grade": 3, "site": "mediastinum", "starts_at": hours_ago(4)}
    ).json()
    product = sam.post(
        here + "blood-products/",
        {
            "product": "red_cells",
            "volume_ml": 320,
            "given_to": "patient",
            "started_at": hours_ago(3),
        },
    ).json()
    diagnosis = sam.post(
        here + "diagnoses/", {"icd10": "J80", "label": "ARDS", "is_primary": True}
    ).json()

    withdrawn = sam.post(
        f"{here}complications/{complication['public_id']}/withdraw/", {"reason": "other patient"}
    )
    stopped = sam.post(f"{here}bleedings/{bleeding['public_id']}/end/", {"ends_at": hours_ago(1)})

    assert withdrawn.json()["withdrawn_at"] == "2026-03-02T12:00:00Z"
    assert stopped.json()["ends_at"] == "2026-03-02T11:00:00Z"
    assert (product["volume_ml"], product["unit"]) == ("320", "mL")
    assert diagnosis["is_primary"] is True
    for name in ("complications", "bleedings", "blood-products", "diagnoses"):
        assert sam.get(f"{here}{name}/").json()["count"] == 1
