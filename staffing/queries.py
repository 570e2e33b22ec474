"""Who works when, and who is on call. Only published shifts are anybody's duty."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Unit, User
from staffing.models import Duty, Person, Shift, ShiftQuerySet
from staffing.rota.cover import Span, uncovered


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which nobody has a duty."""

    duty: Duty
    starts_at: datetime
    ends_at: datetime


def on_call(unit: Unit, at: datetime, duties: Collection[str] | None = None) -> QuerySet[User]:
    """Users on a published shift of `unit` at `at`, perhaps only on some duties. One statement."""
    shifts = Shift.objects.published().covering(at).filter(unit=unit)
    if duties is not None:
        shifts = shifts.filter(duty__in=duties)
    return User.objects.filter(person__in=shifts.values("person"), is_active=True).order_by("pk")


def on_call_in(
    units: Collection[int], at: datetime, duties: Collection[str] | None = None
) -> dict[int, list[tuple[str, User]]]:
    """For each unit (primary key): who is on which duty at `at`. One statement."""
    shifts = (
        Shift.objects.published().covering(at).filter(unit__in=units, person__user__is_active=True)
    )
    if duties is not None:
        shifts = shifts.filter(duty__in=duties)
    found: dict[int, list[tuple[str, User]]] = {}
    for shift in shifts.select_related("person__user"):
        if shift.person.user is not None:
            found.setdefault(shift.unit_id, []).append((shift.duty, shift.person.user))
    return found


def on_duty(unit: Unit, at: datetime) -> QuerySet[Shift]:
    """Published shifts of `unit` that cover `at`, with their people. One statement."""
    shifts = Shift.objects.published().covering(at).filter(unit=unit)
    return shifts.select_related("person").order_by("duty", "starts_at", "pk")


def shifts_between(unit: Unit, starts_at: datetime, ends_at: datetime) -> ShiftQuerySet:
    """Shifts of `unit` that touch the period, drafts among them. One statement."""
    touching = Shift.objects.filter(unit=unit, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return touching.filter(cancelled_at=None).select_related("person")


def gaps(unit: Unit, starts_at: datetime, ends_at: datetime) -> list[Gap]:
    """Stretches of the period in which a duty has no published shift. One statement."""
    held: dict[str, list[Span]] = {duty: [] for duty in Duty.values}
    published = shifts_between(unit, starts_at, ends_at).published()
    for duty, start, end in published.values_list("duty", "starts_at", "ends_at"):
        held[duty].append(Span(start, end))
    return [
        Gap(Duty(duty), gap.starts_at, gap.ends_at)
        for duty, spans in held.items()
        for gap in uncovered(spans, Span(starts_at, ends_at))
    ]


def rosterable(unit: Unit) -> QuerySet[Person]:
    """People who can be given a shift in `unit`: those of its centre."""
    return Person.objects.filter(unit__centre=unit.centre_id).select_related("unit")
