"""How old a patient is, in whole local calendar days and years, and the age group.

Source: ELSO Registry age groups as used in the reference cases ("Age"): neonatal 0-28 days,
pediatric from day 29 to the day before the 18th birthday, adult from that day; a birthday on
29 February falls on 1 March in other years.
"""

from datetime import date, datetime, tzinfo
from enum import StrEnum

LAST_NEONATAL_DAY = 28
ADULT_FROM_YEARS = 18


class AgeGroup(StrEnum):
    """The three groups by which ranges, limits and the registry divide patients."""

    NEONATAL = "neonatal"
    PEDIATRIC = "pediatric"
    ADULT = "adult"


def age_days(born: datetime, at: datetime, tz: tzinfo) -> int:
    """Return the difference of the two local calendar dates, in days.

    Raises ValueError if `at` is on a day before birth.
    """
    return _days(_local_date(born, tz), _local_date(at, tz))


def age_years(born: datetime, at: datetime, tz: tzinfo) -> int:
    """Return completed years by local calendar date; raises ValueError before birth."""
    birth, day = _local_date(born, tz), _local_date(at, tz)
    _days(birth, day)
    years = day.year - birth.year
    return years if day >= _birthday(birth, day.year) else years - 1


def age_group(born: datetime, time_on: datetime, tz: tzinfo) -> AgeGroup:
    """Return the age group of a run that began at `time_on`."""
    if age_days(born, time_on, tz) <= LAST_NEONATAL_DAY:
        return AgeGroup.NEONATAL
    if age_years(born, time_on, tz) < ADULT_FROM_YEARS:
        return AgeGroup.PEDIATRIC
    return AgeGroup.ADULT


def _local_date(moment: datetime, tz: tzinfo) -> date:
    if moment.tzinfo is None:
        raise ValueError("A time without an offset has no local date.")
    return moment.astimezone(tz).date()


def _days(birth: date, day: date) -> int:
    days = (day - birth).days
    if days < 0:
        raise ValueError("The time lies before the birth.")
    return days


def _birthday(birth: date, year: int) -> date:
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
