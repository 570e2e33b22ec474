"""A device whose clock is an hour off: what it sends is kept, and the clock is told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from circuits.models import Check
from tests.factories import NOON
from tests.journeys.people import Person, machine
from tests.scenarios import running_vv

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


def sent(run, specialist, **facts):
    body = {"checked_at": NOON.isoformat(), "values": {"blood_flow": "4.2"}, **facts}
    return machine(specialist).post(f"/api/v1/runs/{run.public_id}/checks/", body, format="json")


@pytest.mark.parametrize(
    ("off", "minutes", "words"),
    [
        (HOUR, 60, "60 min ahead"),
        (-HOUR, -60, "60 min behind"),
        (timedelta(minutes=3), 3, "3 min ahead"),
        (timedelta(minutes=2), None, None),
        (timedelta(minutes=-2), None, None),
    ],
)
def test_the_clock_of_the_device_is_stored_shown_and_flagged(run, specialist, off, minutes, words):
    answer = sent(run, specialist, device_at=(NOON + off).isoformat())

    check = Check.objects.get()
    page = Person(specialist).opens(reverse("circuits:check-detail", args=[check.public_id]))
    assert answer.status_code == 201
    assert answer.json()["device_clock_off_min"] == minutes
    assert (check.checked_at, check.device_at) == (NOON, NOON + off)
    assert ("clock of the device" in page.content.decode()) is bool(words)
    assert (words or "") in page.content.decode()


def test_a_check_without_a_device_says_nothing_of_its_clock(run, specialist):
    assert sent(run, specialist).json()["device_clock_off_min"] is None


def test_an_amendment_does_not_make_the_clock_look_wrong(run, specialist, time_machine):
    sent(run, specialist, device_at=NOON.isoformat())
    check = Check.objects.get()
    time_machine.move_to(NOON + HOUR, tick=False)

    Person(specialist).saves(
        reverse("circuits:check-amend", args=[check.public_id]), blood_flow="4.4", reason="misread"
    )

    (amended,) = Check.objects.filter(version=2)
    page = Person(specialist).opens(reverse("circuits:check-detail", args=[amended.public_id]))
    assert "clock of the device" not in page.content.decode()


def test_a_reading_from_an_hour_ahead_says_what_to_do_and_is_not_kept(run, specialist):
    answer = sent(run, specialist, checked_at=(NOON + HOUR).isoformat())

    assert answer.status_code == 422
    assert "clock" in answer.json()["detail"]
    assert not Check.objects.exists()
