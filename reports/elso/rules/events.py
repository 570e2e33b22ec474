"""C30 to C42: diagnoses, complications, infections and the outcome."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from clinical.complications import codes_of, is_fault
from clinical.instants import elapsed, utc
from reports.elso.findings import Facts, Finding, block, warn
from reports.elso.mapping import DEATH, is_cultured_on_ecls
from reports.elso.records import ComponentRow, RunRecord

A_DAY = timedelta(hours=24)
OUTCOME_KNOWN_WITHIN = timedelta(days=90)
NEEDS_REMOVAL = frozenset({"101", "104", "105", "114", "132", "134"})
EXCLUSIVE = (("401", "402"), ("822", "823"))
LIMB = frozenset({"901", "902", "903", "904"})
RENAL = frozenset({"crrt", "hemofilter"})
CENTRAL_SITES = frozenset(
    {
        "right_atrium",
        "left_atrium",
        "left_ventricle",
        "svc",
        "ivc",
        "aorta",
        "ascending_aorta",
        "aortic_arch",
        "pulmonary_a",
    }
)


def diagnoses(facts: Facts) -> Iterator[Finding]:
    """C30: exactly one diagnosis led to ECLS."""
    if sum(row.is_primary for row in facts.run.diagnoses) != 1:
        yield block("C30", f"{facts.run.source}.diagnoses", "not exactly one primary diagnosis")


def faults(facts: Facts) -> Iterator[Finding]:
    """C31: a part taken out for a fault and a complication that says so stand together."""
    run = facts.run
    removed = [part for part in run.components if part.removed_at and _is_fault(part)]
    for part in removed:
        if not _near(part.removed_at, _times(run, codes_of(part.removed_reason or ""))):
            why = f"replaced for {part.removed_reason} without a matching complication"
            yield block("C31", f"component {part.id}", why)
    for row in run.complications:
        if row.code in NEEDS_REMOVAL and not _near(row.at, [part.removed_at for part in removed]):
            why = "no component removed for a fault within 24 h"
            yield block("C31", f"complication {row.code}", why)


def complication_times(facts: Facts) -> Iterator[Finding]:
    """C32: every complication has a time, from flow to a day after flow off."""
    run = facts.run
    last = utc(run.last_moment) + A_DAY
    for row in run.complications:
        if row.at is None or not utc(run.time_on) <= utc(row.at) <= last:
            why = "time missing or outside on .. off + 24 h"
            yield block("C32", f"complication {row.code}", why)


def combinations(facts: Facts) -> Iterator[Finding]:
    """C33: codes that exclude each other, or that need a cannula which was not there."""
    codes = {row.code for row in facts.run.complications}
    sites = {cannula.site for cannula in facts.run.cannulas}
    for pair in EXCLUSIVE:
        if codes.issuperset(pair):
            yield warn("C33", f"complications {'+'.join(pair)}", "mutually exclusive codes")
    if "222" in codes and not sites - CENTRAL_SITES:
        yield warn("C33", "complication 222", "no peripheral cannula")
    if "223" in codes and not sites & CENTRAL_SITES:
        yield warn("C33", "complication 223", "no central cannula")
    if not any(site.startswith("femoral") for site in sites):
        for code in sorted(codes & LIMB):
            yield warn("C33", f"complication {code}", "no femoral cannula")


def companions(facts: Facts) -> Iterator[Finding]:
    """C34, C35: CPR goes with an arrhythmia, renal replacement with a filter or the procedure."""
    run = facts.run
    for row in run.complications:
        if row.code == "502" and not _near(row.at, _times(run, {"504"})):
            yield warn("C34", "complication 502", "without 504 within 24 h")
    has_filter = any(part.type == "hemofilter" for part in run.components) or any(
        row.kind in RENAL for row in run.adjuncts
    )
    on_rrt = any(row.code == "415" for row in run.complications)
    if on_rrt and not has_filter and "rrt" not in run.procedures:
        yield warn("C35", "complication 415", "no haemofilter and no rrt")


def infections(facts: Facts) -> Iterator[Finding]:
    """C36: only cultures taken on ECLS are reported."""
    for row in facts.run.infections:
        if not is_cultured_on_ecls(facts.run, row.collected_at):
            yield warn("C36", f"infection {row.organism}", "culture outside the run")


def outcome(facts: Facts) -> Iterator[Finding]:
    """C37 to C42: how it ended is known and does not contradict itself."""
    run, end = facts.run, facts.run.outcome
    alive, died = end.discharged_alive, end.died_at is not None
    if alive and any(row.code == "301" for row in run.complications):
        yield block("C37", "complication 301", "brain death and discharged alive")
    if run.is_closed and not end.reason_discontinued:
        yield block("C38", "outcome.reason_discontinued", "missing")
    if alive is not None and alive == died:
        yield block("C39", "outcome.died_at", "discharged alive and death disagree")
    if alive and not end.discharge_location:
        yield block("C40", "outcome.discharge_location", "alive without a location")
    if alive and end.reason_discontinued == DEATH:
        yield warn("C41", "outcome.reason_discontinued", "alive though the reason is death")
    if alive is None and facts.since_off is not None and facts.since_off > OUTCOME_KNOWN_WITHIN:
        yield warn("C42", "outcome.discharged_alive", "missing more than 90 d after off")


RULES = (
    diagnoses,
    faults,
    complication_times,
    combinations,
    companions,
    infections,
    outcome,
)


def _is_fault(part: ComponentRow) -> bool:
    return is_fault(part.removed_reason or "")


def _times(run: RunRecord, codes: Iterable[str]) -> list[datetime | None]:
    wanted = set(codes)
    return [row.at for row in run.complications if row.code in wanted]


def _near(moment: datetime | None, others: Iterable[datetime | None]) -> bool:
    return moment is not None and any(
        other is not None and abs(elapsed(moment, other)) <= A_DAY for other in others
    )
