"""Make alerts and due times of a run true again, whatever changed and in whatever order."""

from collections.abc import Collection
from datetime import datetime

from alerts.actions import reconcile_alerts
from circuits.queries import Against, Recent, against, measures_read
from clinical.circuit import assess_series
from clinical.findings import Assessment
from clinical.inspection import assess_looks
from patients.models import Run


def reassess_circuit(
    *,
    run: Run,
    at: datetime,
    measures: Collection[str] | None = None,
    looks: Collection[str] = (),
    known: Against | None = None,
    recent: Recent | None = None,
    is_taken_back: bool = False,
) -> None:
    """Judge the newest value of each measure against the limits valid at its own time.

    `measures` and `looks` name those that may have changed (a check only moves what it holds);
    None judges all measures, for a change of limits or mode. `known` and `recent` save reading
    modes, limits and checks again. `is_taken_back`: of what is named perhaps nothing is left, and
    an alert must not rest on nothing. A run that has ended raises nothing more.
    """
    if run.ended_at:
        return
    held = known or against(run)
    recent = recent or Recent(run)
    wanted = measures_read(run) if measures is None else measures
    assessment = assess_series(
        {measure: recent.series(measure, held.segments) for measure in sorted(wanted)},
        held.limits,
        withdrawn=wanted if is_taken_back else (),
    )
    assessment |= assess_looks(recent.looks(looks))
    if is_taken_back:
        assessment |= Assessment(frozenset(looks))
    reconcile_alerts(unit=run.unit, run=run, assessment=assessment, at=at)
