"""The database of the run, and a network that ends at this machine."""

import gc

import pytest
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests import databases
from tests.environment import SERVERS

# A busy machine is slow, not wrong.
settings.register_profile("ward", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ward")

pytest_plugins = ["tests.cast", "tests.mail", "tests.workers"]


def pytest_collection_finish():
    """What is imported by now stays: spare it the search for rubbish."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Start the private servers and copy a migrated database, connected to as the app role."""
    SERVERS.start()
    databases.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _start_afresh)
        yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop()


def _start_afresh(_case):
    """Give the next test a fresh copy: append-only tables refuse Django's own TRUNCATE."""
    connections.close_all()
    databases.recreate()
