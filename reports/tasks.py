"""Doorbells of reports: each calls one action, safe twice, late or missed."""

from celery import shared_task
from django.utils import timezone

from reports import actions


@shared_task(name="reports.produce")
def produce(pk: int) -> None:
    """Make one report."""
    actions.produce_report(pk, timezone.now())


@shared_task(name="reports.sweep")
def sweep() -> None:
    """Make what is owed and nobody works at."""
    actions.sweep(timezone.now())


@shared_task(name="reports.produce_last_month")
def produce_last_month() -> None:
    """Owe each centre the reports of its last month."""
    actions.produce_last_month(at=timezone.now())
