"""The cast is what it says it is."""

from accounts.permissions import Permission
from accounts.queries import may, may_anywhere
from patients.models import Run
from tests.factories import NOON


def test_the_split_person_records_in_one_unit_and_only_looks_in_the_other(
    split_person, unit, other_unit
):
    assert may(split_person, Permission.CHECK_RECORD, unit=other_unit, at=NOON)
    assert not may(split_person, Permission.CHECK_RECORD, unit=unit, at=NOON)
    assert may(split_person, Permission.PATIENT_VIEW, unit=unit, at=NOON)


def test_a_stranger_may_nothing(stranger, run):
    assert not may_anywhere(stranger, Permission.PATIENT_VIEW, NOON)
    assert not Run.objects.visible_to(stranger, NOON).exists()


def test_a_coordinator_works_in_every_unit_of_the_centre(coordinator, unit, other_unit):
    assert may(coordinator, Permission.ROSTER_EDIT, unit=unit, at=NOON)
    assert may(coordinator, Permission.ROSTER_EDIT, unit=other_unit, at=NOON)


def test_the_run_runs(run):
    assert run.is_running
