"""The pulse of worker and clock: silence must be visible."""

import pytest
from celery.beat import ScheduleEntry
from celery.schedules import schedule

from ecmo.beat import HEARTBEAT, Scheduler
from ecmo.celery import app
from launcher.processes import wait_until
from notifications.models import Heartbeat
from notifications.tasks import heartbeat


def has_beaten(name):
    return Heartbeat.objects.filter(name=name).exists()


@pytest.fixture
def clock(tmp_path):
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "beat"))
    yield scheduler
    scheduler.close()


def test_a_worker_that_takes_work_shows_its_pulse(celery_worker_process):
    assert not has_beaten("worker")

    heartbeat.delay()

    assert wait_until(lambda: has_beaten("worker"), 20)


def test_the_clock_notes_its_pulse_before_it_sends(transactional_db, broker, clock):
    clock.apply_async(clock.schedule["heartbeat"])

    assert has_beaten("beat")
    assert not has_beaten("worker")


def test_other_work_is_no_pulse(transactional_db, broker, clock):
    other = ScheduleEntry(name="sweep", task="notifications.sweep", schedule=schedule(60), app=app)

    clock.apply_async(other)

    assert not has_beaten("beat")


def test_the_beat_table_holds_the_heartbeat():
    assert HEARTBEAT in {entry["task"] for entry in app.conf.beat_schedule.values()}
