"""What a titration table proposes for each result, what forbids it, and when the next is due.

Source: reference cases, "Titration" and "Anticoagulation". A row is judged once, by what was
known when the result arrived. It is a proposal and is never applied by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from clinical.anticoagulation import (
    CLOTTING_PRODUCTS,
    Circumstances,
    Discordance,
    InfusionState,
    LabResult,
    Plan,
    Protocol,
    Status,
    Step,
    by_collection,
    infusion_state,
    on_file,
)
from clinical.instants import after, elapsed, utc
from clinical.spans import HIGH, LOW, Span


class Block(StrEnum):
    """Why no rate is proposed, in the order in which the reasons are listed."""

    PRELIMINARY = "preliminary"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"
    NO_NUMBER = "no_number"
    NOT_NEWEST = "not_newest"
    TOO_OLD = "too_old"
    RATE_CHANGED = "rate_changed_since_collection"
    NOT_STEADY_STATE = "not_steady_state"
    HOLD_ACTIVE = "hold_active"
    RATE_ZERO = "rate_zero"
    BLEEDING = "bleeding"
    DISCORDANT = "discordant"
    CENSORED_SPANS_STEPS = "censored_spans_steps"


WITHDRAWN = frozenset({Block.CANCELLED, Block.ENTERED_IN_ERROR, Block.NO_NUMBER})
DISTURBED = frozenset({Block.RATE_CHANGED, Block.NOT_STEADY_STATE})
_BY_STATUS = {
    Status.PRELIMINARY: Block.PRELIMINARY,
    Status.CANCELLED: Block.CANCELLED,
    Status.ENTERED_IN_ERROR: Block.ENTERED_IN_ERROR,
}


@dataclass(frozen=True, slots=True)
class DiscordantWith:
    """The row of the protocol that held, and the other test's result that it held against."""

    rule: str
    source: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class TitrationRow:
    """What one message about the driver test led to.

    `next_due` None means that the message does not move it; `proposed_rate` None that none is
    proposed, for every reason in `blocked`.
    """

    result: LabResult
    replaces: str | None
    rate_when_known: Decimal | None
    blocked: tuple[Block, ...]
    steps: tuple[Step, ...] = ()
    proposed_rate: Decimal | None = None
    next_due: datetime | None = None
    discordant: DiscordantWith | None = None

    @property
    def is_censored(self) -> bool:
        """Whether the value is only a bound."""
        return self.result.comparator is not None

    @property
    def step(self) -> Step | None:
        """The one step that holds the value, None if there is not exactly one."""
        return self.steps[0] if len(self.steps) == 1 else None


def titrate(
    plan: Plan, protocol: Protocol, results: Iterable[LabResult], around: Circumstances
) -> tuple[TitrationRow, ...]:
    """Return a row for each message about a driver result of the plan, in order of arrival.

    `results` holds every version of every result that changed what is on file, the other
    analytes of the protocol included.
    """
    arrived = sorted(results, key=lambda one: utc(one.known_at))
    rows = []
    for index, result in enumerate(arrived):
        if result.analyte == plan.driver and plan.covers(result.collected_at):
            known = _Known(plan, protocol, arrived[: index + 1], around)
            rows.append(known.judge(result))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Known:
    """All that was known when a result arrived."""

    plan: Plan
    protocol: Protocol
    arrived: Sequence[LabResult]
    around: Circumstances

    def judge(self, result: LabResult) -> TitrationRow:
        infusion = infusion_state(self.around.changes, result.known_at)
        replaces = self._replaces(result)
        alone = self._unusable(result)
        if alone is not None or result.value is None:
            due = result.known_at if alone in WITHDRAWN else None
            stands_alone = (alone or Block.NO_NUMBER,)
            return TitrationRow(result, replaces, infusion.rate, stands_alone, next_due=due)
        steps = self.protocol.steps_for(result.value, result.comparator)
        discordant = self._discordant(result)
        blocked = tuple(self._blocks(result, infusion, steps, discordant))
        return TitrationRow(
            result=result,
            replaces=replaces,
            rate_when_known=infusion.rate,
            blocked=blocked,
            steps=steps,
            proposed_rate=None if blocked else _proposed(infusion.rate, steps, self.protocol),
            next_due=self._next_due(result, steps, blocked),
            discordant=discordant,
        )

    def _replaces(self, result: LabResult) -> str | None:
        earlier = [one for one in self.arrived[:-1] if one.key == result.key]
        return earlier[-1].source if earlier else None

    def _unusable(self, result: LabResult) -> Block | None:
        by_status = _BY_STATUS.get(result.status)
        if by_status is not None:
            return by_status
        if result.value is None:
            return Block.NO_NUMBER
        is_newest = all(
            utc(one.collected_at) <= utc(result.collected_at)
            for one in self._usable(self.plan.driver)
        )
        return None if is_newest else Block.NOT_NEWEST

    def _blocks(
        self,
        result: LabResult,
        infusion: InfusionState,
        steps: Sequence[Step],
        discordant: DiscordantWith | None,
    ) -> Iterator[Block]:
        age = elapsed(result.collected_at, result.known_at)
        holds = {
            Block.TOO_OLD: age > timedelta(minutes=self.protocol.max_age_min),
            Block.RATE_CHANGED: self._is_disturbed(result),
            Block.NOT_STEADY_STATE: self._is_before_steady_state(result, steps),
            Block.HOLD_ACTIVE: infusion.is_on_hold,
            Block.RATE_ZERO: not infusion.is_on_hold and not infusion.rate,
            Block.BLEEDING: self._is_bleeding(result.known_at),
            Block.DISCORDANT: discordant is not None,
            Block.CENSORED_SPANS_STEPS: len(steps) > 1,
        }
        yield from (block for block, is_so in holds.items() if is_so)

    def _is_disturbed(self, result: LabResult) -> bool:
        collected, known = utc(result.collected_at), utc(result.known_at)
        return any(collected < moment <= known for moment in self._disturbances())

    def _disturbances(self) -> Iterator[datetime]:
        yield from (utc(change.at) for change in self.around.changes)
        for product in self.around.products:
            if product.product_type in CLOTTING_PRODUCTS:
                yield utc(product.started_at)

    def _is_before_steady_state(self, result: LabResult, steps: Sequence[Step]) -> bool:
        hours = self.protocol.steady_state_h
        if hours is None:
            hours = _recheck_h(steps)
        changed_at = self._last_change(result.collected_at)
        if hours is None or changed_at is None:
            return False
        return elapsed(changed_at, result.collected_at) < timedelta(hours=hours)

    def _last_change(self, at: datetime) -> datetime | None:
        moments = (utc(change.at) for change in self.around.changes)
        return max((moment for moment in moments if moment <= utc(at)), default=None)

    def _is_bleeding(self, at: datetime) -> bool:
        grade = self.protocol.block_if_bleeding_grade
        return any(one.grade >= grade and one.is_open_at(at) for one in self.around.bleeding)

    def _discordant(self, result: LabResult) -> DiscordantWith | None:
        for row in self.protocol.discordance:
            other = self._nearest(row, result)
            if other is not None and _is_discordant(row, result, other, self.plan.target):
                return DiscordantWith(row.id, other.source, other.number)
        return None

    def _nearest(self, row: Discordance, result: LabResult) -> LabResult | None:
        near = [
            one
            for one in self._usable(row.analyte)
            if _apart(one, result) <= timedelta(hours=row.within_h)
        ]
        return min(
            near,
            key=lambda one: (_apart(one, result), -utc(one.collected_at).timestamp()),
            default=None,
        )

    def _next_due(
        self, result: LabResult, steps: Sequence[Step], blocked: Sequence[Block]
    ) -> datetime | None:
        recheck_h = _recheck_h(steps)
        if recheck_h is None:
            return None
        if DISTURBED.intersection(blocked):
            known = utc(result.known_at)
            last = max(moment for moment in self._disturbances() if moment <= known)
            return after(last, hours=recheck_h)
        if len(steps) == 1 and self._is_second_in_range(result, steps[0]):
            recheck_h = steps[0].recheck_h_if_two_in_range or recheck_h
        return after(result.collected_at, hours=recheck_h)

    def _is_second_in_range(self, result: LabResult, step: Step) -> bool:
        first = self._previous(result)
        if not step.changes_nothing or first is None:
            return False
        first_steps = self.protocol.steps_for(first.number, first.comparator)
        if len(first_steps) != 1 or not first_steps[0].changes_nothing:
            return False
        opens, closes = utc(first.collected_at), utc(result.collected_at)
        return not any(opens < utc(change.at) <= closes for change in self.around.changes)

    def _previous(self, result: LabResult) -> LabResult | None:
        collected = utc(result.collected_at)
        earlier = [
            one for one in self._usable(self.plan.driver) if utc(one.collected_at) < collected
        ]
        return earlier[-1] if earlier else None

    def _usable(self, analyte: str) -> list[LabResult]:
        return by_collection(one for one in on_file(self.arrived) if one.analyte == analyte)


def _recheck_h(steps: Sequence[Step]) -> float | None:
    return min((step.recheck_h for step in steps), default=None)


def _proposed(rate: Decimal | None, steps: Sequence[Step], protocol: Protocol) -> Decimal | None:
    if rate is None or len(steps) != 1:
        return None
    exact = rate * (1 + steps[0].rate_pct / 100)
    rounded = (exact / protocol.rounding).quantize(Decimal(1), ROUND_HALF_UP) * protocol.rounding
    return min(rounded, protocol.max_rate)


def _apart(one: LabResult, other: LabResult) -> timedelta:
    return abs(elapsed(one.collected_at, other.collected_at))


def _is_discordant(row: Discordance, driver: LabResult, other: LabResult, target: Span) -> bool:
    outside = target.outside(driver.number, driver.comparator)
    if outside is None or outside.side != (LOW if row.driver == "below" else HIGH):
        return False
    bound = Span(high=row.bound) if row.side == "above" else Span(low=row.bound)
    return bound.outside(other.number, other.comparator) is not None
