"""The flowsheet of a day, like the paper one: a row for each measure, its hours across.

An hour with several checks has a column for each, an hour without one stands there empty. What was
not charted, what could not be measured (with its reason), what came late and what was amended are
told apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain

from django.db.models import QuerySet

from circuits.asked import shown
from circuits.history import ChartedCheck, charted
from circuits.models import Check
from clinical.checkset import GROUPS
from clinical.inspection import Choice, Item, item
from clinical.instants import utc
from clinical.limits import Limit, by_measure, limit_at
from clinical.measures import MEASURES, Kind, Measure, core_measures
from patients.models import Run
from patients.queries import limits_of

HOUR = timedelta(hours=1)
DERIVED = tuple(code for code, one in MEASURES.items() if one.kind is Kind.DERIVED)
SHOWN_DERIVED = ("delta_p", "membrane_resistance", "blood_flow_per_kg")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class State(StrEnum):
    """What a column is: a check, an hour without one, an hour to come, an hour off support."""

    CHECK = "check"
    EMPTY = "empty"
    FUTURE = "future"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Column:
    """One check, or an hour without one."""

    state: State
    hour: datetime
    charted: ChartedCheck | None = None
    initials: str = ""

    @property
    def check(self) -> Check | None:
        """The check, if there is one."""
        return self.charted.check if self.charted else None


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour across the sheet, with its columns."""

    starts_at: datetime
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: the number shown, or a note's number why there is none, or neither."""

    state: State
    value: Decimal | None = None
    severity: int | None = None
    is_amended: bool = False
    was: Decimal | None = None
    note: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One answer as a letter of its row's key; the severity marks what needs somebody."""

    state: State
    letter: str = ""
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure across the day, in the unit in which the site shows it."""

    measure: Measure
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class LookRow:
    """One thing looked at across the day; `key` says what each letter stands for."""

    label: str
    key: Sequence[tuple[str, str]]
    cells: Sequence[Look]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together."""

    label: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day of a run."""

    day: date
    hours: Sequence[Hour]
    blocks: Sequence[Block]
    looks: Sequence[LookRow]
    notes: Sequence[str]
    signers: Mapping[str, str]

    @property
    def columns(self) -> list[Column]:
        """All columns, in order."""
        return [column for hour in self.hours for column in hour.columns]

    @property
    def has_checks(self) -> bool:
        """Whether anything was charted on this day."""
        return any(column.check for column in self.columns)


@dataclass(slots=True)
class _Notes:
    """Reasons as footnotes: each once, by number."""

    texts: list[str] = field(default_factory=list)

    def number(self, reason: str) -> int:
        if reason not in self.texts:
            self.texts.append(reason)
        return self.texts.index(reason) + 1


def days_of(run: Run, at: datetime) -> list[date]:
    """Return the days of a run in the centre's calendar, newest first."""
    zone = run.unit.centre.tz
    first = run.started_at.astimezone(zone).date()
    last = (run.ended_at or at).astimezone(zone).date()
    return [last - timedelta(days=n) for n in range((last - first).days + 1)]


def sheet_of(run: Run, day: date, units: Mapping[str, str], at: datetime) -> Sheet:
    """Return the flowsheet of a day (two statements; one more if a check was amended)."""
    hours_at = hours_in(run, day)
    found = charted(list(_checks(run, hours_at)))
    signers = _signers(found)
    hours = [_hour(run, starts_at, found, signers, at) for starts_at in hours_at]
    columns = [column for hour in hours for column in hour.columns]
    notes = _Notes()
    blocks = list(_blocks(columns, units, by_measure(limits_of(run)), notes))
    names = {initials: name for name, initials in signers.items()}
    return Sheet(day, hours, blocks, _looks(columns), notes.texts, names)


def hours_in(run: Run, day: date) -> list[datetime]:
    """Return when each hour of a local day begins: 23 or 25 of them when the clocks change."""
    zone = run.unit.centre.tz
    begins = utc(datetime.combine(day, time(), zone))
    ends = utc(datetime.combine(day + timedelta(days=1), time(), zone))
    count = (ends - begins) // HOUR
    return [(begins + n * HOUR).astimezone(zone) for n in range(count)]


def _checks(run: Run, hours: Sequence[datetime]) -> QuerySet[Check]:
    until = hours[-1] + HOUR
    rows = run.checks.current().filter(checked_at__gte=hours[0], checked_at__lt=until)
    return rows.select_related("performed_by").order_by("checked_at", "entered_at")


def _hour(
    run: Run,
    starts_at: datetime,
    found: Sequence[ChartedCheck],
    signers: Mapping[str, str],
    at: datetime,
) -> Hour:
    ends_at = utc(starts_at) + HOUR
    inside = [one for one in found if utc(starts_at) <= utc(one.check.checked_at) < ends_at]
    if inside:
        return Hour(
            starts_at,
            [
                Column(State.CHECK, starts_at, one, signers[str(one.check.performed_by)])
                for one in inside
            ],
        )
    is_off = ends_at <= run.started_at or (run.ended_at is not None and starts_at >= run.ended_at)
    state = State.OFF if is_off else State.FUTURE if starts_at >= at else State.EMPTY
    return Hour(starts_at, [Column(state, starts_at)])


def _signers(found: Sequence[ChartedCheck]) -> dict[str, str]:
    """Return the initials of each name; who shares them with somebody gets a number."""
    taken: dict[str, str] = {}
    for one in found:
        name = str(one.check.performed_by)
        if name in taken:
            continue
        initials = "".join(part[0] for part in name.split()).upper()
        same = sum(given.rstrip("0123456789") == initials for given in taken.values())
        taken[name] = f"{initials}{same + 1}" if same else initials
    return taken


def _blocks(
    columns: Sequence[Column],
    units: Mapping[str, str],
    limits: Mapping[str, Sequence[Limit]],
    notes: _Notes,
) -> Iterator[Block]:
    asked = {one.code for one in core_measures()} | set(SHOWN_DERIVED)
    bodies = [column.check.document for column in columns if column.check]
    there = {code for body in bodies for code in chain(body["values"], body["not_done"])}
    groups = [(group.label, group.codes) for group in GROUPS]
    for label, codes in (*groups, ("Computed", DERIVED)):
        wanted = [code for code in codes if code in asked | there]
        rows = [_row(shown(code, units), columns, limits.get(code, ()), notes) for code in wanted]
        if rows:
            yield Block(label, rows)


def _row(
    measure: Measure, columns: Sequence[Column], limits: Sequence[Limit], notes: _Notes
) -> Row:
    return Row(measure, [_cell(measure, column, limits, notes) for column in columns])


def _cell(measure: Measure, column: Column, limits: Sequence[Limit], notes: _Notes) -> Cell:
    if column.charted is None:
        return Cell(column.state)
    check, code = column.charted.check, measure.code
    value = _value(check, code)
    reason = check.document["not_done"].get(code)
    if value is None:
        return Cell(column.state, note=notes.number(reason) if reason else None)
    limit = limit_at(limits, code, check.checked_at)
    judged = limit.judge(value) if limit else None
    first = _value(column.charted.versions[0], code)
    return Cell(
        state=column.state,
        value=measure.shown(value),
        severity=judged.severity if judged else None,
        is_amended=first != value,
        was=measure.shown(first) if first is not None and first != value else None,
    )


def _value(check: Check, code: str) -> Decimal | None:
    row = check.document["values"].get(code)
    number = row["value"] if row else check.document["derived"].get(code)
    return None if number is None else Decimal(number)


def _looks(columns: Sequence[Column]) -> list[LookRow]:
    keys = dict.fromkeys(
        key for column in columns if column.check for key in column.check.document["findings"]
    )
    return [_look_row(key, columns) for key in keys]


def _look_row(key: str, columns: Sequence[Column]) -> LookRow:
    code, _, place = key.partition("@")
    one = item(code)
    letters = dict(zip(one.choices, LETTERS, strict=False))
    cells = [_look(key, one, column, letters) for column in columns]
    used = {cell.letter for cell in cells}
    legend = [(letters[c.code], c.label) for c in one.choices.values() if letters[c.code] in used]
    return LookRow(f"{one.short} ({place})" if place else one.short, legend, cells)


def _look(key: str, one: Item, column: Column, letters: Mapping[str, str]) -> Look:
    answer = column.check.document["findings"].get(key) if column.check else None
    if answer is None:
        return Look(column.state)
    choice: Choice = one.choice(answer)
    return Look(column.state, letters[choice.code], choice.severity)
