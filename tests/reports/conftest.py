import pytest

from tests.factories import PatientFactory
from tests.reports.situations import ended_run, whole_run


@pytest.fixture
def told(patient, specialist):
    """A run of the one patient, told wholly."""
    return whole_run(patient, specialist)


@pytest.fixture
def bare(unit, specialist):
    """A run of another patient, of which little was told."""
    return ended_run(PatientFactory(unit=unit, mrn="M2", family_name="Finch"), specialist)
