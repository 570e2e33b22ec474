"""Centres, units, users and roles: how a programme is set up."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import (
    choose_theme,
    give_role,
    make_user,
    open_centre,
    open_unit,
    take_role,
)
from accounts.models import Centre, Membership, Theme
from accounts.permissions import Role
from tests.factories import NOON, UnitFactory

pytestmark = pytest.mark.django_db


def test_a_centre_a_unit_and_a_login_are_made_and_a_role_is_given():
    centre = open_centre(code="west", name="West", timezone="Europe/Oslo", by=None, at=NOON)
    unit = open_unit(centre=centre, code="icu", name="ICU", by=None, at=NOON)
    user = make_user(username="wanda", password="secret words", by=None, at=NOON)

    given = give_role(user=user, role=Role.NURSE, centre=centre, unit=unit, by=None, at=NOON)

    assert user.check_password("secret words")
    assert list(Membership.objects.current(NOON)) == [given]


def test_a_centre_in_a_time_zone_that_is_none_is_refused():
    with pytest.raises(ValidationError):
        open_centre(code="west", name="West", timezone="Europe/Osl", by=None, at=NOON)

    assert not Centre.objects.exists()


def test_a_user_without_a_password_cannot_sign_in():
    user = make_user(username="wanda", password=None, by=None, at=NOON)

    assert not user.has_usable_password()
    assert not user.check_password("")


def test_a_role_in_a_unit_of_another_centre_is_refused(centre, stranger):
    elsewhere = UnitFactory()

    with pytest.raises(ValidationError, match="another centre"):
        give_role(user=stranger, role=Role.NURSE, centre=centre, unit=elsewhere, by=None, at=NOON)

    assert not Membership.objects.exists()


def test_a_role_that_is_taken_ends_and_stays_on_record(specialist, administrator):
    membership = specialist.memberships.get()

    take_role(membership=membership, by=administrator, at=NOON, reason="left the unit")

    assert membership in Membership.objects.current(NOON - timedelta(minutes=1))
    assert membership not in Membership.objects.current(NOON)


def test_a_chosen_display_is_remembered(specialist):
    choose_theme(user=specialist, theme=Theme.NIGHT, by=specialist, at=NOON)

    specialist.refresh_from_db()
    assert specialist.theme == Theme.NIGHT
