"""Alive and ready, as a load balancer and the demo ask."""

import signal
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ecmo import health
from notifications.models import Heartbeat


@pytest.fixture
def beating(db):
    for name in ("worker", "beat"):
        Heartbeat.objects.create(name=name, beat_at=timezone.now())


def test_an_answering_process_is_alive(client):
    assert client.get(reverse("healthz")).content == b"alive\n"


def test_all_parts_working_is_ready(client, broker, beating):
    answer = client.get(reverse("readyz"))

    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "history": "ok",
        "broker": "ok",
        "worker": "ok",
        "beat": "ok",
    }
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_part_that_never_beat_is_not_ready(client, broker, beating, name):
    Heartbeat.objects.get(name=name).delete()

    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()[name]) == (503, "never seen")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_part_that_fell_silent_is_not_ready(client, broker, beating, name):
    silent_for = health.SILENT_AFTER + timedelta(seconds=1)
    Heartbeat.objects.filter(name=name).update(beat_at=timezone.now() - silent_for)

    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()[name]) == (503, "silent")


def test_a_frozen_broker_is_not_ready_and_nobody_waits_long(client, broker, beating):
    client.get(reverse("readyz"))  # the first request of a process loads every page
    broker.signal(signal.SIGSTOP)
    asked_at = timezone.now()

    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()["broker"]) == (503, "no answer")
    assert timezone.now() - asked_at < timedelta(seconds=4)


def test_a_history_that_can_be_switched_off_is_not_ready(client, broker, beating, monkeypatch):
    monkeypatch.setattr(health, "weaknesses", lambda _: ["the history can be switched off"])

    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()["history"]) == (503, "not protected")


@pytest.mark.django_db(transaction=True)
def test_an_unreachable_database_is_said_not_raised(client, broker, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", 1)

    answer = client.get(reverse("readyz"))

    connection.close()
    assert (answer.status_code, answer.json()["database"]) == (503, "no answer")
