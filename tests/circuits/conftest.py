"""Here a run is one that the actions started: with limits, and with what it owes."""

import pytest

from tests.scenarios import running_vv


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)
