"""The calendar feed, read as a calendar program would: what, where and when, nothing of whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Membership
from circuits.actions.changes import cancel_change, plan_change
from circuits.models import CalendarFeed
from tests.factories import NOON
from tests.scenarios import with_circuit

HOUR = timedelta(hours=1)
WHY = "Wren's lung, \u00e4sked by; phone, 555\n1"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def change(run, perfusionist):
    uses = with_circuit(run, perfusionist)
    run.patient.bed = "B77"
    run.patient.save(update_fields=["bed"])
    return plan_change(
        run=run, uses=uses, starts_at=NOON + 20 * HOUR, ends_at=NOON + 22 * HOUR, urgency="planned",
        owner=perfusionist, why=WHY, kit_note="kit of CANARY", by=perfusionist, at=NOON,
    )  # fmt: skip


def opened(client, user):
    """Open an address as a person would; return its path."""
    client.force_login(user)
    page = client.post(reverse("circuits:calendar-open"))
    address = page.context["address"]
    assert address in page.content.decode()
    return "/" + address.split("/", 3)[3]


def read(client, path):
    client.logout()
    answer = client.get(path)
    assert (answer.status_code, answer["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert "no-store" in answer["cache-control"]
    return answer.content, Calendar.from_ical(answer.content)


def test_a_calendar_program_reads_the_change_with_its_slot_unit_owner_and_link(
    client, change, perfusionist
):
    body, calendar = read(client, opened(client, perfusionist))

    (event,) = calendar.walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (change.starts_at, change.ends_at)
    assert event["uid"] == f"change-{change.public_id}"
    assert event["summary"] == "Yours: change of oxygenator, pump head"
    assert event["location"] == str(change.unit)
    assert event["status"] == "CONFIRMED"
    assert event["url"].endswith(reverse("circuits:change-detail", args=[change.public_id]))
    assert str(perfusionist) in event["description"]
    assert calendar.errors == []
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_nothing_of_the_patient_stands_in_it(client, change, perfusionist):
    patient = change.run.patient
    body, _ = read(client, opened(client, perfusionist))
    text = body.decode().replace("\r\n ", "").casefold()

    for secret in (
        patient.family_name, patient.given_name, patient.mrn, "B77", "Wren", "555", "CANARY",
        str(patient.public_id), str(change.run.public_id),
    ):  # fmt: skip
        assert secret.casefold() not in text, secret


def test_a_cancelled_change_says_so_and_an_unsettled_one_is_tentative(
    client, change, physician, perfusionist
):
    path = opened(client, physician)
    type(change).objects.filter(pk=change.pk).update(state="unsettled")
    assert read(client, path)[1].walk("VEVENT")[0]["status"] == "TENTATIVE"

    cancel_change(change=change, reason="better", by=perfusionist, at=NOON)

    (event,) = read(client, path)[1].walk("VEVENT")
    assert (event["status"], event["summary"][:7]) == ("CANCELLED", "Change ")


def test_an_address_stops_when_it_is_closed_renewed_or_its_owner_leaves(
    client, change, perfusionist
):
    first = opened(client, perfusionist)
    second = opened(client, perfusionist)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200

    perfusionist.is_active = False
    perfusionist.save(update_fields=["is_active"])
    assert client.get(second).status_code == 404
    perfusionist.is_active = True
    perfusionist.save(update_fields=["is_active"])
    assert client.get(second).status_code == 200
    client.force_login(perfusionist)
    assert client.post(reverse("circuits:calendar-close")).status_code == 302
    assert client.post(reverse("circuits:calendar-close")).status_code == 302

    client.logout()
    assert client.get(second).status_code == 404
    assert client.get("/calendar/guessed.ics").status_code == 404
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()
    assert not CalendarFeed.objects.filter(digest__in=[second[10:-4]]).exists()


def test_who_may_see_no_unit_any_more_reads_an_empty_calendar(client, change, perfusionist):
    path = opened(client, perfusionist)
    Membership.objects.filter(user=perfusionist).update(valid_to=NOON - HOUR)

    assert read(client, path)[1].walk("VEVENT") == []


def test_changes_long_past_or_far_ahead_are_left_out(client, change, perfusionist, time_machine):
    path = opened(client, perfusionist)
    for days, count in ((14, 1), (17, 0)):
        time_machine.move_to(NOON + timedelta(days=days), tick=False)
        assert len(read(client, path)[1].walk("VEVENT")) == count
    time_machine.move_to(NOON - timedelta(days=181), tick=False)
    assert read(client, path)[1].walk("VEVENT") == []
