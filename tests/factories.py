"""Rows, minimal and valid. Situations are built with the actions (tests/scenarios.py)."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from accounts.models import Centre, Membership, Unit, User
from accounts.permissions import Role
from patients.models import Mode, ModeSegment, Patient, Run, Sex, WeightBasis, WeightEntry
from patients.models.patient import search_key
from staffing.models import Duty, Person, Shift

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "a lantern over the ward"


class CentreFactory(DjangoModelFactory):
    class Meta:
        model = Centre

    code = factory.Sequence(lambda n: f"centre-{n}")
    name = factory.Sequence(lambda n: f"Centre {n}")
    elso_number = factory.Sequence(lambda n: f"{9000 + n}")
    timezone = "Europe/Oslo"


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    centre = factory.SubFactory(CentreFactory)
    code = factory.Sequence(lambda n: f"icu-{n}")
    name = factory.Sequence(lambda n: f"Intensive care {n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = factory.Sequence(lambda n: f"Given{n}")
    last_name = factory.Sequence(lambda n: f"Family{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory):
    """A role in one unit; `unit=None` with a centre is a role in the whole centre."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    centre = factory.LazyAttribute(lambda membership: membership.unit.centre)
    role = Role.SPECIALIST
    valid_from = LONG_AGO


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = Patient

    unit = factory.SubFactory(UnitFactory)
    centre = factory.LazyAttribute(lambda patient: patient.unit.centre)
    mrn = factory.Sequence(lambda n: f"MRN{n:06}")
    assigning_authority = "HOSP"
    family_name = factory.Sequence(lambda n: f"Canary{n}")
    given_name = "Robin"
    born_at = datetime(1980, 5, 17, tzinfo=UTC)
    sex = Sex.FEMALE
    bed = factory.Sequence(lambda n: f"B{n}")
    entered_at = NOON - timedelta(days=3)
    search = factory.LazyAttribute(
        lambda p: search_key(f"{p.family_name} {p.given_name} {p.mrn}"),
    )
    sort_key = factory.LazyAttribute(lambda p: search_key(f"{p.family_name} {p.given_name}"))


class RunFactory(DjangoModelFactory):
    class Meta:
        model = Run

    patient = factory.SubFactory(PatientFactory)
    unit = factory.SelfAttribute("patient.unit")
    run_no = 1
    support_type = "pulmonary"
    started_at = NOON - timedelta(days=2)
    entered_at = factory.SelfAttribute("started_at")
    entered_by = factory.SubFactory(UserFactory)


class ModeSegmentFactory(DjangoModelFactory):
    class Meta:
        model = ModeSegment

    run = factory.SubFactory(RunFactory)
    mode = Mode.VV
    starts_at = factory.SelfAttribute("run.started_at")
    entered_at = factory.SelfAttribute("run.started_at")
    entered_by = factory.SelfAttribute("run.entered_by")


class WeightEntryFactory(DjangoModelFactory):
    class Meta:
        model = WeightEntry

    run = factory.SubFactory(RunFactory)
    weight_kg = "80.000"
    basis = WeightBasis.ACTUAL
    measured_at = factory.SelfAttribute("run.started_at")
    entered_at = factory.SelfAttribute("run.started_at")
    entered_by = factory.SelfAttribute("run.entered_by")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    unit = factory.SubFactory(UnitFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda person: str(person.user))
    job = "ECMO specialist"
    phone = factory.Sequence(lambda n: f"+47 555 {n:05}")


class ShiftFactory(DjangoModelFactory):
    """A published shift of twelve hours, from eight."""

    class Meta:
        model = Shift

    person = factory.SubFactory(PersonFactory)
    unit = factory.SelfAttribute("person.unit")
    duty = Duty.BEDSIDE
    starts_at = NOON - timedelta(hours=4)
    ends_at = factory.LazyAttribute(lambda shift: shift.starts_at + timedelta(hours=12))
    published_at = factory.LazyAttribute(lambda shift: shift.starts_at - timedelta(days=7))
    published_by = factory.SubFactory(UserFactory)
    entered_at = factory.LazyAttribute(lambda shift: shift.starts_at - timedelta(days=8))
    entered_by = factory.SelfAttribute("published_by")
