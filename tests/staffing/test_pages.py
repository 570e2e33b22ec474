"""The roster pages: who is on call, the week and the month, drafting and publishing."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from staffing.calendar import month_of, week_of
from staffing.models import Duty, Shift
from tests.factories import NOON, PersonFactory, ShiftFactory

OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def person(unit, specialist):
    return PersonFactory(unit=unit, user=specialist, name="Sam Specialist", phone="+47 555 01")


def roster(**query):
    return reverse("staffing:roster", query=query)


def create_url(unit):
    return reverse("staffing:shift-create", args=[unit.public_id])


def typed(person):
    return {
        "client_uuid": uuid4(),
        "person": person.public_id,
        "duty": "bedside",
        "day": "2026-03-03",
        "begins": "19:30",
        "ends": "0800",
    }


def test_who_is_on_call_stands_with_the_phone_first(client, observer, person):
    ShiftFactory(person=person)
    client.force_login(observer)

    page = client.get(roster()).content.decode()

    now = page[page.index("On call now") :]
    assert now.index("tel:+4755501") < now.index("Sam Specialist")
    assert "until 02-Mar-2026 21:00" in now


def test_nobody_on_call_says_so_and_shows_the_gaps(client, observer):
    client.force_login(observer)

    page = client.get(roster()).content.decode()

    assert "Nobody is on call" in page
    assert "<b>Nobody</b> as Bedside specialist" in page


def test_a_past_week_has_no_gaps(client, observer):
    client.force_login(observer)

    assert client.get(roster(day="2026-01-05")).context["gaps"] == []


@pytest.mark.parametrize("view", ["week", "month"])
def test_shifts_stand_on_the_day_on_which_they_begin(client, observer, person, view):
    shift = ShiftFactory(person=person)
    client.force_login(observer)

    response = client.get(roster(view=view))

    cells = {
        c.day: c.shifts for r in response.context["rows"] if r.duty == Duty.BEDSIDE for c in r.cells
    }
    assert cells[date(2026, 3, 2)] == [shift]
    assert "09:00 to 21:00" in response.content.decode()


def test_a_unit_of_another_centre_cannot_be_asked_for(client, observer, unit):
    elsewhere = PersonFactory().unit
    client.force_login(observer)

    assert client.get(roster(unit=elsewhere.public_id)).context["unit"] == unit


def test_units_can_be_chosen(client, coordinator, unit, other_unit):
    client.force_login(coordinator)

    response = client.get(roster(unit=other_unit.public_id))

    assert response.context["unit"] == other_unit
    assert "Adult intensive care" in response.content.decode()


def test_an_observer_sees_no_way_to_change(client, observer, unit, person):
    ShiftFactory(person=person)
    client.force_login(observer)

    page = client.get(roster()).content.decode()

    assert create_url(unit) not in page
    assert "/cancel/" not in page


def test_the_week_costs_the_same_for_one_shift_as_for_forty(
    client, coordinator, unit, django_assert_max_num_queries
):
    for _ in range(40):
        ShiftFactory(person=PersonFactory(unit=unit))
    client.force_login(coordinator)
    client.get(roster())

    with django_assert_max_num_queries(12):
        client.get(roster())


def test_a_shift_is_drafted_over_midnight_and_published(client, coordinator, unit, person):
    client.force_login(coordinator)

    response = client.post(create_url(unit), typed(person), follow=True)

    shift = Shift.objects.get()
    assert shift.starts_at == datetime(2026, 3, 3, 18, 30, tzinfo=UTC)
    assert shift.ends_at == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    assert "Shift drafted" in response.content.decode()

    publish = reverse("staffing:shifts-publish", args=[unit.public_id])
    response = client.post(publish, {"view": "week", "day": "2026-03-02"}, follow=True)

    assert "Published 1" in response.content.decode()
    assert Shift.objects.published().get() == shift


def test_the_form_opens_on_the_day_asked_for(client, coordinator, unit):
    client.force_login(coordinator)

    page = client.get(f"{create_url(unit)}?day=2026-03-09").content.decode()

    assert 'value="2026-03-09"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"begins": "7pm"}, "24-hour clock", id="not the 24-hour clock"),
        pytest.param({"person": ""}, "required", id="nobody"),
        pytest.param(
            {"day": "2026-03-29", "begins": "02:30"}, "skipped", id="an hour that is skipped"
        ),
        pytest.param(
            {"day": "2026-10-25", "begins": "02:30"}, "came twice", id="an hour that comes twice"
        ),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(
    client, coordinator, unit, person, changes, words
):
    client.force_login(coordinator)

    response = client.post(create_url(unit), {**typed(person), **changes})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Shift.objects.exists()


def test_a_double_booking_is_a_sentence_in_the_form(client, coordinator, unit, person):
    ShiftFactory(person=person, starts_at=NOON + timedelta(days=1))
    client.force_login(coordinator)

    response = client.post(create_url(unit), typed(person))

    assert response.status_code == 422
    assert "already on as Bedside specialist" in response.content.decode()


def test_a_person_of_another_centre_cannot_be_chosen(client, coordinator, unit):
    client.force_login(coordinator)

    response = client.post(create_url(unit), typed(PersonFactory()))

    assert response.status_code == 422


def test_publishing_nothing_is_refused_with_a_sentence(client, coordinator, unit):
    client.force_login(coordinator)

    response = client.post(reverse("staffing:shifts-publish", args=[unit.public_id]))

    assert response.status_code == 409
    assert "no draft" in response.content.decode()


def test_a_shift_is_cancelled_with_its_reason_in_the_history(client, coordinator, person):
    shift = ShiftFactory(person=person)
    client.force_login(coordinator)

    client.post(
        reverse("staffing:shift-cancel", args=[shift.public_id]), {"reason": "ill"}, follow=True
    )

    shift.refresh_from_db()
    assert shift.cancelled_at == NOON
    assert shift.events.last().pgh_context["why"] == "ill"


@pytest.mark.parametrize("who", ["observer", "specialist", "split_person", "stranger"])
def test_who_may_not_edit_the_roster_is_refused(client, request, unit, person, who):
    shift = ShiftFactory(person=person)
    client.force_login(request.getfixturevalue(who))

    assert client.get(create_url(unit)).status_code == 403
    for name, key in (("shifts-publish", unit), ("shift-cancel", shift)):
        url = reverse(f"staffing:{name}", args=[key.public_id])
        assert client.post(url).status_code == 403


def test_the_roster_of_another_centre_is_not_there(client, coordinator):
    elsewhere = PersonFactory().unit
    client.force_login(coordinator)

    assert client.get(create_url(elsewhere)).status_code == 404


def test_a_week_runs_from_monday_to_sunday_also_when_the_clock_changes():
    week = week_of(date(2026, 3, 29), OSLO)

    assert (week.first, week.last) == (date(2026, 3, 23), date(2026, 3, 29))
    assert week.ends_at - week.starts_at == timedelta(days=7)
    assert (week.ends_at.utcoffset(), week.starts_at.utcoffset()) == (
        timedelta(hours=2),
        timedelta(hours=1),
    )


def test_a_month_is_a_whole_month_and_leads_to_its_neighbours():
    month = month_of(date(2026, 12, 15), OSLO)

    assert (month.first, month.last, len(month.days)) == (date(2026, 12, 1), date(2026, 12, 31), 31)
    assert (month.before, month.after) == (date(2026, 11, 30), date(2027, 1, 1))


def test_a_shift_that_began_before_the_period_stands_on_its_first_day(client, observer, person):
    shift = ShiftFactory(person=person, starts_at=datetime(2026, 3, 1, 20, tzinfo=UTC))
    client.force_login(observer)

    response = client.get(roster(day="2026-03-02"))

    days = [c.day for r in response.context["rows"] for c in r.cells if shift in c.shifts]
    assert days == [date(2026, 3, 2)]
