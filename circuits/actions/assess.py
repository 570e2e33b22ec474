"""Make alerts and due times of a run true again, whatever changed and in whatever order."""

from collections.abc import Collection
from datetime import datetime

from alerts.actions import reconcile_alerts
from circuits.queries import Recent, measures_read
from clinical.circuit import assess_series
from clinical.inspection import assess_looks
from patients.models import Run
from patients.queries import limits_of


def reassess_circuit(
    *,
    run: Run,
    at: datetime,
    measures: Collection[str] | None = None,
    looks: Collection[str] = (),
) -> None:
    """Judge the newest value of each measure against the limits valid at its own time.

    `measures` and `looks` name those that may have changed (a check only moves what it holds);
    None judges all measures, for a change of limits or mode. A run that has ended raises nothing
    more.
    """
    if run.ended_at:
        return
    segments = list(run.modes.order_by("starts_at"))
    recent = Recent(run)
    wanted = measures_read(run) if measures is None else measures
    assessment = assess_series(
        {measure: recent.series(measure, segments) for measure in sorted(wanted)}, limits_of(run)
    )
    assessment |= assess_looks(recent.looks(looks))
    reconcile_alerts(unit=run.unit, run=run, assessment=assessment, at=at)
