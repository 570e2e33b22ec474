"""What the registry asks of a run, through the API: entries, blood, scores, the list of codes."""

import pytest

from tests.clinical.scores.told import RESP
from tests.factories import NOON, WeightEntryFactory

AT = (NOON).isoformat()
CREATED = {
    "procedures": {"kind": "pci", "performed_at": AT, "code": "92928"},
    "infections": {"organism": "E. coli", "site": "blood", "collected_at": AT},
    "family-entries": {"kind": "consent", "text": "Agreed.", "occurred_at": AT},
    "blood-draws": {"volume_ml": "1.2", "drawn_at": AT},
    "diagnoses": {"icd10": "J80", "label": "ARDS"},
    "blood-products": {
        "product": "plasma", "volume_ml": 200, "given_to": "patient", "started_at": AT,
    },
}  # fmt: skip


@pytest.mark.parametrize("what", CREATED)
def test_an_entry_is_made_listed_and_withdrawn(api, specialist, run, what):
    path = f"/api/v1/runs/{run.public_id}/{what}/"
    signed_in = api(specialist)

    made = signed_in.post(path, CREATED[what])
    gone = signed_in.post(f"{path}{made.json()['public_id']}/withdraw/", {"reason": "wrong bed"})

    assert (made.status_code, gone.status_code) == (201, 200)
    (row,) = signed_in.get(path).json()["results"]
    assert row["withdrawn_at"]


def test_a_code_of_a_procedure_is_a_number_without_words(api, specialist, run):
    path = f"/api/v1/runs/{run.public_id}/procedures/"

    answer = api(specialist).post(path, CREATED["procedures"] | {"code": "PCI"})

    assert answer.status_code == 400


def test_a_bag_of_the_prime_is_asked_back_and_then_counted_apart(api, specialist, run):
    path = f"/api/v1/runs/{run.public_id}/blood-products/"
    signed_in, bag = api(specialist), CREATED["blood-products"] | {"given_to": "circuit"}

    asked = signed_in.post(path, bag)
    taken = signed_in.post(path, bag | {"confirmed": ["identity"]})
    blood = signed_in.get(f"/api/v1/runs/{run.public_id}/blood/").json()

    assert asked.json()["code"] == "needs_confirmation"
    assert taken.status_code == 201
    assert blood["circuit_prime_ml"] == {"plasma": "200"}
    assert blood["days"] == []


def test_blood_is_told_per_kilogram(api, specialist, run):
    WeightEntryFactory(run=run)
    signed_in = api(specialist)
    signed_in.post(f"/api/v1/runs/{run.public_id}/blood-products/", CREATED["blood-products"])

    blood = signed_in.get(f"/api/v1/runs/{run.public_id}/blood/").json()

    assert (blood["weight_kg"], blood["total_ml_per_kg"]) == ("80", "2.5")


def answers(**changes):
    return {name: {"value": value} for name, value in {**RESP, **changes}.items()}


def test_a_score_is_worked_out_and_then_corrected(api, specialist, run):
    path, signed_in = f"/api/v1/runs/{run.public_id}/scores/", api(specialist)
    gas = {"value": "10.4", "unit": "kPa", "source": "radial line", "taken_at": AT}

    first = signed_in.post(path, {"score": "RESP", "inputs": answers()})
    second = signed_in.post(
        path,
        {
            "score": "RESP", "inputs": answers() | {"paco2_worst": gas},
            "corrects": first.json()["public_id"], "reason": "the gas was missed",
        },
    )  # fmt: skip

    assert (first.json()["total"], first.json()["band"]) == ("3", "II")
    assert (second.json()["total"], second.json()["corrects"]) == ("2", first.json()["public_id"])
    assert len(signed_in.get(path).json()["results"]) == 2


def test_a_score_that_cannot_be_worked_out_names_what_is_missing(api, specialist, run):
    path = f"/api/v1/runs/{run.public_id}/scores/"

    answer = api(specialist).post(path, {"score": "RESP", "inputs": answers(pip_worst=None)})

    assert answer.status_code == 409
    assert answer.json()["code"] == "score_refused"
    assert answer.json()["errors"][0]["parameter"] == "pip_worst"


def test_a_result_from_elsewhere_comes_with_its_source(api, specialist, run):
    path = f"/api/v1/runs/{run.public_id}/scores/"
    external = {"value": "21", "source": "the authors' calculator", "obtained_at": AT}

    answer = api(specialist).post(path, {"score": "REMEMBER", "external": external})

    assert answer.json()["band"] == "III"


def test_a_correction_of_another_runs_score_is_not_found(api, specialist, run):
    path = f"/api/v1/runs/{run.public_id}/scores/"
    body = {"score": "RESP", "inputs": answers(), "corrects": str(run.public_id), "reason": "x"}

    assert api(specialist).post(path, body).status_code == 404


def test_the_list_of_a_centre_is_imported_searched_and_refused_line_by_line(
    api, coordinator, centre
):
    path, signed_in = "/api/v1/diagnosis-codes/", api(coordinator)
    whose = {"centre": str(centre.public_id)}

    done = signed_in.post(path, whose | {"csv": "J80,ARDS\nI46.9,Cardiac arrest\n"})
    wrong = signed_in.post(path, whose | {"csv": "J80,ARDS\nnonsense,x\n"})
    found = signed_in.get(path, {"text": "arrest"}).json()["results"]

    assert (done.status_code, done.json()["added"]) == (201, 2)
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["parameter"] == "line 2"
    assert [row["code"] for row in found] == ["I46.9"]


def test_only_who_exports_to_the_registry_imports_a_list(api, specialist, coordinator, centre):
    path, body = "/api/v1/diagnosis-codes/", {"centre": str(centre.public_id), "csv": "J80,ARDS"}

    assert api(specialist).post(path, body).status_code == 403
    elsewhere = api(coordinator).post(
        path, body | {"centre": "00000000-0000-4000-8000-000000000000"}
    )
    assert elsewhere.status_code == 400


def test_follow_up_has_a_date_and_a_line(api, specialist, run):
    path = f"/api/v1/runs/{run.public_id}/outcome/"

    api(specialist).put(path, {"follow_up_at": AT, "follow_up_result": "Walks unaided."})

    assert api(specialist).get(path).json()["follow_up_result"] == "Walks unaided."
