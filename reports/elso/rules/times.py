"""C01 to C13: identity, and whether the times of a run can be true."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from clinical.age import AgeGroup
from clinical.instants import elapsed, utc
from clinical.runtime import mode_problems
from reports.elso.findings import Facts, Finding, block, warn
from reports.elso.mapping import DEATH

LONGEST = {AgeGroup.NEONATAL: timedelta(days=60)}
LONGEST_OTHERWISE = timedelta(days=120)
SHORTEST = timedelta(hours=1)
INTUBATED_BEFORE = timedelta(days=60)
AROUND_RUN = timedelta(hours=6)
ANOTHER_RUN_AFTER = timedelta(hours=24)
CANNULATED_ELSEWHERE = frozenset({"other_centre", "own_mobile_team"})
LEFT_ON_ECLS = "transferred_on_ecls"
LEFT_WITH_PATIENT = frozenset({"transferred", "transferred_with_patient"})


def unique_id(facts: Facts) -> Iterator[Finding]:
    """C01: the registry's id is there and does not give the hospital's number away."""
    patient = facts.run.patient
    digits = "".join(mark for mark in patient.mrn if mark.isdigit()).lstrip("0")
    secret = digits or patient.mrn.casefold()
    if not patient.unique_id or (secret and secret in patient.unique_id.casefold()):
        subject = f"{patient.source}.unique_id"
        yield block("C01", subject, "unique id missing or holds the MRN")


def run_numbers(facts: Facts) -> Iterator[Finding]:
    """C02, C03: the runs of a patient are numbered 1 to n, each number once."""
    run, subject = facts.run, f"{facts.run.source}.run_no"
    if Counter(run.run_numbers)[run.run_no] > 1:
        yield block("C02", subject, "run number twice")
    if set(run.run_numbers) != set(range(1, max(run.run_numbers, default=0) + 1)):
        yield block("C03", subject, "run numbers are not 1 to n")


def order_of_times(facts: Facts) -> Iterator[Finding]:
    """C05 to C07: birth, flow, flow off, discharge and death follow each other."""
    run = facts.run
    born = [run.patient.born_at] if run.patient.born_at else []
    times = [*born, run.time_on, run.last_moment, run.as_of]
    in_order = all(elapsed(*pair) >= timedelta(0) for pair in pairwise(times))
    if not in_order or (run.is_closed and facts.run_span <= timedelta(0)):
        yield block("C05", run.source, "not birth <= on < off <= now")
    if _is_before(run.admission.hospital_discharged_at, run.time_off):
        yield block("C06", f"{run.source}.time_off", "off after hospital discharge")
    died_first = _is_before(run.outcome.died_at, run.time_off)
    if died_first and run.outcome.reason_discontinued != DEATH:
        yield block("C07", "outcome.died_at", "death before off though the reason is not death")


def lengths(facts: Facts) -> Iterator[Finding]:
    """C08: a run of months or minutes is worth a second look."""
    longest = LONGEST.get(facts.age_group or AgeGroup.ADULT, LONGEST_OTHERWISE)
    too_short = facts.run.is_closed and facts.run_span < SHORTEST
    if facts.run_span > longest or too_short:
        yield warn("C08", facts.run.source, f"run over {longest.days} d or under 1 h")


def admission(facts: Facts) -> Iterator[Finding]:
    """C09, C10: admitted and intubated at a believable time before flow."""
    run = facts.run
    elsewhere = run.admission.cannulated_by in CANNULATED_ELSEWHERE
    if _is_before(run.time_on, run.admission.admitted_at) and not elsewhere:
        yield warn("C09", f"{run.admission.source}.admitted_at", "admitted after on")
    if run.intubated_at and elapsed(run.intubated_at, run.time_on) > INTUBATED_BEFORE:
        yield warn("C10", f"{run.source}.intubated_at", "intubated more than 60 d before on")


def modes(facts: Facts) -> Iterator[Finding]:
    """C11: the modes cover the run, without gap or overlap."""
    run = facts.run
    for problem in mode_problems(run.modes, run.time_on, run.last_moment):
        between = f"{facts.shown(problem.starts_at)} to {facts.shown(problem.ends_at)}"
        yield block("C11", f"{run.source}.modes", f"{problem.flaw} {between}")


def devices(facts: Facts) -> Iterator[Finding]:
    """C12: cannulas and components lie within the run, six hours either way, and have an end."""
    run = facts.run
    why = "interval not inside the run +/- 6 h, or no removal time"
    for cannula in run.cannulas:
        if not _is_inside(facts, cannula.inserted_at, cannula.removed_at, reason=None):
            yield block("C12", f"{run.source}.cannulas:{cannula.id}", why)
    for part in run.components:
        if not _is_inside(facts, part.installed_at, part.removed_at, part.removed_reason):
            yield block("C12", f"{run.source}.components:{part.id}", why)


def previous_run(facts: Facts) -> Iterator[Finding]:
    """C13: less than a day after the last run it may be the same run."""
    previous = facts.run.previous_ended_at
    if previous and elapsed(previous, facts.run.time_on) < ANOTHER_RUN_AFTER:
        subject = f"{facts.run.source}.time_on"
        yield warn("C13", subject, "less than 24 h after the previous run's end")


RULES = (
    unique_id,
    run_numbers,
    order_of_times,
    lengths,
    admission,
    modes,
    devices,
    previous_run,
)


def _is_before(first: datetime | None, second: datetime | None) -> bool:
    return first is not None and second is not None and utc(first) < utc(second)


def _is_inside(facts: Facts, start: datetime, end: datetime | None, reason: str | None) -> bool:
    run = facts.run
    if elapsed(start, run.time_on) > AROUND_RUN:
        return False
    if run.time_off is None:
        return True
    if _is_before(run.time_off, start):
        return False
    if end is None:
        left_on_ecls = run.outcome.reason_discontinued == LEFT_ON_ECLS
        return left_on_ecls or reason in LEFT_WITH_PATIENT
    return elapsed(run.time_off, end) <= AROUND_RUN
