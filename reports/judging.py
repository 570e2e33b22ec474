"""Judge runs for the export: each alone (`elso.completeness`), then against each other.

Beyond the checks of one run: a fact that cannot be read, a complication code that the profile
does not know (C47), and two runs under one key (C02) keep a run out of the export.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from patients.models import Run
from reports.elso.completeness import Filled, check
from reports.elso.dictionary import DICTIONARY
from reports.elso.fields import Field
from reports.elso.findings import Finding, Level, block
from reports.elso.mapping import fields_of
from reports.elso.records import RunRecord
from reports.queries.cohort import CohortRun

UNREADABLE = "FACT"


@dataclass(frozen=True, slots=True)
class Judged:
    """A run with its registry fields and everything that is wrong with them."""

    run: Run
    record: RunRecord
    fields: tuple[Field, ...]
    findings: tuple[Finding, ...]
    mandatory: Filled

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """What keeps the run out of the export."""
        return tuple(each for each in self.findings if each.level is Level.BLOCK)

    @property
    def is_exportable(self) -> bool:
        """Nothing blocks."""
        return not self.blocks

    @property
    def label(self) -> str:
        """The run without a name: the registry's id and the run's number."""
        return f"{self.record.patient.unique_id or 'no registry id'}, run {self.record.run_no}"


def judge(members: Iterable[CohortRun]) -> list[Judged]:
    """Judge runs, each alone and against the others."""
    members = list(members)
    keys = Counter(_key(member.record) for member in members)
    return [_judged(member, is_twice=keys[_key(member.record)] > 1) for member in members]


def _judged(member: CohortRun, *, is_twice: bool) -> Judged:
    fields = fields_of(member.record)
    complete = check(member.record, fields)
    more = list(_more(member, fields))
    if is_twice and member.record.patient.unique_id:
        more.append(block("C02", "patient.unique_id", "another patient has this id"))
    findings = (*complete.findings, *more)
    return Judged(
        run=member.run,
        record=member.record,
        fields=tuple(fields),
        findings=tuple(sorted(findings, key=lambda each: (each.level, each.check, each.subject))),
        mandatory=complete.mandatory,
    )


def _more(member: CohortRun, fields: Sequence[Field]) -> Iterator[Finding]:
    for path in member.unreadable:
        yield block(UNREADABLE, path, "cannot be read as it was entered")
    for code in DICTIONARY.unknown_codes(fields):
        yield block("C47", f"complication {code}", "no code of the registry profile")


def _key(record: RunRecord) -> tuple[str, int]:
    return record.patient.unique_id, record.run_no
