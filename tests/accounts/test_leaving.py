"""Who leaves is out at the next request: by date, by a role taken away, by a closed account."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.permissions import Role
from circuits.models import Check
from tests.cast import member
from tests.factories import NOON, PASSWORD, MembershipFactory
from tests.journeys.people import Person, machine
from tests.scenarios import running_vv

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


@pytest.fixture
def agency(unit):
    """A specialist whose contract ends in an hour."""
    user = member("ag", Role.SPECIALIST, unit=unit)
    user.memberships.update(valid_to=NOON + HOUR)
    return user


def page(run):
    return reverse("circuits:check-create", args=[run.public_id])


def api(run):
    return f"/api/v1/runs/{run.public_id}/checks/"


def test_an_agency_nurse_is_out_when_the_contract_ends(run, agency, clock):
    browser, app = Person(agency), machine(agency)
    form = browser.fills(page(run), checked_at="now", v_blood_flow="4.2")
    assert app.get(api(run)).status_code == 200

    clock.move_to(NOON + HOUR, tick=False)

    assert browser.opens(page(run)).status_code == 403
    assert browser.client.post(page(run), form).status_code == 403
    assert browser.opens(reverse("board")).status_code == 403
    assert app.get(api(run)).status_code == 403
    assert not Check.objects.exists()


def test_nobody_is_in_before_the_contract_begins(run, agency, clock):
    agency.memberships.update(valid_from=NOON + HOUR, valid_to=None)

    before = Person(agency).opens(page(run)).status_code
    clock.move_to(NOON + HOUR, tick=False)

    assert (before, Person(agency).opens(page(run)).status_code) == (403, 200)


def test_a_role_in_another_unit_keeps_nobody_in_this_one(run, agency, other_unit, clock):
    MembershipFactory(user=agency, role=Role.SPECIALIST, unit=other_unit)
    browser = Person(agency)
    assert browser.opens(page(run)).status_code == 200

    clock.move_to(NOON + HOUR, tick=False)

    assert browser.opens(page(run)).status_code == 404
    assert browser.opens(reverse("board")).status_code == 200


def test_a_lesser_role_that_stays_may_read_and_not_write(run, agency, unit, clock):
    MembershipFactory(user=agency, role=Role.OBSERVER, unit=unit)
    browser = Person(agency)

    clock.move_to(NOON + HOUR, tick=False)

    assert browser.opens(page(run)).status_code == 403
    assert browser.opens(reverse("circuits:check-list", args=[run.public_id])).status_code == 200


def test_a_closed_account_is_out_at_the_next_request(run, agency):
    browser, app = Person(agency), machine(agency)
    form = browser.fills(page(run), checked_at="now", v_blood_flow="4.2")

    agency.is_active = False
    agency.save(update_fields=["is_active"])

    assert browser.opens(page(run)).status_code == 302
    assert browser.client.post(page(run), form).status_code == 302
    assert app.get(api(run)).status_code == 401
    assert not Check.objects.exists()


def test_a_closed_account_cannot_sign_in(client, run, agency):
    agency.is_active = False
    agency.save(update_fields=["is_active"])

    client.post(reverse("account_login"), {"login": agency.username, "password": PASSWORD})

    assert client.get(reverse("board")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_session_lasts_a_shift_and_no_longer(run, agency, clock):
    agency.memberships.update(valid_to=None)
    browser = Person(agency)

    clock.move_to(NOON + 13 * HOUR, tick=False)

    assert browser.opens(page(run)).status_code == 302
