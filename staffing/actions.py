"""Draft, publish, cancel and swap shifts. Each takes the roster's lock: its unit's row."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Unit, User
from audit.context import action
from notifications.actions import Message, queue_notifications
from staffing.models import Person, Shift
from staffing.queries import shifts_between
from web.problems import RuleBroken
from web.times import clinical_time, clock

NEWS_LIFETIME = timedelta(days=7)
NOBODY_IN_TWO_PLACES = "staffing_shift_nobody_in_two_places"


class ShiftEndsBeforeStart(RuleBroken):
    code = "shift_ends_before_start"


class PersonOfAnotherCentre(RuleBroken):
    code = "person_of_another_centre"


class DoubleBooked(RuleBroken):
    code = "double_booked"


class NothingToPublish(RuleBroken):
    code = "nothing_to_publish"


class ShiftIsCancelled(RuleBroken):
    code = "shift_is_cancelled"


class ShiftIsOver(RuleBroken):
    code = "shift_is_over"


class SwapWithin(RuleBroken):
    code = "swap_not_possible"


@action("added somebody to the programme")
def add_person(
    *,
    unit: Unit,
    name: str,
    job: str,
    by: User,
    at: datetime,
    phone: str = "",
    user: User | None = None,
) -> Person:
    """Add a person who can be given shifts; with a user they can sign in and be told."""
    return Person.objects.create(unit=unit, name=name, job=job, phone=phone, user=user)


@action("drafted a shift")
def add_shift(
    *,
    unit: Unit,
    person: Person,
    duty: str,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    at: datetime,
) -> Shift:
    """Draft a shift; it is nobody's duty until it is published."""
    _lock(unit)
    if ends_at <= starts_at:
        raise ShiftEndsBeforeStart("The shift ends before it begins; check both times.")
    if person.unit.centre_id != unit.centre_id:
        raise PersonOfAnotherCentre(f"{person} works in another centre.")
    shift = Shift(unit=unit, person=person, duty=duty, starts_at=starts_at, ends_at=ends_at)
    shift.entered_at, shift.entered_by = at, by
    return _save_new(shift)


@action("published shifts")
def publish_shifts(
    *, unit: Unit, starts_at: datetime, ends_at: datetime, by: User, at: datetime
) -> list[Shift]:
    """Publish the drafts of a period and tell each person once."""
    _lock(unit)
    drafts = list(
        shifts_between(unit, starts_at, ends_at)
        .filter(published_at=None)
        .select_related("unit__centre", "person__user")
    )
    if not drafts:
        raise NothingToPublish("There is no draft in this period.")
    Shift.objects.filter(pk__in=[shift.pk for shift in drafts]).update(
        published_at=at, published_by=by
    )
    for shift in drafts:
        shift.published_at, shift.published_by = at, by
    first_of_each = {shift.person_id: shift for shift in reversed(drafts)}
    _tell(list(first_of_each.values()), "published", "Shifts of yours were published", at)
    return drafts


@action("cancelled a shift")
def cancel_shift(*, shift: Shift, by: User, at: datetime, reason: str = "") -> Shift:
    """Cancel a shift; who was on it is told, if it was published. `by` and `reason`: the history."""
    shift = _locked(shift)
    check_can_cancel(shift, at)
    shift.cancelled_at = at
    shift.save(update_fields=["cancelled_at"])
    if shift.published_at:
        _tell([shift], "cancelled", "A shift of yours was cancelled", at)
    return shift


@action("swapped two shifts")
def swap_shifts(*, one: Shift, other: Shift, by: User, at: datetime) -> tuple[Shift, Shift]:
    """Let two people take each other's published shift: both old rows cancelled, two new ones."""
    first, second = sorted((one, other), key=lambda shift: shift.pk)
    first, second = _locked(first), _locked(second)
    for shift in (first, second):
        check_can_cancel(shift, at)
    check_can_swap(first, second)
    Shift.objects.filter(pk__in=[first.pk, second.pk]).update(cancelled_at=at)
    swapped = (
        _save_new(_taken_over(first, second.person, by, at)),
        _save_new(_taken_over(second, first.person, by, at)),
    )
    _tell(swapped, "swapped", "You have swapped a shift", at)
    return swapped


def check_can_cancel(shift: Shift, at: datetime) -> None:
    """Raise if `shift` cannot be cancelled at `at`."""
    if shift.cancelled_at:
        raise ShiftIsCancelled("This shift is cancelled already.")
    if shift.ends_at <= at:
        raise ShiftIsOver("This shift is over; what has been worked stays in the roster.")


def can_cancel(shift: Shift, at: datetime) -> bool:
    """Say whether `shift` can be cancelled at `at`."""
    try:
        check_can_cancel(shift, at)
    except RuleBroken:
        return False
    return True


def check_can_swap(one: Shift, other: Shift) -> None:
    """Raise unless two people can exchange these shifts."""
    if one.unit_id != other.unit_id:
        raise SwapWithin("Only shifts of the same unit can be swapped.")
    if one.person_id == other.person_id:
        raise SwapWithin(f"Both shifts are {one.person}'s.")
    if not (one.published_at and other.published_at):
        raise SwapWithin("Only published shifts can be swapped.")


def _lock(unit: Unit) -> None:
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _locked(shift: Shift) -> Shift:
    _lock(shift.unit)
    return Shift.objects.select_related("unit__centre", "person__user").get(pk=shift.pk)


def _save_new(shift: Shift) -> Shift:
    """Insert `shift`; an overlap with another one of the same person becomes a sentence."""
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as refused:
        if NOBODY_IN_TWO_PLACES not in str(refused):
            raise
        raise DoubleBooked(_double_booking(shift)) from refused
    return shift


def _double_booking(shift: Shift) -> str:
    taken = Shift.objects.filter(
        person=shift.person,
        cancelled_at=None,
        starts_at__lt=shift.ends_at,
        ends_at__gt=shift.starts_at,
    )
    other = taken.select_related("unit").first()
    if other is None:
        return f"{shift.person} was on another shift a moment ago. Try again."
    zone = shift.unit.centre.tz
    begins, ends = other.starts_at.astimezone(zone), other.ends_at.astimezone(zone)
    return (
        f"{shift.person} is already on as {other.get_duty_display()} in {other.unit}, "
        f"{clinical_time(begins)} to {clock(ends)}. Choose another person or time."
    )


def _taken_over(shift: Shift, person: Person, by: User, at: datetime) -> Shift:
    return Shift(
        unit=shift.unit,
        person=person,
        duty=shift.duty,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        published_at=at,
        published_by=by,
        entered_at=at,
        entered_by=by,
    )


def _tell(shifts: Sequence[Shift], news: str, subject: str, at: datetime) -> None:
    """Tell each person with a login; news of shifts that are over interests nobody."""
    messages = [
        Message(
            to=shift.person.user,
            subject=f"{subject} ({shift.unit.code})",
            text=f"{shift.get_duty_display()}, from {_begins(shift)}. See the roster.",
            key=f"shift:{shift.public_id}:{news}:{at.isoformat()}",
            link=f"{reverse('staffing:roster')}?unit={shift.unit.public_id}",
        )
        for shift in shifts
        if shift.person.user is not None and shift.ends_at > at
    ]
    queue_notifications(messages=messages, at=at, expires_in=NEWS_LIFETIME)


def _begins(shift: Shift) -> str:
    return clinical_time(shift.starts_at.astimezone(shift.unit.centre.tz))
