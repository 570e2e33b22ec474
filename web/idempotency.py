"""A create that is sent twice is done once, and answers the same.

The key is claimed in the transaction of the action itself: either both are there or neither. A
refused create leaves no key behind, so that it may be sent again, corrected.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files import File
from django.db import connection
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from audit.context import one_piece
from web.models import IdempotencyRecord
from web.problems import RuleBroken

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 80
LONGEST_PATH = 200

Handler = Callable[..., Response]

# One statement claims the key, or finds it taken, or finds another request at work with it: the
# lock lasts until that request's transaction ends, and nobody waits for it.
_CLAIM = """
    INSERT INTO web_idempotencyrecord (key, user_id, method, path, fingerprint, created_at)
    SELECT %s, %s, %s, %s, %s, %s
    WHERE pg_try_advisory_xact_lock(hashtextextended(%s, 0))
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING id
"""


_KEEP = "UPDATE web_idempotencyrecord SET status = %s, body = %s::jsonb WHERE id = %s"


class KeyUnreadable(RuleBroken):
    code = "idempotency_key_unreadable"
    status = 400


class KeyReused(RuleBroken):
    code = "idempotency_key_reused"
    title = "This key belongs to another request"
    status = 422


class StillRunning(RuleBroken):
    code = "idempotency_in_progress"
    title = "The same request is being worked on"


def idempotent(handler: Handler) -> Handler:
    """Do what `handler` does once per user and `Idempotency-Key`; without the header, always.

    Either way all of it is done or nothing.
    """

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            with one_piece():
                return handler(view, request, *args, **kwargs)
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            raise KeyUnreadable(f"{HEADER} is 1 to {LONGEST_KEY} printable characters.")
        fingerprint = _fingerprint(request)
        with one_piece():
            claimed = _claim(view, request, key, fingerprint)
            if claimed is None:
                return _replay(request, key, fingerprint)
            response = handler(view, request, *args, **kwargs)
            body = JSONRenderer().render(response.data) or b"null"
            with connection.cursor() as cursor:
                cursor.execute(_KEEP, [response.status_code, body.decode(), claimed])
        return response

    once.is_idempotent = True  # type: ignore[attr-defined]  # read by the API's schema
    return once


def _claim(view: Any, request: Request, key: str, fingerprint: str) -> int | None:
    path = request.path[:LONGEST_PATH]
    lock = f"idempotency:{request.user.pk}:{key}"
    values = [key, request.user.pk, request.method, path, fingerprint, view.at, lock]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _replay(request: Request, key: str, fingerprint: str) -> Response:
    record = IdempotencyRecord.objects.filter(user=request.user.pk, key=key).first()
    if record is None or record.status is None:
        raise StillRunning("Wait a moment, then send it again with the same key.")
    if record.fingerprint != fingerprint:
        raise KeyReused("Use a new key for a new request; a key names one request and its repeats.")
    return Response(record.body, status=status.HTTP_200_OK, headers={REPLAYED: "true"})


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.content_type.startswith("multipart/"):
        digest.update(_fields(dict(request.data)))
    else:
        digest.update(request._request.body)  # noqa: SLF001 - DRF hides the bytes as they came
    return digest.hexdigest()


def _fields(data: dict[str, list[Any]]) -> bytes:
    """Return what a multipart body says: its boundary differs each time it is sent."""
    digest = hashlib.sha256()
    for name, values in sorted(data.items()):
        for value in values:
            content = value.read() if isinstance(value, File) else str(value).encode()
            digest.update(f"{name} {len(content)}\n".encode() + content)
            if isinstance(value, File):
                value.seek(0)
    return digest.digest()
