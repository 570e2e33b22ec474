"""Shifts: drafted, published, cancelled, swapped; and who is on call."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from notifications.models import Notification
from staffing.actions import (
    DoubleBooked,
    NothingToPublish,
    PersonOfAnotherCentre,
    ShiftEndsBeforeStart,
    ShiftIsCancelled,
    ShiftIsOver,
    SwapWithin,
    add_person,
    add_shift,
    can_cancel,
    cancel_shift,
    publish_shifts,
    swap_shifts,
)
from staffing.models import Duty, Shift
from staffing.queries import gaps, on_call, on_call_in, on_duty
from tests.factories import NOON, PersonFactory, ShiftFactory

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def person(unit, specialist):
    return PersonFactory(unit=unit, user=specialist, name="Sam Specialist")


@pytest.fixture
def colleague(unit, nurse):
    return PersonFactory(unit=unit, user=nurse, name="Noor Nurse")


def draft(unit, person, by, *, starts=20 * HOUR, hours=12, duty=Duty.BEDSIDE):
    return add_shift(
        unit=unit,
        person=person,
        duty=duty,
        starts_at=NOON + starts,
        ends_at=NOON + starts + hours * HOUR,
        by=by,
        at=NOON,
    )


def publish(unit, by, at=NOON):
    return publish_shifts(unit=unit, starts_at=NOON, ends_at=NOON + 7 * DAY, by=by, at=at)


def test_a_draft_is_nobodys_duty(unit, person, coordinator):
    draft(unit, person, coordinator)

    assert not on_call(unit, NOON + 21 * HOUR).exists()


def test_who_is_published_is_on_call_from_the_start_up_to_the_end(unit, person, coordinator):
    draft(unit, person, coordinator)
    publish(unit, coordinator)

    assert list(on_call(unit, NOON + 20 * HOUR)) == [person.user]
    assert list(on_call(unit, NOON + 32 * HOUR - timedelta(seconds=1))) == [person.user]
    assert not on_call(unit, NOON + 32 * HOUR).exists()
    assert not on_call(unit, NOON + 20 * HOUR - timedelta(seconds=1)).exists()


def test_who_is_on_call_can_be_asked_by_duty_and_by_unit(unit, other_unit, person, colleague):
    ShiftFactory(person=person)
    ShiftFactory(person=colleague, unit=other_unit, duty=Duty.PHYSICIAN)

    assert list(on_call(unit, NOON, {Duty.BEDSIDE})) == [person.user]
    assert not on_call(unit, NOON, {Duty.PHYSICIAN}).exists()
    assert on_call_in([unit.pk, other_unit.pk], NOON, {Duty.PHYSICIAN}) == {
        other_unit.pk: [("physician", colleague.user)]
    }
    assert [shift.person for shift in on_duty(unit, NOON)] == [person]


def test_who_left_is_not_on_call(unit, person):
    ShiftFactory(person=person)
    person.user.is_active = False
    person.user.save(update_fields=["is_active"])

    assert not on_call(unit, NOON).exists()
    assert on_call_in([unit.pk], NOON) == {}


def test_a_person_without_a_login_is_on_duty_but_gets_no_message(unit, person):
    person.user = None
    person.save(update_fields=["user"])
    ShiftFactory(person=person)

    assert on_duty(unit, NOON).exists()
    assert on_call_in([unit.pk], NOON) == {}


def test_publishing_tells_each_person_once(unit, person, colleague, coordinator):
    draft(unit, person, coordinator)
    draft(unit, person, coordinator, starts=44 * HOUR)
    draft(unit, colleague, coordinator)

    assert len(publish(unit, coordinator)) == 3

    told = Notification.objects.all()
    assert {message.to for message in told} == {person.user, colleague.user}
    assert len(told) == 2
    assert "03-Mar-2026 09:00" in told.get(to=person.user).text


def test_a_person_in_two_places_is_refused_with_where_they_are(
    unit, other_unit, person, coordinator
):
    draft(unit, person, coordinator)

    with pytest.raises(DoubleBooked, match=r"already on as Bedside specialist in .*03-Mar-2026 09"):
        draft(other_unit, person, coordinator, starts=31 * HOUR)

    draft(other_unit, person, coordinator, starts=32 * HOUR)
    assert Shift.objects.count() == 2


def test_the_database_refuses_a_person_in_two_places(person):
    ShiftFactory(person=person)

    with pytest.raises(IntegrityError), transaction.atomic():
        ShiftFactory(person=person, starts_at=NOON)


def test_a_shift_that_ends_before_it_begins_is_refused(unit, person, coordinator):
    with pytest.raises(ShiftEndsBeforeStart):
        draft(unit, person, coordinator, hours=0)


def test_a_person_of_another_centre_is_refused(unit, coordinator):
    with pytest.raises(PersonOfAnotherCentre):
        draft(unit, PersonFactory(), coordinator)


def test_publishing_nothing_says_so(unit, coordinator):
    with pytest.raises(NothingToPublish):
        publish(unit, coordinator)


def test_a_cancelled_shift_frees_the_person_who_is_told(unit, person, coordinator):
    draft(unit, person, coordinator)
    (shift,) = publish(unit, coordinator)
    assert can_cancel(shift, NOON)

    cancelled = cancel_shift(shift=shift, by=coordinator, at=NOON, reason="ill")

    assert Notification.objects.filter(to=person.user, subject__contains="cancelled").exists()
    assert not on_call(unit, NOON + 21 * HOUR).exists()
    assert not can_cancel(cancelled, NOON)
    with pytest.raises(ShiftIsCancelled):
        cancel_shift(shift=cancelled, by=coordinator, at=NOON)
    draft(unit, person, coordinator)


def test_a_cancelled_draft_tells_nobody(unit, person, coordinator):
    cancel_shift(shift=draft(unit, person, coordinator), by=coordinator, at=NOON)

    assert not Notification.objects.exists()


def test_what_has_been_worked_stays(person, coordinator):
    shift = ShiftFactory(person=person)

    with pytest.raises(ShiftIsOver):
        cancel_shift(shift=shift, by=coordinator, at=shift.ends_at)


def test_two_people_swap_shifts_even_at_the_same_time(unit, person, colleague, coordinator):
    one = ShiftFactory(person=person)
    other = ShiftFactory(person=colleague, duty=Duty.PERFUSION)

    swap_shifts(one=one, other=other, by=coordinator, at=NOON)

    assert list(on_call(unit, NOON, {Duty.BEDSIDE})) == [colleague.user]
    assert list(on_call(unit, NOON, {Duty.PERFUSION})) == [person.user]
    assert Notification.objects.filter(subject__contains="swapped").count() == 2


def test_a_swap_that_puts_a_person_in_two_places_changes_nothing(
    unit, person, colleague, coordinator
):
    one = ShiftFactory(person=person)
    other = ShiftFactory(person=colleague, starts_at=NOON + 20 * HOUR)
    ShiftFactory(person=person, starts_at=NOON + 21 * HOUR)

    with pytest.raises(DoubleBooked):
        swap_shifts(one=one, other=other, by=coordinator, at=NOON)

    assert list(on_call(unit, NOON)) == [person.user]


def test_swaps_that_make_no_sense_are_refused(unit, other_unit, person, colleague, coordinator):
    mine = ShiftFactory(person=person)
    also_mine = ShiftFactory(person=person, starts_at=NOON + DAY)
    elsewhere = ShiftFactory(person=colleague, unit=other_unit)
    unpublished = ShiftFactory(
        person=colleague,
        starts_at=NOON + DAY,
        published_at=None,
        published_by=None,
        entered_at=NOON,
        entered_by=coordinator,
    )

    for other, reason in (
        (also_mine, "Both shifts"),
        (elsewhere, "same unit"),
        (unpublished, "published"),
    ):
        with pytest.raises(SwapWithin, match=reason):
            swap_shifts(one=mine, other=other, by=coordinator, at=NOON)


def test_another_broken_constraint_is_not_called_a_double_booking(unit, person, coordinator):
    shift = ShiftFactory.build(person=person, unit=unit, published_by=None, entered_by=coordinator)

    with pytest.raises(IntegrityError, match="published_at_and_by"), transaction.atomic():
        shift.save()


def test_gaps_are_where_no_published_shift_is(unit, person):
    ShiftFactory(person=person, starts_at=NOON)

    found = [gap for gap in gaps(unit, NOON - HOUR, NOON + 13 * HOUR) if gap.duty == Duty.BEDSIDE]

    assert [(gap.starts_at, gap.ends_at) for gap in found] == [
        (NOON - HOUR, NOON),
        (NOON + 12 * HOUR, NOON + 13 * HOUR),
    ]


def test_a_person_with_a_login_joins_the_programme(unit, stranger, coordinator):
    person = add_person(
        unit=unit, name="Stig", job="Nurse", user=stranger, phone="55", by=coordinator, at=NOON
    )

    assert (person.unit, person.user) == (unit, stranger)


def test_a_shift_that_was_in_the_way_and_is_gone_again_is_told_so(unit, person, coordinator):
    draft(unit, person, coordinator)
    cancel_all = "UPDATE staffing_shift SET cancelled_at = %s"

    def cancelled_meanwhile(execute, statement, parameters, many, context):
        if statement.startswith("SELECT") and '"starts_at" <' in statement:
            context["connection"].cursor().cursor.execute(cancel_all, [NOON])
        return execute(statement, parameters, many, context)

    with (
        connection.execute_wrapper(cancelled_meanwhile),
        pytest.raises(DoubleBooked, match="was on another shift a moment ago"),
    ):
        draft(unit, person, coordinator)
