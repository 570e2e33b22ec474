from celery import shared_task
from django.utils import timezone

from circuits.actions.change_dues import remind_of_changes
from circuits.actions.equipment_dues import sweep_equipment
from circuits.actions.incidents import sweep_reports
from circuits.actions.sweep import sweep


@shared_task(name="circuits.sweep")
def sweep_runs() -> None:
    at = timezone.now()
    sweep(at)
    sweep_reports(at)
    remind_of_changes(at)


@shared_task(name="circuits.sweep_equipment")
def sweep_stores() -> None:
    sweep_equipment(timezone.now())
