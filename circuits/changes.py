"""Questions about the schedule of changes: what is planned, what asks for a plan, how often by night."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, QuerySet

from accounts.models import Unit, User
from accounts.permissions import Permission
from accounts.queries import users_with
from circuits.lives import Life, lives_of
from circuits.models import ComponentUse, PlannedChange, PlannedPart, RemovalReason
from circuits.models.change import PlannedChangeQuerySet
from circuits.schedule import schedule_rules
from clinical.daytime import Daytime
from patients.models import Run
from staffing.calendar import Period

NO_EXCHANGE = (
    RemovalReason.END_OF_RUN,
    RemovalReason.TRANSFERRED,
    RemovalReason.MOVED,
    RemovalReason.FOUND_ELSEWHERE,
)
LOOK_BACK = timedelta(days=365)


def shown(rows: PlannedChangeQuerySet) -> PlannedChangeQuerySet:
    """Return changes with all that a list shows of them (two statements)."""
    parts = PlannedPart.objects.select_related("use__component__model")
    related = rows.select_related(
        "owner", "planned_by", "run__unit__centre", "run__patient__centre"
    )
    return related.prefetch_related(Prefetch("parts", parts)).order_by("starts_at", "pk")


def planned_between(unit: Unit, starts_at: datetime, ends_at: datetime) -> list[PlannedChange]:
    """Return the changes of a unit whose slot touches a period, cancelled ones left out."""
    rows = PlannedChange.objects.filter(
        run__unit=unit, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).exclude(state="cancelled")
    return list(shown(rows))


def open_changes(unit: Unit) -> list[PlannedChange]:
    """Return what is still to be done in a unit, the earliest slot first."""
    return list(shown(PlannedChange.objects.open().filter(run__unit=unit)))


@dataclass(frozen=True, slots=True)
class Concern:
    """A component that asks for a plan or a review, and has no plan yet."""

    run: Run
    life: Life


@dataclass(frozen=True, slots=True)
class Concerns:
    """What asks for a change, the most urgent first, and which reviews are announced."""

    proposed: Sequence[Concern]
    reviews: Sequence[Concern]


def concerns(unit: Unit, at: datetime, planned: Collection[PlannedChange]) -> Concerns:
    """Return what of a unit's running circuits has no plan yet (six statements)."""
    runs = list(
        Run.objects.running().filter(unit=unit).select_related("patient__centre", "unit__centre")
    )
    taken = {part.use_id for change in planned for part in change.parts.all()}
    by_run = lives_of(runs, at, is_inside=True)
    free = [
        Concern(run, life) for run in runs for life in by_run[run.pk] if life.use.pk not in taken
    ]
    proposed = [one for one in free if one.life.verdict.urgency is not None]
    proposed.sort(key=_urgency, reverse=True)
    reviews = [one for one in free if one.life.is_review_warned]
    reviews.sort(key=_review)
    return Concerns(proposed, reviews)


def _urgency(one: Concern) -> tuple[int, int]:
    verdict = one.life.verdict
    return (-1 if verdict.urgency is None else verdict.urgency.rank, verdict.score)


def _review(one: Concern) -> datetime:
    return one.life.clock.next_review_at if one.life.clock else one.life.until


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar."""

    day: date
    changes: Sequence[PlannedChange]
    is_inside: bool


def weeks_of(period: Period, changes: Sequence[PlannedChange]) -> list[list[Day]]:
    """Lay changes out by local day, in whole weeks from Monday."""
    by_day: dict[date, list[PlannedChange]] = {}
    for change in changes:
        by_day.setdefault(change.starts_at.astimezone(period.zone).date(), []).append(change)
    first = period.first - timedelta(days=period.first.weekday())
    last = period.last + timedelta(days=6 - period.last.weekday())
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    laid = [Day(day, by_day.get(day, []), period.first <= day <= period.last) for day in days]
    return [laid[n : n + 7] for n in range(0, len(laid), 7)]


@dataclass(frozen=True, slots=True)
class MonthShare:
    """The exchanges of a month: how many, and how many of them out of hours."""

    month: date
    exchanges: int
    out_of_hours: int

    @property
    def percent(self) -> float:
        """The share out of hours, in percent of all."""
        return 100 * self.out_of_hours / self.exchanges


def out_of_hours(unit: Unit, since: datetime, until: datetime, day: Daytime) -> list[MonthShare]:
    """Return the out-of-hours share of exchanges by local month, months without one left out.

    Parts taken out of a circuit at one time are one exchange; the end of a run is none. One
    statement.
    """
    moments = (
        ComponentUse.objects.filter(
            circuit__run__unit=unit, removed_at__gte=since, removed_at__lt=until
        )
        .exclude(removed_reason__in=NO_EXCHANGE)
        .order_by()
        .values_list("circuit", "removed_at")
        .distinct()
    )
    zone = unit.centre.tz
    every: Counter[date] = Counter()
    late: Counter[date] = Counter()
    for removed_at in (moment for _, moment in moments if moment is not None):
        month = removed_at.astimezone(zone).date().replace(day=1)
        every[month] += 1
        late[month] += not day.covers(removed_at, zone)
    return [MonthShare(month, every[month], late[month]) for month in sorted(every)]


def recent_shares(unit: Unit, at: datetime) -> list[MonthShare]:
    """Return the out-of-hours share of the last twelve months, by the site's hours of day."""
    day = schedule_rules(unit.centre, at).slots.daytime
    return out_of_hours(unit, at - LOOK_BACK, at, day)


def possible_owners(unit: Unit, at: datetime) -> QuerySet[User]:
    """Return who may own a change in a unit: those who may exchange components there."""
    return users_with(Permission.COMPONENT_EXCHANGE, unit=unit, at=at)
