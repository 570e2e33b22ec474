"""What the mere passing of time brings: due things that became overdue, a trial that lasts too long.

A trial over its time is no paperwork: it is judged by `reassess_trial` and told like physiology.
"""

from datetime import datetime

from django.db import transaction

from alerts.actions import reconcile_alerts
from alerts.models import Category, Due
from circuits.actions.watching import TRIAL, reassess_trial
from clinical.findings import Assessment, Finding, Severity
from patients.models import Run


def sweep(at: datetime) -> int:
    """Bring the overdue records of every running run up to date; return how many are overdue.

    Paperwork is not physiology: these findings are advisory, and nobody is paged for them. One run
    that cannot be judged must not hold up the others, so each has its own transaction.
    """
    overdue = 0
    for pk in Run.objects.running().values_list("pk", flat=True):
        overdue += _sweep_run(pk, at)
    return overdue


@transaction.atomic
def _sweep_run(pk: int, at: datetime) -> int:
    run = Run.objects.locked(pk)
    reassess_trial(run=run, at=at)
    dues = list(Due.objects.open().filter(run=run).exclude(kind=TRIAL))
    late = [one for one in dues if one.overdue_at < at]
    still_open = run.alerts.open().filter(category=Category.PAPERWORK)
    judged = {_code(one) for one in dues} | set(still_open.values_list("code", flat=True))
    findings = tuple({_code(one): _finding(one) for one in late}.values())
    reconcile_alerts(
        unit=run.unit,
        run=run,
        assessment=Assessment(frozenset(judged), findings),
        at=at,
        category=Category.PAPERWORK,
    )
    return len(late)


def _code(due: Due) -> str:
    return f"{due.kind}.overdue"


def _finding(due: Due) -> Finding:
    return Finding(_code(due), Severity.ADVISORY, f"{due.label} is overdue")
