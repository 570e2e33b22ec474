"""Journey 4: a shift is drafted and published, its person is told, and is on call when it begins."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from launcher.processes import wait_until
from staffing.models import Shift
from staffing.queries import on_call
from tests.factories import PersonFactory
from tests.journeys.people import Person, said

PATIENCE = 30  # seconds


@pytest.fixture
def noor(transactional_db, unit, nurse):
    return PersonFactory(unit=unit, user=nurse)


def test_a_published_shift_is_told_by_mail_and_counts_from_its_start(
    noor, celery_worker_process, smtp_server, coordinator, nurse, unit
):
    cleo, today = Person(coordinator), timezone.now().astimezone(unit.centre.tz).date()
    tomorrow = today + timedelta(days=1)
    drafting = reverse("staffing:shift-create", args=[unit.public_id])

    drafted = cleo.saves(
        drafting,
        person=noor.public_id,
        duty="bedside",
        day=tomorrow.isoformat(),
        begins="07:30",
        ends="20:00",
    )
    assert drafted.status_code == 302, said(drafted)
    shift = Shift.objects.get()
    middle = shift.starts_at + timedelta(hours=6)
    assert list(on_call(unit, middle)) == []
    assert smtp_server.messages == []

    published = cleo.client.post(
        reverse("staffing:shifts-publish", args=[unit.public_id]),
        {"view": "week", "day": tomorrow.isoformat()},
    )
    assert published.status_code == 302

    assert wait_until(lambda: smtp_server.messages, PATIENCE)
    (mail,) = smtp_server.messages
    assert mail["To"] == nurse.email
    assert list(on_call(unit, middle)) == [nurse]
    assert list(on_call(unit, shift.ends_at)) == []
    with time_machine.travel(middle, tick=False):
        page = Person(coordinator).opens(reverse("staffing:roster")).content.decode()
    assert str(noor) in page[page.index("On call now") :]

    cleo.client.post(
        reverse("staffing:shift-cancel", args=[shift.public_id]), {"reason": "The census fell"}
    )
    assert wait_until(lambda: len(smtp_server.messages) == 2, PATIENCE)
    assert list(on_call(unit, middle)) == []
