"""Trend panels as drawing instructions: percent across, pixels down, so that SVG text never scales.

Pure: points and bands in, positions out. The template only draws. A gap stays a gap; a value on
its target is inside; out-of-target values carry a triangle, so that colour alone says nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from web.times import MONTHS, clock

TOP, BOTTOM = 14, 90
STEPS = {24: 4, 72: 12}
LONGEST_TICKS = 8
INTERVALS = 3
TINY = 1e-9
LONG_GAP = timedelta(hours=24)
"""Longer gaps are not joined by a line, as they are not interpolated (reference cases)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value: when, how much, as shown, and on which side of its target ("low", "high", "")."""

    at: datetime
    value: float
    text: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A target while it was valid."""

    starts_at: datetime
    ends_at: datetime
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Window:
    """The time shown, with evenly spaced ticks."""

    starts_at: datetime
    ends_at: datetime
    ticks: tuple[datetime, ...]
    zone: ZoneInfo

    def across(self, moment: datetime) -> float:
        """Return percent of the width, kept inside the window."""
        share = (moment - self.starts_at) / (self.ends_at - self.starts_at)
        return min(max(share * 100, 0.0), 100.0)


@dataclass(frozen=True, slots=True)
class Line:
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Box:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    text: str
    side: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel, ready to draw."""

    code: str
    label: str
    unit: str
    series: int
    lines: list[Line] = field(default_factory=list)
    areas: list[Box] = field(default_factory=list)
    bands: list[Box] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    levels: list[tuple[str, str]] = field(default_factory=list)
    summary: str = ""
    target: str = ""
    last: str = ""
    last_at: datetime | None = None
    before: str = ""


def window(starts_at: datetime, ends_at: datetime, hours: int, zone: ZoneInfo) -> Window:
    """Return the time from `starts_at` to the next full step after `ends_at`, with its ticks."""
    span = (ends_at - starts_at) / timedelta(hours=1)
    step = STEPS.get(hours) or max(4, -(-int(span) // (LONGEST_TICKS * 4)) * 4)
    local = ends_at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    end = (local + timedelta(hours=step - local.hour % step)).astimezone(ends_at.tzinfo)
    count = max(1, -(-int((end - starts_at) / timedelta(minutes=1)) // (step * 60)))
    begin = end - timedelta(hours=step * count)
    ticks = tuple(begin + timedelta(hours=step * index) for index in range(1, count))
    return Window(begin, end, ticks, zone)


def value_panel(
    *,
    code: str,
    label: str,
    unit: str,
    series: int,
    marks: Sequence[Mark],
    bands: Iterable[Band],
    shown: Window,
    target: str = "",
) -> Panel:
    """Return a panel of single values joined by lines, over the targets valid at their time."""
    rows = list(bands)
    scale = _Scale.over(
        [mark.value for mark in marks]
        + [bound for band in rows for bound in (band.low, band.high) if bound is not None]
    )
    joined = [pair for pair in pairwise(marks) if pair[1].at - pair[0].at <= LONG_GAP]
    return Panel(
        code=code,
        label=label,
        unit=unit,
        series=series,
        lines=[_line(one, other, shown, scale) for one, other in joined],
        bands=[_band(band, shown, scale) for band in rows],
        dots=[_dot(mark, shown, scale) for mark in marks],
        ticks=_ticks(shown),
        levels=scale.levels(),
        summary=_summary(label, unit, marks),
        target=target,
        **_newest(marks),
    )


def step_panel(
    *,
    code: str,
    label: str,
    unit: str,
    series: int,
    marks: Sequence[Mark],
    until: datetime,
    shown: Window,
) -> Panel:
    """Return a panel of a rate that holds from each mark to the next, the last one `until`."""
    scale = _Scale.over([0.0, *(mark.value for mark in marks)])
    ends = [mark.at for mark in marks[1:]] + [until]
    lines, areas = [], []
    for mark, end in zip(marks, ends, strict=True):
        left, right, y = shown.across(mark.at), shown.across(end), scale.down(mark.value)
        lines.append(Line(_percent(left), _px(y), _percent(right), _px(y)))
        areas.append(Box(_percent(left), _px(y), _percent(right - left), _px(scale.down(0.0) - y)))
    for one, other in pairwise(marks):
        x = _percent(shown.across(other.at))
        lines.append(Line(x, _px(scale.down(one.value)), x, _px(scale.down(other.value))))
    return Panel(
        code=code,
        label=label,
        unit=unit,
        series=series,
        lines=lines,
        areas=areas,
        ticks=_ticks(shown),
        levels=scale.levels(),
        summary=_summary(label, unit, marks),
        **_newest(marks),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a round number below the values to one above them, in `step`."""

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, numbers: Sequence[float]) -> "_Scale":
        low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
        step = _round_step((high - low) / INTERVALS or abs(high) / INTERVALS or 1.0)
        below, above = math.floor(low / step), math.ceil(high / step)
        if below == above:
            below, above = below - 1, above + 1
        return cls(below * step, above * step, step)

    def down(self, value: float) -> float:
        return BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)

    def levels(self) -> list[tuple[str, str]]:
        count = round((self.high - self.low) / self.step)
        decimals = max(0, -math.floor(math.log10(self.step) + TINY))
        levels = (self.low + self.step * index for index in range(count + 1))
        return [(_px(self.down(level)), f"{level:,.{decimals}f}") for level in levels]


def _round_step(rough: float) -> float:
    """The first of 1, 2, 5 or 10 times a power of ten that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough - TINY)


def _line(one: Mark, other: Mark, shown: Window, scale: _Scale) -> Line:
    return Line(
        _percent(shown.across(one.at)),
        _px(scale.down(one.value)),
        _percent(shown.across(other.at)),
        _px(scale.down(other.value)),
    )


def _band(band: Band, shown: Window, scale: _Scale) -> Box:
    left, right = shown.across(band.starts_at), shown.across(band.ends_at)
    top = TOP if band.high is None else scale.down(band.high)
    bottom = BOTTOM if band.low is None else scale.down(band.low)
    return Box(_percent(left), _px(top), _percent(right - left), _px(bottom - top))


def _dot(mark: Mark, shown: Window, scale: _Scale) -> Dot:
    return Dot(_percent(shown.across(mark.at)), _px(scale.down(mark.value)), mark.text, mark.side)


def _ticks(shown: Window) -> list[Tick]:
    local = (moment.astimezone(shown.zone) for moment in shown.ticks)
    return [Tick(_percent(shown.across(moment)), _tick_text(moment)) for moment in local]


def _tick_text(moment: datetime) -> str:
    """The date at midnight, the hour elsewhere."""
    is_midnight = moment.hour == 0
    return f"{moment.day}-{MONTHS[moment.month - 1]}" if is_midnight else clock(moment)


def _newest(marks: Sequence[Mark]) -> dict[str, Any]:
    if not marks:
        return {}
    before = marks[-2].text if len(marks) > 1 else ""
    return {"last": marks[-1].text, "last_at": marks[-1].at, "before": before}


def _summary(label: str, unit: str, marks: Sequence[Mark]) -> str:
    if not marks:
        return f"{label}: no value in this time."
    outside = sum(bool(mark.side) for mark in marks)
    last = marks[-1]
    return f"{label}: {len(marks)} values, {outside} outside target, newest {last.text} {unit}."


def _percent(share: float) -> str:
    return f"{share:.2f}%"


def _px(number: float) -> str:
    return f"{max(number, 0.0):.1f}"
