"""The clock, which also writes down that it runs."""

from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry
from django.db import close_old_connections
from django.utils import timezone

from notifications.actions import record_heartbeat

HEARTBEAT = "notifications.heartbeat"


class Scheduler(PersistentScheduler):
    """Celery's own scheduler. The heartbeat task shows that a worker works; the row that is
    written here before it shows that the clock does, also when the broker is down."""

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        """Send a task that is due."""
        if entry.task == HEARTBEAT:
            close_old_connections()
            record_heartbeat(names=["beat"], at=timezone.now())
        return super().apply_async(entry, *args, **kwargs)
