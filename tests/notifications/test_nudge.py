"""The doorbell: rung after the commit, never waited for, left alone for a while when it is broken."""

import logging
import signal
import time

import pytest
from django.db import transaction

from notifications import nudge as doorbell
from notifications.nudge import Breaker, breaker, nudge


@pytest.fixture(autouse=True)
def unbroken():
    """Each test begins with a bell that is trusted and a line of its own."""
    breaker.reset()
    doorbell.hang_up()
    yield
    breaker.reset()
    doorbell.hang_up()


def rung(broker):
    """How many tasks wait in the broker."""
    with doorbell.line().channel() as channel:
        return channel.client.llen("celery")


def ring(times=1):
    """Commit a transaction with some nudges; return how long that took, in seconds."""
    began = time.monotonic()
    with transaction.atomic():
        for pk in range(times):
            nudge("notifications.deliver", pk)
    return time.monotonic() - began


def test_the_bell_rings_after_the_commit(transactional_db, broker):
    with transaction.atomic():
        nudge("notifications.deliver", 1)
        assert rung(broker) == 0

    assert rung(broker) == 1


def test_what_is_rolled_back_rings_nothing(transactional_db, broker):
    with transaction.atomic():
        nudge("notifications.deliver", 1)
        transaction.set_rollback(True)

    assert rung(broker) == 0


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL], ids=["frozen", "dead"])
def test_a_broker_that_does_not_answer_is_waited_for_once(transactional_db, broker, how, caplog):
    ring()
    broker.signal(how)

    assert ring(times=20) < 1.5
    assert breaker.is_open
    assert ring(times=20) < 0.1
    assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1


def test_the_bell_is_tried_again_after_the_pause(transactional_db, broker):
    broker.signal(signal.SIGSTOP)
    ring()
    broker.signal(signal.SIGCONT)
    breaker.reset()

    ring()

    assert rung(broker) >= 1
    assert not breaker.is_open


def test_a_slow_broker_counts_as_broken(transactional_db, broker, monkeypatch):
    monkeypatch.setattr(doorbell, "SLOW_S", 0.0)

    ring()

    assert breaker.is_open


def test_a_breaker_closes_by_itself():
    short = Breaker(pause_s=0.0)
    short.trip()

    assert not short.is_open
