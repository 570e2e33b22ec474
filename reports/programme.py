"""What the programme report says: plain values, put together from judged runs. No names."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from clinical.complications import is_fault
from clinical.due import CheckCadence
from clinical.instants import elapsed, minutes_between, utc
from clinical.runtime import MINUTES_PER_HOUR, run_hours
from reports import tables
from reports.calls import Call, Calls, tally
from reports.checking import Charted, Timeliness, timeliness
from reports.elso.dictionary import DICTIONARY
from reports.elso.mapping import EQUIPMENT
from reports.judging import Judged
from reports.months import Span, name_of, shifted, span_of
from reports.tables import Line

WINDOW_MONTHS = 12
NO_WORDS: Mapping[str, str] = MappingProxyType({})
LABELS = {each.code: each.label for each in DICTIONARY.complications}


@dataclass(frozen=True, slots=True)
class Head:
    """Of whom and when: the report speaks of `month`, with what was known at `as_at`."""

    centre: str
    elso_number: str
    month: date
    revision: int
    as_at: datetime
    zone_name: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month: runs begun and ended, hours on ECMO, and survival of what ended."""

    month: date
    begun: int
    ended: int
    hours: Decimal
    survived: tables.Survival


@dataclass(frozen=True, slots=True)
class CheckRow:
    """How timely one run was checked in the month."""

    run: str
    hours: Decimal
    timeliness: Timeliness


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a closed run still needs before it can be exported."""

    run: str
    ended_at: datetime
    filled_pct: Decimal
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complication:
    """A complication row with its label."""

    label: str
    row: tables.Complications


@dataclass(frozen=True, slots=True)
class Programme:
    """The whole report."""

    head: Head
    months: tuple[MonthRow, ...]
    running_at_end: int
    survival: tuple[tables.Survival, ...]
    hours: tuple[tables.Hours, ...]
    modes: tuple[tables.Count, ...]
    complications: tuple[Complication, ...]
    lives: tuple[tables.Lives, ...]
    checks: tuple[CheckRow, ...]
    cadence: CheckCadence
    calls: Calls
    calls_now: Calls
    to_do: tuple[ToDo, ...]
    closed_runs: int

    @property
    def now(self) -> MonthRow:
        """The month reported."""
        return self.months[-1]

    @property
    def on_time_pct(self) -> Decimal | None:
        """Share of check intervals on time over all runs of the month."""
        rows = [row.timeliness for row in self.checks]
        return tables.percent(sum(row.on_time for row in rows), sum(row.intervals for row in rows))


def programme_of(
    head: Head,
    judged: Sequence[Judged],
    checks: Mapping[int, Sequence[Charted]],
    cadence: CheckCadence,
    calls: Collection[Call] = (),
    reasons: Mapping[str, str] = NO_WORDS,
) -> Programme:
    """Put the report together. `judged` are the runs on ECMO in the twelve months up to `month`.

    `checks` are those of the month, by primary key of the run, with the last before it; `calls`
    the referrals of the twelve months, `reasons` the words of the codes by which some are declined.
    """
    zone = ZoneInfo(head.zone_name)
    window = span_of(head.month, zone, months=WINDOW_MONTHS)
    month = span_of(head.month, zone)
    closed = [one for one in judged if _ended_in(one, window)]
    lines = [Line.of(one.record) for one in closed]
    return Programme(
        head=head,
        months=tuple(_months(head, judged)),
        running_at_end=sum(_is_running_at(one, month.ends_at) for one in judged),
        survival=tuple(tables.survival(lines)),
        hours=tuple(tables.run_hours(lines)),
        modes=tuple(tables.by_mode(lines)),
        complications=tuple(
            Complication(LABELS.get(row.code, "not in the profile"), row)
            for row in tables.complications(lines)
        ),
        lives=tuple(tables.component_lives(_lives(closed), is_fault)),
        checks=tuple(_checks(judged, checks, month, cadence)),
        cadence=cadence,
        calls=tally(calls, window, reasons),
        calls_now=tally(calls, month, reasons),
        to_do=tuple(_to_do(closed)),
        closed_runs=len(closed),
    )


def _months(head: Head, judged: Collection[Judged]) -> Iterator[MonthRow]:
    hours: Counter[str] = Counter()
    for one in judged:
        record = one.record
        hours.update(run_hours(record.time_on, record.last_moment, record.zone).by_month)
    for back in range(WINDOW_MONTHS - 1, -1, -1):
        month = shifted(head.month, -back)
        begun = [one for one in judged if _local_month(one, one.record.time_on) == month]
        ended = [
            one
            for one in judged
            if one.record.time_off and _local_month(one, one.record.time_off) == month
        ]
        yield MonthRow(
            month=month,
            begun=len(begun),
            ended=len(ended),
            hours=_hours(hours[name_of(month)]),
            survived=tables.survival([Line.of(one.record) for one in ended])[-1],
        )


def _checks(
    judged: Collection[Judged],
    checks: Mapping[int, Sequence[Charted]],
    month: Span,
    cadence: CheckCadence,
) -> Iterator[CheckRow]:
    for one in judged:
        record = one.record
        start = max(record.time_on, month.starts_at, key=utc)
        end = min(record.last_moment, month.ends_at, key=utc)
        if utc(start) >= utc(end):
            continue
        yield CheckRow(
            run=one.label,
            hours=_hours(minutes_between(start, end)),
            timeliness=timeliness(
                checks.get(one.run.pk, ()),
                time_on=record.time_on,
                until=record.last_moment,
                span=month,
                cadence=cadence,
            ),
        )


def _lives(closed: Collection[Judged]) -> Iterator[tables.Life]:
    for one in closed:
        for part in one.record.components:
            if part.type in EQUIPMENT:
                until = part.removed_at or one.record.last_moment
                minutes = max(minutes_between(part.installed_at, until), 0)
                yield tables.Life(part.type, _hours(minutes), part.removed_reason or "")


def _to_do(closed: Collection[Judged]) -> Iterator[ToDo]:
    for one in closed:
        if not one.is_exportable and one.record.time_off:
            yield ToDo(
                run=one.label,
                ended_at=one.record.time_off,
                filled_pct=one.mandatory.pct,
                blocks=tuple(dict.fromkeys(each.check for each in one.blocks)),
            )


def _ended_in(one: Judged, span: Span) -> bool:
    off = one.record.time_off
    return off is not None and utc(span.starts_at) <= utc(off) < utc(span.ends_at)


def _is_running_at(one: Judged, moment: datetime) -> bool:
    off = one.record.time_off
    began = elapsed(one.record.time_on, moment).total_seconds() > 0
    return began and (off is None or utc(off) >= utc(moment))


def _local_month(one: Judged, moment: datetime) -> date:
    return moment.astimezone(one.record.zone).date().replace(day=1)


def _hours(minutes: int) -> Decimal:
    return Decimal(minutes) / MINUTES_PER_HOUR
