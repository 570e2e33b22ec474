"""The Celery app and the whole beat table: a schedule is reviewed like code.

Each entry is safe to run twice and safe to miss; what must happen is a row in the database.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecmo.settings")

app = Celery("ecmo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule_filename = os.environ.get("BEAT_SCHEDULE", "/dev/shm/ecmo-beat")  # noqa: S108
app.conf.beat_scheduler = "ecmo.beat:Scheduler"
app.conf.beat_schedule = {
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 60.0},
    "alerts-escalate": {"task": "alerts.escalate", "schedule": 60.0},
    "circuits-sweep": {"task": "circuits.sweep", "schedule": 60.0},
    "circuits-equipment": {"task": "circuits.sweep_equipment", "schedule": crontab(minute="20")},
    "episodes-sweep": {"task": "episodes.sweep", "schedule": 60.0},
    "interop-sweep": {"task": "interop.sweep", "schedule": 60.0},
    "reports-sweep": {"task": "reports.sweep", "schedule": 60.0},
    "reports-monthly": {
        "task": "reports.produce_last_month",
        "schedule": crontab(minute="15", hour="*", day_of_month="1-3"),
    },
    "web-forget-answers": {"task": "web.forget_answers", "schedule": crontab(minute="40")},
    "heartbeat": {"task": "notifications.heartbeat", "schedule": 30.0},
}
