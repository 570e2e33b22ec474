"""A roster as days and duties: a period of local days, and who is on in each. Values in and out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from staffing.models import Duty, Shift

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Some local days in a row, in the zone of a centre."""

    view: str
    first: date
    last: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        """Local midnight at which the first day begins."""
        return _midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        """Local midnight at which the last day ends."""
        return _midnight(self.last + ONE_DAY, self.zone)

    @property
    def days(self) -> list[date]:
        """Each day."""
        return [self.first + ONE_DAY * n for n in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> date:
        """A day of the period before."""
        return self.first - ONE_DAY

    @property
    def after(self) -> date:
        """A day of the period after."""
        return self.last + ONE_DAY


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one duty."""

    day: date
    shifts: list[Shift]


@dataclass(frozen=True, slots=True)
class Row:
    """One duty over the days."""

    duty: Duty
    cells: list[Cell]


def week_of(day: date, zone: ZoneInfo) -> Period:
    """Monday to Sunday."""
    monday = day - ONE_DAY * day.weekday()
    return Period("week", monday, monday + ONE_DAY * 6, zone)


def month_of(day: date, zone: ZoneInfo) -> Period:
    """The first of a month to its last day."""
    first = day.replace(day=1)
    next_first = (first + timedelta(days=32)).replace(day=1)
    return Period("month", first, next_first - ONE_DAY, zone)


def rows_of(period: Period, shifts: Iterable[Shift]) -> list[Row]:
    """Lay shifts out by duty and by the local day on which they begin (or the first day shown)."""
    by_place: dict[tuple[str, date], list[Shift]] = {}
    for shift in shifts:
        begins = max(shift.starts_at.astimezone(period.zone).date(), period.first)
        by_place.setdefault((shift.duty, begins), []).append(shift)
    return [
        Row(duty, [Cell(day, by_place.get((duty.value, day), [])) for day in period.days])
        for duty in Duty
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
