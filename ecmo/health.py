"""Alive (`/healthz`: this process answers) and ready (`/readyz`: all that care depends on works)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ecmo.roles import weaknesses
from notifications.models import Heartbeat

SILENT_AFTER = timedelta(seconds=90)  # three beats missed
BROKER_PATIENCE = 1.0  # seconds
OK = "ok"

log = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Say of each part whether it works; 503 if any does not."""
    at = timezone.now()
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "history": _history,
        "broker": _broker,
        "worker": lambda: _pulse("worker", at),
        "beat": lambda: _pulse("beat", at),
    }
    parts = {name: _judge(name, check) for name, check in checks.items()}
    is_ready = all(state == OK for state in parts.values())
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)


def _judge(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        log.warning("not ready: %s: %s", name, error)
        return "no answer"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _history() -> str:
    found = weaknesses(connection)
    if found:
        log.warning("not ready: run manage.py setup_database: %s", "; ".join(found))
    return "not protected" if found else OK


def _broker() -> str:
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=BROKER_PATIENCE,
        socket_connect_timeout=BROKER_PATIENCE,
    )
    with client:
        client.ping()
    return OK


def _pulse(name: str, at: datetime) -> str:
    heartbeat = Heartbeat.objects.filter(name=name).first()
    if heartbeat is None:
        return "never seen"
    return OK if at - heartbeat.beat_at <= SILENT_AFTER else "silent"
