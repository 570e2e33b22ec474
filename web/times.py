"""Times as people type and read them: 24-Nov-2026 14:02, the 24-hour clock, months in letters.

The form of a date is fixed in every language, so that nobody reads a month as a day.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years outside are slips; and near the ends of the calendar no zone can be reckoned."""

_HALF_A_DAY = timedelta(hours=12)
_MINUTES_AGO = re.compile(r"[-\N{MINUS SIGN}\N{EN DASH}](\d{1,3})", re.ASCII)
_TYPED = re.compile(
    r"(?:(?P<word>today|yesterday)\s+"
    r"|(?P<day>\d{1,2})[-\s]?(?P<month>[a-z]{3,9})\.?(?:[-\s](?P<year>\d{4}))?\s+"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})[t\s])?"
    r"(?P<hour>\d{1,2}?)(?P<colon>:?)(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"\s*(?P<offset>z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_EXAMPLES = "Type 14:00, 24-Nov 14:00 or 24-Nov-2026 14:00 (24-hour clock)."


def is_of_our_time(day: date) -> bool:
    """Say whether a date or moment lies in years that anything here can be about."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


class UnreadableTime(ValueError):
    """What was typed is not one clear moment; the text says what to type instead."""


def clinical_date(day: date) -> str:
    """24-Nov-2026."""
    return f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year:04}"


def clock(moment: datetime) -> str:
    """14:02."""
    return f"{moment:%H:%M}"


def clinical_time(moment: datetime) -> str:
    """24-Nov-2026 14:02, with the offset in an hour that comes twice."""
    shown = f"{clinical_date(moment)} {clock(moment)}"
    return f"{shown}{_offset(moment)}" if _comes_twice(moment) else shown


def duration(span: timedelta) -> str:
    """5d 3hr, 3hr 20min or 22min: whole numbers, rounded down, at most two parts."""
    minutes = int(abs(span).total_seconds() // 60)
    sign = "\N{MINUS SIGN}" if span < timedelta(0) and minutes else ""
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = ((days, "d"), (hours, "hr")) if days else ((hours, "hr"), (minutes, "min"))
    shown = " ".join(f"{count}{unit}" for count, unit in parts if count)
    return f"{sign}{shown or '0min'}"


def ago(moment: datetime, at: datetime) -> str:
    """22min ago, in 25min, or now."""
    span = at - moment
    if abs(span) < timedelta(minutes=1):
        return "now"
    return f"{duration(span)} ago" if span > timedelta(0) else f"in {duration(-span)}"


def read_time(text: str, *, at: datetime, zone: tzinfo) -> datetime:
    """The moment that was typed in `zone`, the centre's; given in UTC.

    A bare time is today's, or yesterday's when today's would lie more than twelve hours ahead
    (23:50 typed just after midnight). A date without a year is the nearest one. A time that the
    clock change skipped, or that came twice, is refused with what to type.
    """
    typed, now = " ".join(text.split()), at.astimezone(zone)
    if typed.lower() == "now":
        return at.astimezone(UTC).replace(second=0, microsecond=0)
    if minutes := _MINUTES_AGO.fullmatch(typed):
        past = at.astimezone(UTC) - timedelta(minutes=int(minutes[1]))
        return past.replace(second=0, microsecond=0)
    match = _TYPED.fullmatch(typed)
    if match is None or _may_be_a_year(match):
        raise UnreadableTime(_why_unreadable(typed))
    local = _wall_time(match, now)
    aware = _with_offset(local, match["offset"]) if match["offset"] else _in_zone(local, zone)
    return aware.astimezone(UTC)


def _may_be_a_year(match: re.Match[str]) -> bool:
    has_date = match["word"] or match["day"] or match["iso"]
    return bool(has_date) and not match["colon"]


def _why_unreadable(typed: str) -> str:
    if re.search(r"[ap]\.?m\.?$", typed, re.IGNORECASE):
        return "Use the 24-hour clock: 14:00 instead of 2 pm."
    if re.match(r"\d{1,4}[/.]\d{1,2}([/.]\d{1,4})?\s", typed):
        return "Write the month in letters, so that no one can mistake it: 24-Nov 14:00."
    return f"Cannot read “{typed}” as a time. {_EXAMPLES}"


def _wall_time(match: re.Match[str], now: datetime) -> datetime:
    hour, minute = int(match["hour"]), int(match["minute"])
    if (hour, minute) == (24, 0):
        raise UnreadableTime("Midnight is 00:00 of the day that begins.")
    if hour > 23 or minute > 59:  # noqa: PLR2004 - the clock's own bounds
        raise UnreadableTime(f"There is no time {hour:02}:{minute:02}. {_EXAMPLES}")
    day = _day(match, now)
    if day is not None:
        return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - zone follows
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None)
    is_late_yesterday = today - now.replace(tzinfo=None) > _HALF_A_DAY
    return today - timedelta(days=1) if is_late_yesterday else today


def _day(match: re.Match[str], now: datetime) -> date | None:
    if match["word"]:
        return now.date() - timedelta(days=match["word"].lower() == "yesterday")
    if match["iso"]:
        return _real_date(*(int(part) for part in match["iso"].split("-")))
    if match["day"] is None:
        return None
    month = _month(match["month"])
    if match["year"]:
        return _real_date(int(match["year"]), month, int(match["day"]))
    return _nearest_date(month, int(match["day"]), now.date())


def _month(word: str) -> int:
    for number, name in enumerate(MONTHS, start=1):
        if word[:3].capitalize() == name:
            return number
    raise UnreadableTime(f"There is no month “{word}”. {_EXAMPLES}")


def _real_date(year: int, month: int, day: int) -> date:
    try:
        real = date(year, month, day)
    except ValueError:
        raise UnreadableTime(f"There is no such date. {_EXAMPLES}") from None
    if not is_of_our_time(real):
        raise UnreadableTime(f"Check the year: {year} is not of our time. {_EXAMPLES}")
    return real


def _nearest_date(month: int, day: int, today: date) -> date:
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        raise UnreadableTime(f"There is no such date. {_EXAMPLES}")
    return min(candidates, key=lambda candidate: abs(candidate - today))


def _with_offset(local: datetime, offset: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{local.isoformat()}{offset.upper()}")
    except ValueError:
        raise UnreadableTime(f"There is no offset {offset}. {_EXAMPLES}") from None


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    shown = f"{clock(local)} on {clinical_date(local)}"
    if not _exists(first):
        raise UnreadableTime(f"The clock went forward and skipped {shown}. Check the time.")
    raise UnreadableTime(
        f"{shown} came twice, as the clock went back. "
        f"Add {_offset(first)} for the first or {_offset(second)} for the second."
    )


def _exists(moment: datetime) -> bool:
    utc = (moment - (moment.utcoffset() or timedelta(0))).replace(tzinfo=None)
    back = moment.tzinfo.fromutc(utc.replace(tzinfo=moment.tzinfo)) if moment.tzinfo else moment
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def _comes_twice(moment: datetime) -> bool:
    folds = [moment.replace(fold=fold) for fold in (0, 1)]
    return folds[0].utcoffset() != folds[1].utcoffset() and _exists(folds[0])


def _offset(moment: datetime) -> str:
    shown = moment.strftime("%z")
    return f"{shown[:3]}:{shown[3:]}"
