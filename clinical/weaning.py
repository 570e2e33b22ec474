"""Weaning trials: which may be planned, what is asked of one that happened, how long each may last.

Source: bedside reference 5.5 (its times and criteria are recall: starting defaults that a site
replaces), 2.1 (bivalirudin degrades in stagnant blood), safety principle 1: a plan may be
refused, what already happened never.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from clinical.age import AgeGroup
from clinical.check import PURELY_VENOUS
from clinical.due import UNKNOWN_MODE, Due
from clinical.findings import Assessment, Finding, Severity
from clinical.instants import after, minutes_between, utc

ARTERIAL_MODES = frozenset({"VA", "VVA", "VAV"})
ARTERIAL_SITES = frozenset({"femoral_a", "carotid_a", "axillary_a", "subclavian_a", "aorta"})
DEGRADES_IN_STASIS = frozenset({"bivalirudin"})

UNSAFE = "weaning.sweep_off_unsafe"
OVER_TIME = "weaning.over_time"
STASIS = "weaning.stasis"
CODES = frozenset({UNSAFE, OVER_TIME, STASIS})


class TrialKind(StrEnum):
    """The ways to try whether the patient can do without.

    The clamp trial is the older one of newborns and children: the lines are clamped, the blood of
    the circuit runs through an open bridge. Where both are at hand the retrograde trial replaces it.
    """

    VV_SWEEP_OFF = "vv_sweep_off"
    VA_TURN_DOWN = "va_turn_down"
    PCRTO = "pcrto"
    CLAMP = "clamp"


LOW_FLOW_KINDS = frozenset({TrialKind.VA_TURN_DOWN, TrialKind.PCRTO, TrialKind.CLAMP})
"""Trials in which blood runs slowly, or stands in a clamped line."""
NAMES: Mapping[TrialKind, str] = {
    TrialKind.VV_SWEEP_OFF: "sweep-off trial",
    TrialKind.VA_TURN_DOWN: "turn-down trial",
    TrialKind.PCRTO: "retrograde trial (PCRTO)",
    TrialKind.CLAMP: "clamp trial",
}


class Verdict(StrEnum):
    """What a trial said."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"


class Fault(StrEnum):
    """Why a kind of trial does not fit the support."""

    MODE_UNKNOWN = "mode_unknown"
    NOT_PURELY_VENOUS = "not_purely_venous"
    ARTERIAL_CANNULA = "arterial_cannula"
    NO_ARTERIAL_RETURN = "no_arterial_return"
    AGE_UNKNOWN = "age_unknown"
    ADULT = "adult"
    NO_BRIDGE = "no_bridge"


WHY_NOT: Mapping[Fault, str] = {
    Fault.MODE_UNKNOWN: "the mode is not known",
    Fault.NOT_PURELY_VENOUS: "blood does not return to veins only",
    Fault.ARTERIAL_CANNULA: "a return cannula lies in an artery",
    Fault.NO_ARTERIAL_RETURN: "no blood returns to an artery",
    Fault.AGE_UNKNOWN: "the age is not known",
    Fault.ADULT: "for newborns and children",
    Fault.NO_BRIDGE: "no bridge in the circuit",
}


@dataclass(frozen=True, slots=True)
class Support:
    """How the patient is supported: the mode, the sites of return cannulas in place, whether a
    bridge joins the limbs of the circuit; and the age group at flow on, None if not known.
    """

    mode: str | None
    return_sites: frozenset[str] = frozenset()
    age_group: AgeGroup | None = None
    has_bridge: bool = False


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long one kind of trial may last, in minutes.

    `low_flow` (L/min): only time at or below it counts; None counts from the start. A pass before
    `least_min` is asked back.
    """

    warn_min: int
    most_min: int
    least_min: int = 0
    low_flow: Decimal | None = None


DEFAULT_LIMITS: Mapping[TrialKind, TimeLimit] = {
    TrialKind.VV_SWEEP_OFF: TimeLimit(warn_min=1380, most_min=1440, least_min=120),
    TrialKind.VA_TURN_DOWN: TimeLimit(warn_min=30, most_min=60, low_flow=Decimal("1.5")),
    TrialKind.PCRTO: TimeLimit(warn_min=180, most_min=240, least_min=120),
    TrialKind.CLAMP: TimeLimit(warn_min=90, most_min=120),
}
"""Product defaults: observe 2-24 h; 30-60 min at 1.5 L/min or less; a series of 120-240 min; 2 h
until the clamped circuit may clot, warned of half an hour before."""


@dataclass(frozen=True, slots=True)
class FlowAt:
    """A blood flow read during a trial, in L/min; None where it was not read."""

    at: datetime
    flow: Decimal | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that goes on; `agents` are the anticoagulants that run."""

    kind: TrialKind
    started_at: datetime
    support: Support
    flows: tuple[FlowAt, ...] = ()
    agents: frozenset[str] = frozenset()


def fault_of(kind: TrialKind, support: Support) -> Fault | None:
    """Return why a trial of this kind does not fit, None if it does.

    With any arterial return, a sweep of 0 makes a right-to-left shunt, so a sweep-off trial needs
    a purely venous circuit. A mode that is not known is never taken for a fitting one.
    """
    if support.mode in {None, UNKNOWN_MODE}:
        return Fault.MODE_UNKNOWN
    if kind in LOW_FLOW_KINDS:
        return _low_flow_fault(kind, support)
    if support.mode not in PURELY_VENOUS:
        return Fault.NOT_PURELY_VENOUS
    return Fault.ARTERIAL_CANNULA if support.return_sites & ARTERIAL_SITES else None


def _low_flow_fault(kind: TrialKind, support: Support) -> Fault | None:
    if support.mode not in ARTERIAL_MODES:
        return Fault.NO_ARTERIAL_RETURN
    if kind is not TrialKind.CLAMP:
        return None
    if support.age_group is None:
        return Fault.AGE_UNKNOWN
    if support.age_group is AgeGroup.ADULT:
        return Fault.ADULT
    return None if support.has_bridge else Fault.NO_BRIDGE


def is_unsafe(kind: TrialKind, support: Support) -> bool:
    """Whether the sweep is off where that may shunt: also while the mode is not known."""
    return kind is TrialKind.VV_SWEEP_OFF and fault_of(kind, support) is not None


def has_stasis_risk(kind: TrialKind, agents: Iterable[str]) -> bool:
    """Whether the anticoagulant that runs degrades in the slow blood of such a trial."""
    return kind in LOW_FLOW_KINDS and bool(DEGRADES_IN_STASIS.intersection(agents))


def counts_from(trial: Trial, limit: TimeLimit) -> datetime | None:
    """Return since when the time limit counts, None while the flow is above its low flow.

    Where no flow was read, it counts from the start: what was not measured is not taken as well.
    """
    if limit.low_flow is None:
        return trial.started_at
    known = [one for one in trial.flows if one.flow is not None]
    since = None if known else trial.started_at
    for one in sorted(known, key=lambda flow: utc(flow.at)):
        is_low = one.flow is not None and one.flow <= limit.low_flow
        since = (since or one.at) if is_low else None
    return since


def trial_due(trial: Trial, limit: TimeLimit) -> Due | None:
    """Return when the trial is to end, None while its clock does not run."""
    since = counts_from(trial, limit)
    if since is None:
        return None
    due_at = after(since, minutes=limit.most_min)
    where = "" if limit.low_flow is None else f" at {limit.low_flow} L/min or less"
    return Due(
        rule=f"trial.{trial.kind.value}",
        anchor=since,
        due_at=due_at,
        overdue_at=due_at,
        warn_at=after(since, minutes=limit.warn_min),
        why=f"A {NAMES[trial.kind]} lasts at most {limit.most_min} min{where}.",
        inputs={"most_min": str(limit.most_min), "warn_min": str(limit.warn_min)},
    )


def assess_trial(trial: Trial | None, limit: TimeLimit | None, at: datetime) -> Assessment:
    """Return what of a trial needs someone now; without a trial every such finding is gone."""
    if trial is None or limit is None:
        return Assessment(CODES)
    findings = []
    if is_unsafe(trial.kind, trial.support):
        findings.append(Finding(UNSAFE, Severity.CRITICAL, _unsafe(trial.support)))
    if has_stasis_risk(trial.kind, trial.agents):
        findings.append(Finding(STASIS, Severity.WARNING, _STASIS_MESSAGE))
    due = trial_due(trial, limit)
    if due is not None and due.is_overdue(at):
        findings.append(Finding(OVER_TIME, Severity.WARNING, _over_time(trial, limit)))
    return Assessment(CODES, tuple(findings))


def is_early_pass(
    verdict: Verdict, started_at: datetime, ended_at: datetime, limit: TimeLimit
) -> bool:
    """Whether a trial is called passed before it was observed as long as the site asks."""
    if verdict is not Verdict.PASSED or not limit.least_min:
        return False
    return minutes_between(started_at, ended_at) < limit.least_min


_STASIS_MESSAGE = (
    "Bivalirudin runs during a trial at low flow: it degrades in slow blood, so that the circuit "
    "may clot while the aPTT looks right"
)


def _unsafe(support: Support) -> str:
    mode = "the mode is not known" if support.mode in {None, UNKNOWN_MODE} else support.mode
    return f"A sweep-off trial goes on with an arterial return or in doubt ({mode}): it may shunt"


def _over_time(trial: Trial, limit: TimeLimit) -> str:
    return f"The {NAMES[trial.kind]} has lasted longer than {limit.most_min} min: end or judge it"
