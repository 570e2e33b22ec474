"""Clients of the API: signed in by token, at one fixed moment."""

import pytest
import time_machine
from knox.models import AuthToken
from rest_framework.test import APIClient

from patients.actions.limits import set_starting_limits
from tests.factories import NOON

NOW = NOON


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def api():
    """Return a client that is signed in as somebody."""

    def as_user(user):
        _, token = AuthToken.objects.create(user=user)
        return APIClient(headers={"authorization": f"Token {token}"})

    return as_user


@pytest.fixture
def sam(api, specialist):
    return api(specialist)


@pytest.fixture
def fay(api, physician):
    return api(physician)


@pytest.fixture
def checks(run, specialist):
    set_starting_limits(run=run, mode="VV", by=specialist, at=run.started_at)
    return f"/api/v1/runs/{run.public_id}/checks/"
