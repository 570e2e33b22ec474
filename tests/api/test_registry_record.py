"""What the registry would be told of a run, through the API."""


def path(run):
    return f"/api/v1/runs/{run.public_id}/registry-record/"


def test_the_record_shows_fields_with_their_source_and_what_is_missing(api, coordinator, run):
    answer = api(coordinator).get(path(run))

    assert answer.status_code == 200
    body = answer.json()
    fields = {row["field"]: row for row in body["record"]}
    assert fields["weight_kg"] == {
        "field": "weight_kg",
        "value": 80,
        "unit": "kg",
        "source": "run.weight_kg",
    }
    assert "primary_diagnosis" in body["mandatory"]["missing"]
    assert body["is_exportable"] is False


def test_a_specialist_has_no_right_to_the_record(sam, run):
    assert sam.get(path(run)).status_code == 403
