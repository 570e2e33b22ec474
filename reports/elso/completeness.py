"""Whether a run's record is complete and true enough to be exported.

All checks of one run in one list, in the order of their numbers, with the share of mandatory
fields that is filled. C04, C23 and C45 to C48 look at several records or at the export itself
and are not judged here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from clinical.age import AgeGroup
from reports.elso.assessments import AROUND_DAY, FOUR_HOURS, ended_before
from reports.elso.fields import Field, Value
from reports.elso.findings import Facts, Finding, Level, block, warn
from reports.elso.mapping import fields_of
from reports.elso.records import RunRecord
from reports.elso.rules import events, measurements, times

ALWAYS = (
    "unique_id",
    "birth",
    "sex",
    "race",
    "run_no",
    "admitted_at",
    "transferred_in",
    "weight_kg",
    "support_type",
    "time_on",
    "arrest_pre_ecls",
    "bridge_to_transplant",
    "immunocompromised",
    "trauma",
    "initial_mode",
    "pre_ph",
    "pre_paco2",
    "pre_pao2",
    "pre_hco3",
    "pre_sbp",
    "pre_dbp",
    "pre_mbp",
    "pre_support",
    "cannulas",
    "oxygenator",
    "pump_head",
    "primary_diagnosis",
)
NEWBORN = ("birth_weight_kg", "gestational_age_weeks", "apgar_5")
VENTILATED = ("intubated_at", "pre_vent_type", "pre_fio2_pct", "pre_paw_mean")
CONVENTIONAL = ("pre_rate", "pre_pip", "pre_peep")
CLOSED = ("time_off", "reason_discontinued", "discharged_alive")
AT_24_HOURS = ("h24_ph", "h24_paco2", "h24_pao2", "h24_hco3", "flow_24h")
COMPONENTS = frozenset({"oxygenator", "pump_head"})
ENOUGH_PCT = 95
COMPLETE_WITHIN = timedelta(days=30)
TELLING_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Filled:
    """How many of the fields that this run must have are filled; `missing` names the others."""

    filled: int
    applicable: int
    missing: tuple[str, ...]

    @property
    def pct(self) -> Decimal:
        """The share filled, in percent to one decimal."""
        share = Decimal(100 * self.filled) / Decimal(self.applicable)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_enough(self) -> bool:
        """At least 95 of 100."""
        return 100 * self.filled >= ENOUGH_PCT * self.applicable


@dataclass(frozen=True, slots=True)
class Completeness:
    findings: tuple[Finding, ...]
    mandatory: Filled

    @property
    def is_exportable(self) -> bool:
        """Nothing blocks."""
        return not any(each.level is Level.BLOCK for each in self.findings)


def check(run: RunRecord, fields: Sequence[Field] | None = None) -> Completeness:
    """Judge one run; `fields` are its mapped fields, if the caller has them already."""
    facts = Facts.of(run, fields_of(run) if fields is None else fields)
    rules = (*times.RULES, *measurements.RULES, *events.RULES, _privacy, _signatures)
    findings = [finding for rule in rules for finding in rule(facts)]
    mandatory = _filled(facts)
    findings += _gaps(mandatory)
    findings += _backlog(facts, mandatory, findings)
    return Completeness(tuple(sorted(findings, key=lambda each: each.check)), mandatory)


def _filled(facts: Facts) -> Filled:
    applicable = list(_applicable(facts))
    missing = sorted(name for name in applicable if not _is_filled(name, facts))
    return Filled(len(applicable) - len(missing), len(applicable), tuple(missing))


def _applicable(facts: Facts) -> Iterator[str]:
    run = facts.run
    yield from ALWAYS
    if facts.age_group is AgeGroup.NEONATAL:
        yield from NEWBORN
    if run.was_ventilated:
        yield from VENTILATED
        yield from CONVENTIONAL if _is_conventional(facts) else ()
    if run.is_closed:
        yield from CLOSED
        yield from () if ended_before(run, FOUR_HOURS) else ("flow_4h",)
        yield from () if ended_before(run, AROUND_DAY[0]) else AT_24_HOURS
        yield from _ending(run)


def _is_conventional(facts: Facts) -> bool:
    return facts.fields["pre_vent_type"] in {None, "", "unknown", "conventional"}


def _ending(run: RunRecord) -> Iterator[str]:
    match run.outcome.discharged_alive:
        case True:
            yield "discharge_location"
        case False:
            yield "died_at"


def _is_filled(name: str, facts: Facts) -> bool:
    if name in COMPONENTS:
        return any(part.type == name for part in facts.run.components)
    if name == "pre_support" and not facts.run.support_before:
        return False  # a device charted by its clock does not say which drugs were given
    value = _exported(name, facts.fields)
    return value is not None and value not in ("", [])


def _exported(name: str, fields: Mapping[str, Value]) -> Value:
    """The exported value; before ECLS the one closest to flow."""
    return fields.get(name, fields.get(f"{name}_closest"))


def _gaps(mandatory: Filled) -> Iterator[Finding]:
    """C43: too many mandatory fields are empty."""
    if not mandatory.is_enough:
        why = f"{mandatory.filled} of {mandatory.applicable} filled"
        yield block("C43", "mandatory fields", why)


def _backlog(facts: Facts, mandatory: Filled, findings: Sequence[Finding]) -> Iterator[Finding]:
    """C44: closed for a month and still not complete."""
    is_late = facts.since_off is not None and facts.since_off > COMPLETE_WITHIN
    is_blocked = any(each.level is Level.BLOCK for each in findings)
    if is_late and (mandatory.missing or is_blocked):
        yield warn("C44", facts.run.source, "closed more than 30 d and not complete")


def _privacy(facts: Facts) -> Iterator[Finding]:
    """C49: no comment names the patient."""
    patient = facts.run.patient
    digits = "".join(mark for mark in patient.mrn if mark.isdigit()).lstrip("0")
    secrets = [patient.family_name, patient.mrn]
    if len(digits) >= TELLING_DIGITS:
        secrets.append(digits)
    words = "|".join(re.escape(each.strip()) for each in secrets if each.strip())
    telling = re.compile(rf"(?<!\w)0*(?:{words})(?!\w)", re.IGNORECASE) if words else None
    for comment in facts.run.comments:
        if telling and telling.search(comment.text):
            yield block("C49", comment.source, "name or MRN in free text")


def _signatures(facts: Facts) -> Iterator[Finding]:
    """C50: one person abstracts, another approves."""
    run = facts.run
    if not run.abstractor or not run.approver or run.abstractor == run.approver:
        yield block("C50", f"{run.source}.signoff", "two different people must sign")
