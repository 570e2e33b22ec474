"""Run hours, component hours and whether the modes cover the run.

Source: reference cases, "Run hours", "Modes" and "Oxygenator and other components". Hours are
absolute, to the minute; interruptions are not subtracted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from clinical.instants import elapsed, minutes_between, utc

MINUTES_PER_HOUR = 60
HALF_AN_HOUR = 30
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class RunHours:
    """How long something ran. `wall_clock_minutes` is what clock faces give: never report it."""

    minutes: int
    by_month: Mapping[str, int]
    wall_clock_minutes: int

    @property
    def exact(self) -> str:
        """Hours and minutes as H:MM."""
        return hours_text(self.minutes)

    @property
    def hours_rounded(self) -> int:
        """Whole hours, half an hour counting as one."""
        return (self.minutes + HALF_AN_HOUR) // MINUTES_PER_HOUR


def run_hours(time_on: datetime, time_off: datetime, tz: tzinfo) -> RunHours:
    """Return the hours from first flow to flow off (or to now), split at local month starts.

    Raises ValueError if `time_off` is before `time_on`.
    """
    if utc(time_off) < utc(time_on):
        raise ValueError("The end lies before the beginning.")
    return RunHours(
        minutes=minutes_between(time_on, time_off),
        by_month=_by_month(time_on, time_off, tz),
        wall_clock_minutes=_wall_clock_minutes(time_on, time_off, tz),
    )


def hours_text(minutes: int) -> str:
    """Return minutes as H:MM."""
    return f"{minutes // MINUTES_PER_HOUR}:{minutes % MINUTES_PER_HOUR:02d}"


def _by_month(time_on: datetime, time_off: datetime, tz: tzinfo) -> dict[str, int]:
    months: dict[str, int] = {}
    start = time_on
    while True:
        local = start.astimezone(tz)
        month_end = _next_month(local, tz)
        stop = min(month_end, time_off, key=utc)
        months[f"{local.year:04d}-{local.month:02d}"] = minutes_between(start, stop)
        if utc(month_end) >= utc(time_off):
            return months
        start = month_end


def _next_month(local: datetime, tz: tzinfo) -> datetime:
    turns_year = local.month == DECEMBER
    year, month = (local.year + 1, 1) if turns_year else (local.year, local.month + 1)
    return datetime(year, month, 1, tzinfo=tz)


def _wall_clock_minutes(time_on: datetime, time_off: datetime, tz: tzinfo) -> int:
    on, off = (moment.astimezone(tz).replace(tzinfo=None) for moment in (time_on, time_off))
    return (off.replace(second=0) - on.replace(second=0)) // timedelta(minutes=1)


class Flaw(StrEnum):
    """What can be wrong with a mode timeline."""

    NONE_ENTERED = "none entered"
    GAP = "gap"
    OVERLAP = "overlap"
    BEFORE_RUN = "before the run"
    AFTER_RUN = "after the run"


@dataclass(frozen=True, slots=True)
class ModeSegment:
    """One stretch of support in a mode; `ends_at` None while it goes on."""

    mode: str
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ModeProblem:
    """Where the modes do not cover the run exactly once."""

    flaw: Flaw
    starts_at: datetime
    ends_at: datetime


def mode_problems(
    segments: Sequence[ModeSegment], time_on: datetime, time_off: datetime
) -> tuple[ModeProblem, ...]:
    """Return every gap, overlap and stretch outside the run; none means that it is covered.

    `time_off` is the end of the run, or now while it goes on; an open segment lasts until then.
    """
    if not segments:
        return (ModeProblem(Flaw.NONE_ENTERED, time_on, time_off),)
    ordered = sorted(segments, key=lambda segment: utc(segment.starts_at))
    problems = []
    if utc(ordered[0].starts_at) < utc(time_on):
        problems.append(ModeProblem(Flaw.BEFORE_RUN, ordered[0].starts_at, time_on))
    covered_to = time_on
    for segment in ordered:
        problems += _joint(covered_to, max(segment.starts_at, time_on, key=utc))
        covered_to = max(covered_to, segment.ends_at or time_off, key=utc)
    problems += _end(covered_to, time_off)
    return tuple(problems)


def _joint(covered_to: datetime, starts_at: datetime) -> list[ModeProblem]:
    if elapsed(covered_to, starts_at) > timedelta(0):
        return [ModeProblem(Flaw.GAP, covered_to, starts_at)]
    if elapsed(covered_to, starts_at) < timedelta(0):
        return [ModeProblem(Flaw.OVERLAP, starts_at, covered_to)]
    return []


def _end(covered_to: datetime, time_off: datetime) -> list[ModeProblem]:
    if elapsed(covered_to, time_off) > timedelta(0):
        return [ModeProblem(Flaw.GAP, covered_to, time_off)]
    if elapsed(covered_to, time_off) < timedelta(0):
        return [ModeProblem(Flaw.AFTER_RUN, time_off, covered_to)]
    return []


def is_same_run(ended_at: datetime, flow_on_at: datetime, gap_h: float) -> bool:
    """Whether flow on so soon after flow off goes on with the same run: up to `gap_h` hours.

    Source: registry reference, part 9 (a restart after more than the gap is a new run; the gap of
    24 h is a default to be replaced), bedside reference, safety principle 8.
    """
    gap = elapsed(ended_at, flow_on_at)
    return timedelta(0) <= gap <= timedelta(hours=gap_h)
