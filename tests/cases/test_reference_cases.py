"""Each reference case, replayed through the REST API in process, whole."""

from pathlib import Path

import pytest

from ecmo.cases.loading import FOLDERS, load
from ecmo.cases.printing import report
from ecmo.cases.replaying import replay

FOLDER = next((folder for folder in FOLDERS if any(folder.glob("0*.json"))), Path())
PATHS = sorted(FOLDER.glob("0*.json"))


def test_the_six_cases_are_there():
    assert len(PATHS) >= 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_expectation_of_a_reference_case_holds(path):
    outcome = replay(load(path))

    assert not outcome.failures, "\n".join(report(outcome))
    assert outcome.held
