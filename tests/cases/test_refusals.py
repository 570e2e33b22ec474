"""What the product refuses is told, and hides nothing else."""

import json

import pytest

from ecmo.cases.replaying import replay
from tests.cases.test_reference_cases import PATHS


@pytest.fixture
def case():
    return json.loads(PATHS[-1].read_text(encoding="utf-8"))


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_refused_is_told_once_and_all_that_hangs_on_it_fails(case):
    case["runs"][0]["height_cm"] = 99999
    case["other_patients"] = [{**case["patient"], "mrn": "X1", "family_name": "Other"}]

    outcome = replay(case)

    refused = {failure.what: failure.found for failure in outcome.failures}
    assert "400" in refused["event run 1 flow on"]
    assert refused["event run 1 check k001"] == "1/run was not accepted before"
    assert refused["run 1 support"] == "1/run was not accepted before"
    assert not any(what.startswith("event patient") for what in refused)
    assert outcome.held  # messages are answered whether there is a run or not
