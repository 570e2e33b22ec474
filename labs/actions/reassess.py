"""Make laboratory alerts and sample times of a run true again, whatever changed."""

from datetime import datetime

from django.db import transaction

from alerts.actions import reconcile_alerts
from clinical.circuit import assess_series
from clinical.measures import MEASURES, Kind
from labs.actions.sample_due import reassess_sample_due
from labs.queries.results import usable_series
from patients.models import Run
from patients.queries import limits_of


@transaction.atomic(savepoint=False)
def reassess_labs(*, run: Run, at: datetime) -> None:
    """Judge the newest usable result of each analyte that has a limit; the caller holds the lock.

    Results are never too old to count, so an analyte without any usable result (withdrawn, say)
    leaves no ground for an alert. A run that has ended raises nothing.
    """
    if run.ended_at:
        return
    limits = [limit for limit in limits_of(run) if MEASURES[limit.measure].kind is Kind.LAB]
    analytes = sorted({limit.measure for limit in limits})
    assessment = assess_series(usable_series(run, analytes), limits, withdrawn=analytes)
    reconcile_alerts(unit=run.unit, run=run, assessment=assessment, at=at)
    reassess_sample_due(run=run, at=at)


def lock_labs(patient_pk: int) -> Run | None:
    """Take the lock under which a patient's results are written: that of the newest run, if any.

    Results belong to the patient, so all of them need the same lock, whichever run they fall into.
    """
    newest = Run.objects.filter(patient=patient_pk).values_list("pk", flat=True).first()
    return None if newest is None else Run.objects.locked(newest)
