"""What the newest values mean: alerts by limit, and the two that are always critical.

Source: reference cases, "Alerts open at a time". For each parameter the newest measured value
by the time it was read or collected decides, judged by the limit valid at that time; a late
old value changes nothing, and what was never measured is not judged. The same rule serves
bedside values and laboratory results.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinical.check import FLOW, SWEEP
from clinical.findings import Assessment, Evidence, Finding, Severity
from clinical.limits import Judgement, Limit, by_measure, limit_at
from clinical.measures import measure
from clinical.spans import HIGH, LOW

SWEEP_OFF_UNEXPECTED = "sweep_off_unexpected"
RETROGRADE_FLOW = "retrograde_flow"
_CODE_OF_FAULT = {SWEEP: SWEEP_OFF_UNEXPECTED, FLOW: RETROGRADE_FLOW}
_MESSAGE = {
    SWEEP_OFF_UNEXPECTED: "Sweep gas is off and no trial makes that expected",
    RETROGRADE_FLOW: "Blood flows backwards and no trial makes that expected",
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One value as it is known now, in the unit of its measure.

    `source` is the caller's reference to the row; `is_expected` says that a sweep of 0 or a
    negative flow belonged to a trial (see `clinical.check.is_expected`).
    """

    parameter: str
    value: Decimal
    measured_at: datetime
    source: str
    comparator: str | None = None
    is_expected: bool = False


def assess_series(
    series: Mapping[str, Iterable[Observation]],
    limits: Iterable[Limit],
    withdrawn: Collection[str] = (),
) -> Assessment:
    """Judge each parameter by its newest value.

    Each series comes newest first and is read only as far back as its values stay outside, so
    a caller may stream it from the database. An empty series is not judged, unless the
    parameter stands in `withdrawn`: every value of it was taken back, so nothing is left for an
    alert to rest on.
    """
    rows = by_measure(limits)
    judged = {code for parameter in withdrawn for code in codes_of(parameter)}
    findings: list[Finding] = []
    for parameter in sorted(series):
        observations = iter(series[parameter])
        newest = next(observations, None)
        if newest is not None:
            judged.update(codes_of(parameter))
            findings += _judge(newest, observations, rows.get(parameter, ()))
    return Assessment(frozenset(judged), tuple(findings))


def codes_of(parameter: str) -> frozenset[str]:
    """Return every code that a value of this parameter settles, one way or the other."""
    codes = {f"{parameter}.{LOW}", f"{parameter}.{HIGH}"}
    if parameter in _CODE_OF_FAULT:
        codes.add(_CODE_OF_FAULT[parameter])
    return frozenset(codes)


@dataclass(slots=True)
class _Series:
    """How far back the newest value's two possible faults reach without a break."""

    side: str | None
    is_fault: bool
    limit_since: datetime
    fault_since: datetime

    @property
    def is_broken(self) -> bool:
        return self.side is None and not self.is_fault

    def extend(self, older: Observation, judgement: Judgement | None) -> None:
        if judgement is None or judgement.side != self.side:
            self.side = None
        if self.side is not None:
            self.limit_since = older.measured_at
        self.is_fault = self.is_fault and _is_fault(older)
        if self.is_fault:
            self.fault_since = older.measured_at


def _judge(
    newest: Observation, older: Iterator[Observation], limits: tuple[Limit, ...]
) -> Iterator[Finding]:
    judgement, is_fault = _by_limit(newest, limits), _is_fault(newest)
    since = _follow(newest, older, limits)
    if judgement is not None:
        yield _outside_limit(newest, judgement, since.limit_since)
    if is_fault:
        yield _fault(newest, since.fault_since)


def _follow(
    newest: Observation, older: Iterator[Observation], limits: tuple[Limit, ...]
) -> _Series:
    judgement = _by_limit(newest, limits)
    series = _Series(
        judgement.side if judgement else None,
        _is_fault(newest),
        newest.measured_at,
        newest.measured_at,
    )
    while not series.is_broken:
        observation = next(older, None)
        if observation is None:
            break
        series.extend(observation, _by_limit(observation, limits))
    return series


def _by_limit(observation: Observation, limits: tuple[Limit, ...]) -> Judgement | None:
    limit = limit_at(limits, observation.parameter, observation.measured_at)
    return limit.judge(observation.value, observation.comparator) if limit else None


def _is_fault(observation: Observation) -> bool:
    if observation.is_expected or observation.comparator is not None:
        return False
    if observation.parameter == SWEEP:
        return observation.value == 0
    return observation.parameter == FLOW and observation.value < 0


def _outside_limit(newest: Observation, judgement: Judgement, since: datetime) -> Finding:
    one = measure(newest.parameter)
    number = f"{newest.comparator or ''}{one.text(newest.value)}"
    where = "below" if judgement.side == LOW else "above"
    return Finding(
        code=f"{newest.parameter}.{judgement.side}",
        severity=judgement.severity,
        message=f"{one.label} {number} is {where} {one.text(judgement.bound)}",
        parameter=newest.parameter,
        side=judgement.side,
        evidence=_evidence(newest, judgement.bound, since, one.unit),
    )


def _fault(newest: Observation, since: datetime) -> Finding:
    code = _CODE_OF_FAULT[newest.parameter]
    one = measure(newest.parameter)
    return Finding(
        code=code,
        severity=Severity.CRITICAL,
        message=f"{_MESSAGE[code]}: {one.label} {one.text(newest.value)}",
        parameter=newest.parameter,
        evidence=_evidence(newest, None, since, one.unit),
    )


def _evidence(newest: Observation, limit: Decimal | None, since: datetime, unit: str) -> Evidence:
    return Evidence(
        value=newest.value,
        limit=limit,
        measured_at=newest.measured_at,
        since=since,
        source=newest.source,
        comparator=newest.comparator,
        unit=unit,
    )
