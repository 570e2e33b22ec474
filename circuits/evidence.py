"""What is known of the parts of some runs, as the rules of changes read it.

A fixed number of statements, however many runs, checks and results there are.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models.fields.json import KT

from circuits.change_policies import PartPolicy
from circuits.models import Check, ComponentUse
from clinical.circuit import Observation
from clinical.inspection import Look
from clinical.oxygenator import MembraneCheck, checks_of_life
from clinical.signal_rules import CLOT, LevelRule, RiseRule, SlopeRule, TextRule
from clinical.signals import Evidence, TextResult
from labs.models import Result
from labs.queries.results import firm_results, source_of
from patients.models import Run

READ = {
    "resistance": "document__derived__membrane_resistance",
    "po2_post": "document__values__po2_post__value",
    "pco2_pre": "document__values__pco2_pre__value",
    "pco2_post": "document__values__pco2_post__value",
}
COLUMNS = {"fdo2": "fdo2", "sweep": "sweep_gas_flow", "flow": "blood_flow"}


@dataclass(slots=True)
class Known:
    """All checks, looks and results of some runs, by run; each series oldest first."""

    checks: Mapping[int, Sequence[MembraneCheck]] = field(default_factory=dict)
    looks: Mapping[int, Sequence[Look]] = field(default_factory=dict)
    results: Mapping[int, Sequence[Result]] = field(default_factory=dict)

    def of(self, use: ComponentUse, policy: PartPolicy, until: datetime) -> Evidence:
        """Return what is known of a component since it was put in, up to its end."""
        run, since, removed_at = use.circuit.run_id, use.installed_at, use.removed_at
        wanted = analytes_of([policy])
        labs: dict[str, list[Observation]] = defaultdict(list)
        texts: dict[str, list[TextResult]] = defaultdict(list)
        for one in self.results.get(run, ()):
            collected = one.sample.collected_at
            if one.analyte in wanted and since <= collected <= until:
                _file(one, collected, labs, texts)
        return Evidence(
            installed_at=since,
            checks=checks_of_life(self.checks.get(run, ()), since, removed_at),
            labs=labs,
            texts=texts,
            looks=[one for one in self.looks.get(run, ()) if since <= one.looked_at <= until],
        )


def known(runs: Collection[Run], policies: Collection[PartPolicy]) -> Known:
    """Fetch what the rules of some policies may ask of some runs (at most two statements)."""
    if not any(policy.rules for policy in policies):
        return Known()
    checks, looks = _checks(runs)
    return Known(checks, looks, _results(runs, analytes_of(policies)))


def analytes_of(policies: Collection[PartPolicy]) -> set[str]:
    """Return the laboratory measures that some policies ask for."""
    by_lab = (LevelRule, RiseRule, SlopeRule, TextRule)
    return {
        rule.analyte for policy in policies for rule in policy.rules if isinstance(rule, by_lab)
    }


def _checks(
    runs: Collection[Run],
) -> tuple[Mapping[int, list[MembraneCheck]], Mapping[int, list[Look]]]:
    rows = (
        Check.objects.current()
        .filter(run__in=[run.pk for run in runs])
        .annotate(
            clot=KT(f"document__findings__{CLOT}"),
            **{name: KT(path) for name, path in READ.items()},
        )
        .order_by("checked_at", "entered_at")
        .values("run_id", "root_id", "checked_at", "clot", *READ, *COLUMNS.values())
    )
    checks: dict[int, list[MembraneCheck]] = defaultdict(list)
    looks: dict[int, list[Look]] = defaultdict(list)
    for row in rows:
        checks[row["run_id"]].append(_check(row))
        if row["clot"]:
            looks[row["run_id"]].append(Look(CLOT, row["clot"], row["checked_at"]))
    return checks, looks


def _check(row: Mapping[str, Any]) -> MembraneCheck:
    read = {name: Decimal(row[name]) if row[name] is not None else None for name in READ}
    columns = {name: row[column] for name, column in COLUMNS.items()}
    return MembraneCheck(str(row["root_id"]), row["checked_at"], **read, **columns)


def _results(runs: Collection[Run], analytes: set[str]) -> Mapping[int, list[Result]]:
    by_patient = {run.patient_id: run.pk for run in runs}
    found: dict[int, list[Result]] = defaultdict(list)
    if analytes and runs:
        since = min(run.started_at for run in runs)
        for result in firm_results(by_patient, analytes, since):
            found[by_patient[result.sample.patient_id]].append(result)
    return found


def _file(
    one: Result,
    collected: datetime,
    labs: Mapping[str, list[Observation]],
    texts: Mapping[str, list[TextResult]],
) -> None:
    source = source_of(one)
    if one.value is not None:
        seen = Observation(one.analyte, one.value, collected, source, one.comparator or None)
        labs[one.analyte].append(seen)
    elif one.value_text:
        texts[one.analyte].append(TextResult(one.value_text, collected, source))
