"""One ward for all tests of a module: each works on a copy, and what it writes is undone.

The rows are written once, in a transaction around the tests' own. So nothing in this folder may
need real transactions.
"""

from copy import deepcopy

import pytest
import time_machine as clock
from django.db import transaction

from accounts.permissions import Role
from tests.cast import member
from tests.factories import NOON, CentreFactory, PatientFactory, UnitFactory
from tests.journeys.entries import Ward


@pytest.fixture(scope="module")
def prepared_ward(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.travel(NOON, tick=False):
            ward = _build()
        with django_db_blocker.block():
            yield ward
        transaction.set_rollback(True)


def _build():
    centre = CentreFactory(code="north", name="North", elso_number="9001")
    unit = UnitFactory(centre=centre, code="icu", name="Adult intensive care")
    patient = PatientFactory(unit=unit, mrn="M1", family_name="Canary", given_name="Wren", bed="7")
    return Ward(patient, unit, member("sam", Role.SPECIALIST, unit=unit))


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def ward(prepared_ward, db):
    return deepcopy(prepared_ward)


@pytest.fixture
def patient(ward):
    return ward.patient


@pytest.fixture
def unit(ward):
    return ward.unit


@pytest.fixture
def centre(ward):
    return ward.unit.centre


@pytest.fixture
def specialist(ward):
    return ward.by
