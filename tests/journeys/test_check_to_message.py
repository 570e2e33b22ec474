"""Journey 1: a check raises an alert, who is on call gets a mail, somebody sees it, it closes."""

from datetime import timedelta

import pytest
from celery import current_app
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert
from circuits.actions.checks import record_check
from circuits.document import Typed
from ecmo.celery import app
from launcher.processes import wait_until
from notifications.models import Notification, State
from staffing.models import Duty
from tests.factories import PersonFactory, ShiftFactory
from tests.journeys.people import Person, said
from tests.scenarios import running_vv

PATIENCE = 30  # seconds


@pytest.fixture
def run(transactional_db, patient, unit, specialist, nurse, coordinator):
    """A patient on V-V since two days; a nurse at the bedside, a coordinator on call."""
    now = timezone.now()
    for user, duty in ((nurse, Duty.BEDSIDE), (coordinator, Duty.COORDINATOR)):
        person = PersonFactory(unit=unit, user=user)
        ShiftFactory(person=person, duty=duty, starts_at=now - timedelta(hours=2))
    return running_vv(patient, specialist, at=now - timedelta(hours=48))


def check_page(run):
    return reverse("circuits:check-create", args=[run.public_id])


def arrived(smtp_server, count):
    return wait_until(lambda: len(smtp_server.messages) >= count, PATIENCE)


def tick(name):
    """Ring as beat does."""
    current_app.send_task(app.conf.beat_schedule[name]["task"])


def test_a_suction_check_pages_the_bedside_is_seen_and_closes(
    run, celery_worker_process, smtp_server, specialist, nurse, coordinator
):
    sam, noor = Person(specialist), Person(nurse)

    asked = sam.saves(check_page(run), checked_at="-5", v_blood_flow="4.10", v_p_drainage="-170")
    assert (asked.status_code, Alert.objects.count()) == (422, 0)
    assert "p_drainage" in asked.content.decode()
    taken = sam.saves(
        check_page(run),
        checked_at="-5",
        v_blood_flow="4.10",
        v_p_drainage="-170",
        confirm=["p_drainage"],
    )
    assert taken.status_code == 302

    assert arrived(smtp_server, 1)
    (mail,) = smtp_server.messages
    assert mail["To"] == nurse.email
    assert "bed 7, icu" in mail["Subject"]
    assert "/alerts/?unit=" in mail.get_content()
    alert = Alert.objects.open().get(code="p_drainage.low")

    shown = noor.opens(reverse("alerts:alert-list")).content.decode()
    assert reverse("alerts:alert-acknowledge", args=[alert.public_id]) in shown
    seen = noor.client.post(
        reverse("alerts:alert-acknowledge", args=[alert.public_id]), {"note": "Repositioned"}
    )
    assert seen.status_code == 302
    assert alert.acknowledgements.get().by == nurse

    better = sam.saves(check_page(run), checked_at="now", v_blood_flow="4.3", v_p_drainage="-68")
    assert better.status_code == 302, said(better)
    alert.refresh_from_db()
    assert alert.closed_at is not None
    history = sam.opens(reverse("alerts:run-history", args=[run.public_id])).content.decode()
    assert history.index("losed") < history.index("pened")
    assert Notification.objects.filter(to=coordinator).count() == 0


@pytest.fixture
def unseen(run, specialist):
    """An alert that was raised 40 minutes ago."""
    at = timezone.now() - timedelta(minutes=40)
    typed = Typed(checked_at=at, values={"blood_flow": "4.10", "p_drainage": "-170"})
    record_check(run=run, typed=typed, by=specialist, at=at, confirmed=["p_drainage"])
    return Alert.objects.open().get()


def test_what_nobody_has_seen_for_half_an_hour_goes_to_the_coordinator(
    unseen, celery_worker_process, smtp_server, nurse, coordinator
):
    tick("notifications-sweep")
    assert arrived(smtp_server, 1)

    tick("alerts-escalate")
    tick("alerts-escalate")

    assert arrived(smtp_server, 2)
    first, second = smtp_server.messages
    assert (first["To"], second["To"]) == (nurse.email, coordinator.email)
    assert second["Subject"].startswith("Not yet seen: ")


def test_what_somebody_has_seen_goes_to_nobody_else(
    unseen, celery_worker_process, smtp_server, nurse, coordinator
):
    Person(nurse).client.post(reverse("alerts:alert-acknowledge", args=[unseen.public_id]))

    tick("alerts-escalate")
    tick("notifications-sweep")

    assert arrived(smtp_server, 1)
    assert wait_until(lambda: Notification.objects.get().state == State.SENT, PATIENCE)
    assert [mail["To"] for mail in smtp_server.messages] == [nurse.email]
