"""What anticoagulation is judged by: results, plan, protocol, infusion, and what stands against.

Source: reference cases, "Anticoagulation"; bedside reference 2.1-2.5. The judgements stand in
`clinical.time_in_range` and `clinical.titration`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from clinical.instants import utc
from clinical.spans import Span

CLOTTING_PRODUCTS = frozenset({"plasma", "platelets", "antithrombin"})


class Status(StrEnum):
    """How far a laboratory stands by a result."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


@dataclass(frozen=True, slots=True)
class LabResult:
    """One version of one result, as one message brought it.

    `key` names the result through all its versions, `source` this version; `value` is None for
    a text; `comparator` marks a censored value ("<" or ">").
    """

    key: str
    analyte: str
    source: str
    collected_at: datetime
    known_at: datetime
    status: Status
    value: Decimal | None = None
    comparator: str | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it may be acted on: final or corrected, with a number."""
        return self.status in {Status.FINAL, Status.CORRECTED} and self.value is not None

    @property
    def number(self) -> Decimal:
        """The value; raises ValueError for a text."""
        if self.value is None:
            raise ValueError(f"The result {self.source} has no number.")
        return self.value


class ChangeKind(StrEnum):
    """What was done to an infusion. A bolus changes no rate; a hold lasts until it is resumed."""

    START = "start"
    CHANGE = "change"
    BOLUS = "bolus"
    HOLD = "hold"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class InfusionChange:
    """One change of an agent's infusion; `rate` holds from `at` on, in the infusion's unit."""

    at: datetime
    kind: ChangeKind
    rate: Decimal


@dataclass(frozen=True, slots=True)
class InfusionState:
    """How an infusion stands; `rate` None if it never ran."""

    rate: Decimal | None
    is_on_hold: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Which agent is steered by which test, to which target; `ends_at` None while it holds."""

    agent: str
    driver: str
    target: Span
    starts_at: datetime
    ends_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether a sample collected then belongs to this plan; both ends are inside."""
        if utc(moment) < utc(self.starts_at):
            return False
        return self.ends_at is None or utc(moment) <= utc(self.ends_at)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a titration table, for values in [low, high); `high` None is without end."""

    id: str
    low: Decimal
    high: Decimal | None
    rate_pct: Decimal
    recheck_h: float
    hold_min: int = 0
    recheck_h_if_two_in_range: float | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether a value in this step leaves the infusion as it is."""
        return self.rate_pct == 0 and self.hold_min == 0

    def touches(self, value: Decimal, comparator: str | None) -> bool:
        """Whether the value, or some number that a censored value can stand for, lies here."""
        match comparator:
            case None:
                return self.low <= value and (self.high is None or value < self.high)
            case "<":
                return self.low < value
            case "<=":
                return self.low <= value
            case ">" | ">=":
                return self.high is None or value < self.high
        raise ValueError(f"{comparator!r} is not a comparator.")


@dataclass(frozen=True, slots=True)
class Discordance:
    """The driver lies `driver` ("below", "above") the target while another test says otherwise.

    `side` says on which side of `bound` the other analyte lies; both were collected within
    `within_h` of each other.
    """

    id: str
    driver: str
    analyte: str
    side: str
    bound: Decimal
    within_h: float


@dataclass(frozen=True, slots=True)
class Protocol:
    """A titration table with its guards, as approved by the site; rates in the plan's unit."""

    id: str
    steps: tuple[Step, ...]
    max_age_min: int
    rounding: Decimal
    max_rate: Decimal
    block_if_bleeding_grade: int
    steady_state_h: float | None = None
    discordance: tuple[Discordance, ...] = ()

    def steps_for(self, value: Decimal, comparator: str | None = None) -> tuple[Step, ...]:
        """Return the step that holds a value, or every step that a censored value touches."""
        return tuple(step for step in self.steps if step.touches(value, comparator))


@dataclass(frozen=True, slots=True)
class ProductGiven:
    """A blood product begun for the patient (not for the circuit's prime)."""

    product_type: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Bleeding:
    """A bleeding of grade 1-4, open from `starts_at` until before `ends_at`."""

    grade: int
    starts_at: datetime
    ends_at: datetime | None = None

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it was still going on."""
        if utc(moment) < utc(self.starts_at):
            return False
        return self.ends_at is None or utc(moment) < utc(self.ends_at)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else happened: the plan's own infusion, blood products, bleeding."""

    changes: tuple[InfusionChange, ...] = ()
    products: tuple[ProductGiven, ...] = ()
    bleeding: tuple[Bleeding, ...] = ()


def infusion_state(changes: Iterable[InfusionChange], at: datetime) -> InfusionState:
    """Return the rate at a time and whether the infusion is on hold."""
    rate, is_on_hold = None, False
    for change in sorted(changes, key=_changed_at):
        if utc(change.at) > utc(at):
            break
        rate = change.rate
        if change.kind is ChangeKind.HOLD:
            is_on_hold = True
        elif change.kind in {ChangeKind.START, ChangeKind.RESUME, ChangeKind.STOP}:
            is_on_hold = False
    return InfusionState(rate, is_on_hold)


def by_collection(results: Iterable[LabResult]) -> list[LabResult]:
    """Return usable results by collection time; of several at one time the last to arrive."""
    last: dict[datetime, LabResult] = {}
    for result in sorted(results, key=_known_at):
        if result.is_usable:
            last[utc(result.collected_at)] = result
    return [last[collected] for collected in sorted(last)]


def on_file(results: Iterable[LabResult], at: datetime | None = None) -> list[LabResult]:
    """Return the newest version of each result, as known at a time (None: now)."""
    versions: dict[str, LabResult] = {}
    for result in sorted(results, key=_known_at):
        if at is None or utc(result.known_at) <= utc(at):
            versions[result.key] = result
    return list(versions.values())


def step_flaws(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return every gap and overlap in a titration table, as sentences; none means it is whole."""
    if not steps:
        return ("The table has no steps.",)
    ordered = sorted(steps, key=lambda step: step.low)
    flaws = []
    for lower, upper in pairwise(ordered):
        if lower.high is None or lower.high > upper.low:
            flaws.append(f"Steps {lower.id} and {upper.id} overlap from {upper.low}.")
        elif lower.high < upper.low:
            flaws.append(f"No step holds values from {lower.high} to {upper.low}.")
    if ordered[-1].high is not None:
        flaws.append(f"No step holds values from {ordered[-1].high} on.")
    return tuple(flaws)


def _changed_at(change: InfusionChange) -> datetime:
    return utc(change.at)


def _known_at(result: LabResult) -> datetime:
    return utc(result.known_at)
