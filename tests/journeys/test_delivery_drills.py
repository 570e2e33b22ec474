"""What must not lose a message: a killed worker, a frozen or dead broker, two sweeps at once.

A real worker process, the real broker, a real mail server that can hold a dialogue open.
"""

import asyncio
import signal
import threading
import time
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connections
from django.utils import timezone

from circuits.actions.checks import record_check
from circuits.document import Typed
from launcher.processes import wait_until
from notifications import nudge as doorbell
from notifications.actions import queue_notification, sweep
from notifications.models import Notification, State
from tests.factories import PersonFactory, ShiftFactory
from tests.scenarios import running_vv

AFTER_THE_LAPSE = timedelta(minutes=6)
PATIENCE = 30  # seconds


@pytest.fixture(autouse=True)
def trusted_bell():
    doorbell.breaker.reset()
    doorbell.hang_up()
    yield
    doorbell.breaker.reset()
    doorbell.hang_up()


def owe(to, key="k"):
    return queue_notification(
        to=to, subject="Warning: bed 7, icu", text="See.", key=key, at=timezone.now()
    )


def state_of(notification):
    notification.refresh_from_db()
    return notification.state


def is_sent(*notifications):
    return wait_until(lambda: all(state_of(n) == State.SENT for n in notifications), PATIENCE)


def ids_of(smtp_server):
    return [mail["Message-ID"] for mail in smtp_server.messages]


def test_a_committed_message_is_sent_within_seconds(celery_worker_process, smtp_server, stranger):
    notification = owe(stranger)

    assert is_sent(notification)
    assert ids_of(smtp_server) == [notification.message_id]


def test_a_worker_killed_between_claim_and_send_loses_nothing(
    celery_worker_process, smtp_server, stranger
):
    reached, go_on = threading.Event(), threading.Event()

    async def hold_before_anything_is_taken(server, session, envelope, address, options):
        reached.set()
        await asyncio.get_running_loop().run_in_executor(None, go_on.wait)
        return "421 going down"

    smtp_server.handle_MAIL = hold_before_anything_is_taken
    notification = owe(stranger)
    assert reached.wait(PATIENCE)

    celery_worker_process.kill()
    go_on.set()
    del smtp_server.handle_MAIL

    assert state_of(notification) == State.SENDING
    assert smtp_server.messages == []
    assert sweep(timezone.now()) == 0
    assert sweep(timezone.now() + AFTER_THE_LAPSE) == 1
    assert ids_of(smtp_server) == [notification.message_id]


def test_a_worker_killed_after_the_server_took_it_sends_a_double_with_the_same_message_id(
    celery_worker_process, smtp_server, stranger
):
    smtp_server.hold()
    notification = owe(stranger)
    assert smtp_server.held.wait(PATIENCE)

    celery_worker_process.kill()
    smtp_server.let_go()

    assert state_of(notification) == State.SENDING
    assert sweep(timezone.now() + AFTER_THE_LAPSE) == 1
    assert ids_of(smtp_server) == [notification.message_id] * 2


def sweep_by_the_worker():
    """Ring as beat does each minute."""
    current_app.send_task("notifications.sweep")


def test_a_frozen_broker_delays_messages_and_loses_none(
    celery_worker_process, broker, smtp_server, stranger
):
    broker.signal(signal.SIGSTOP)
    owed = [owe(stranger, f"k{n}") for n in range(3)]
    time.sleep(2)
    assert all(state_of(n) == State.QUEUED for n in owed)

    broker.signal(signal.SIGCONT)
    sweep_by_the_worker()

    assert is_sent(*owed)
    assert sorted(ids_of(smtp_server)) == sorted(n.message_id for n in owed)


def test_a_killed_broker_that_forgot_everything_loses_no_message(
    celery_worker_process, broker, smtp_server, stranger
):
    broker.signal(signal.SIGKILL)
    owed = [owe(stranger, f"k{n}") for n in range(3)]

    broker.start()
    sweep_by_the_worker()

    assert is_sent(*owed)
    assert sorted(ids_of(smtp_server)) == sorted(n.message_id for n in owed)


def test_two_sweeps_at_once_send_each_message_once(transactional_db, smtp_server, stranger):
    owed = [owe(stranger, f"k{n}") for n in range(8)]
    at, start = timezone.now(), threading.Barrier(2)
    sent = []

    def one_sweep():
        start.wait()
        sent.append(sweep(at))
        connections.close_all()

    threads = [threading.Thread(target=one_sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(sent) == 8
    assert sorted(ids_of(smtp_server)) == sorted(n.message_id for n in owed)


@pytest.fixture
def watched_patient(transactional_db, patient, unit, specialist, nurse, perfusionist):
    """A patient on V-V, with three people at the bedside who are told."""
    now = timezone.now()
    for user in (specialist, nurse, perfusionist):
        ShiftFactory(person=PersonFactory(unit=unit, user=user), starts_at=now - timedelta(hours=1))
    return running_vv(patient, specialist, at=now - timedelta(hours=48))


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL], ids=["frozen", "dead"])
def test_saving_a_check_never_waits_for_the_broker(
    watched_patient, broker, smtp_server, specialist, how
):
    at = timezone.now()
    check(watched_patient, specialist, at - timedelta(minutes=30), p_drainage=-68)
    broker.signal(how)
    began = time.monotonic()

    check(watched_patient, specialist, at, p_drainage=-170)

    assert time.monotonic() - began < 1.5
    assert Notification.objects.count() == 3
    assert sweep(at) == 3


def check(run, by, at, **values):
    typed = Typed(checked_at=at, values={"blood_flow": "4.10", **values})
    record_check(run=run, typed=typed, by=by, at=at, confirmed=values)
