"""The one place outside `tasks.py` that knows there is a queue: the doorbell after a commit.

What must happen is a row already; the bell only makes it happen sooner than the next sweep. So it
never holds up who rings: half a second for a broker that does not answer, and after that nobody
rings for half a minute.
"""

import logging
import threading
import time

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.transport import redis as _loaded_now  # noqa: F401 - not in the first nurse's request

TIMEOUT_S = 0.25  # a frozen broker is waited for twice: to connect and to be greeted
SLOW_S = 0.2
PAUSE_S = 30.0
NEVER_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}

log = logging.getLogger(__name__)
_of_thread = threading.local()


class Breaker:
    """Remembers that the broker failed, so that nobody waits for it again for a while."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether to leave the broker alone for now."""
        return time.monotonic() < self._closed_again_at

    def trip(self) -> None:
        """Leave the broker alone from now on for a while."""
        self._closed_again_at = time.monotonic() + self.pause_s

    def reset(self) -> None:
        """Trust the broker again."""
        self._closed_again_at = 0.0


breaker = Breaker(PAUSE_S)


def nudge(task: str, pk: int) -> None:
    """Run `task` for row `pk` soon after the commit. A lost nudge costs until the next sweep."""
    transaction.on_commit(lambda: _ring(task, pk), robust=True)


def _ring(task: str, pk: int) -> None:
    if breaker.is_open:
        return
    began = time.monotonic()
    try:
        current_app.send_task(task, [pk], connection=line(), retry=False)
    except (OperationalError, OSError) as failed:
        breaker.trip()
        hang_up()
        log.warning("The broker does not answer (%s); the sweep will do it.", type(failed).__name__)
        return
    if time.monotonic() - began > SLOW_S:
        breaker.trip()


def line() -> Connection:
    """Return this thread's own line to the broker, with short waits; workers keep longer ones."""
    connection: Connection | None = getattr(_of_thread, "connection", None)
    if connection is None:
        options = {
            **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            **NEVER_RETRY,
            "socket_timeout": TIMEOUT_S,
            "socket_connect_timeout": TIMEOUT_S,
        }
        connection = Connection(settings.CELERY_BROKER_URL, transport_options=options)
        _of_thread.connection = connection
    return connection


def hang_up() -> None:
    """Forget the line without a word to the broker, which would be waited for again."""
    connection: Connection | None = getattr(_of_thread, "connection", None)
    _of_thread.connection = None
    if connection is not None:
        connection.collect(socket_timeout=TIMEOUT_S)
