"""The cast: who works where, and the one patient on ECMO. Fixtures of every test."""

import pytest

from accounts.permissions import Role
from tests.factories import (
    LONG_AGO,
    CentreFactory,
    MembershipFactory,
    ModeSegmentFactory,
    PatientFactory,
    RunFactory,
    UnitFactory,
    UserFactory,
    WeightEntryFactory,
)


@pytest.fixture
def centre(db):
    return CentreFactory(code="north", name="North", elso_number="9001")


@pytest.fixture
def unit(centre):
    return UnitFactory(centre=centre, code="icu", name="Adult intensive care")


@pytest.fixture
def other_unit(centre):
    return UnitFactory(centre=centre, code="picu", name="Children's intensive care")


def member(username, role, *, unit=None, centre=None):
    """A user with one role, in a unit or (without one) in a whole centre."""
    user = UserFactory(username=username, first_name=username.title(), last_name=role.title())
    centre = centre or unit.centre
    MembershipFactory(user=user, role=role, unit=unit, centre=centre, valid_from=LONG_AGO)
    return user


@pytest.fixture
def specialist(unit):
    return member("sam", Role.SPECIALIST, unit=unit)


@pytest.fixture
def nurse(unit):
    return member("noor", Role.NURSE, unit=unit)


@pytest.fixture
def perfusionist(unit):
    return member("pia", Role.PERFUSIONIST, unit=unit)


@pytest.fixture
def physician(unit):
    return member("fay", Role.PHYSICIAN, unit=unit)


@pytest.fixture
def coordinator(centre):
    return member("cleo", Role.COORDINATOR, centre=centre)


@pytest.fixture
def director(centre):
    return member("dana", Role.DIRECTOR, centre=centre)


@pytest.fixture
def registry_manager(centre):
    return member("reza", Role.REGISTRY, centre=centre)


@pytest.fixture
def administrator(centre):
    return member("ada", Role.ADMINISTRATOR, centre=centre)


@pytest.fixture
def lab_interface(centre):
    return member("lab", Role.INTERFACE, centre=centre)


@pytest.fixture
def observer(unit):
    return member("olu", Role.OBSERVER, unit=unit)


@pytest.fixture
def stranger(db):
    """Somebody with a login and no membership anywhere."""
    return UserFactory(username="stig", first_name="Stig", last_name="Stranger")


@pytest.fixture
def split_person(unit, other_unit):
    """A specialist in `other_unit` who only observes in `unit`: the test of every guard."""
    user = member("kim", Role.SPECIALIST, unit=other_unit)
    MembershipFactory(user=user, role=Role.OBSERVER, unit=unit)
    return user


@pytest.fixture
def patient(unit):
    return PatientFactory(unit=unit, mrn="M1", family_name="Canary", given_name="Wren", bed="7")


@pytest.fixture
def run(patient, specialist):
    """An adult on V-V for two days at NOON: 80 kg, mode known."""
    run = RunFactory(patient=patient, entered_by=specialist)
    ModeSegmentFactory(run=run)
    WeightEntryFactory(run=run)
    return run
