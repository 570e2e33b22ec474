"""Who the patient is: admitted, corrected, moved."""

from datetime import timedelta

import pytest

from patients.actions.patient import MrnTaken, admit_patient, correct_patient, move_to_bed
from patients.actions.times import InTheFuture
from patients.models import Patient
from tests.factories import NOON


def test_an_mrn_is_one_patient(patient, unit, nurse):
    with pytest.raises(MrnTaken, match="Search for the MRN"):
        admit_patient(unit=unit, mrn=" M1 ", family_name="Finch", by=nurse, at=NOON)

    assert Patient.objects.count() == 1


def test_nobody_is_born_tomorrow(patient, unit, nurse):
    tomorrow = NOON + timedelta(days=1)

    with pytest.raises(InTheFuture):
        admit_patient(unit=unit, mrn="M2", family_name="Finch", born_at=tomorrow, by=nurse, at=NOON)
    with pytest.raises(InTheFuture):
        correct_patient(patient=patient, born_at=tomorrow, by=nurse, at=NOON, reason="typed")


def test_a_corrected_name_is_found_and_the_old_one_is_not(patient, nurse):
    correct_patient(patient=patient, family_name="Åslund", by=nurse, at=NOON, reason="misspelt")

    patient.refresh_from_db()
    assert "aslund" in patient.search
    assert "canary" not in patient.search


def test_a_patient_moved_to_another_bed_lies_there(patient, nurse):
    move_to_bed(patient=patient, bed=" 12 ", by=nurse, at=NOON)

    patient.refresh_from_db()
    assert patient.bed == "12"
