"""Write down a reading. Called by the edges; never by a model."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db import connection

from audit.models import Access

_ACCESSES = """
    INSERT INTO audit_access
        (at, user_key, user_name, what, request_id, patient_key, subject, method)
    SELECT %s, %s, %s, %s, %s, key, '', 'GET' FROM unnest(%s::text[]) AS key
"""


class Reader(Protocol):
    """Who reads: a signed-in user."""

    @property
    def pk(self) -> object: ...

    def __str__(self) -> str: ...


def record_access(
    *,
    by: Reader,
    at: datetime,
    what: str,
    patient_key: object = "",
    subject: object = "",
    method: str = "GET",
    request_id: str = "",
) -> None:
    """Note that `by` read `what` about a patient. Holds keys only, no clinical value."""
    Access.objects.create(
        at=at,
        user_key=str(by.pk),
        user_name=str(by),
        what=what,
        patient_key=str(patient_key),
        subject=str(subject),
        method=method,
        request_id=request_id,
    )


def record_accesses(
    *, by: Reader, at: datetime, what: str, patient_keys: Iterable[object], request_id: str = ""
) -> None:
    """Note one reading of a page that shows several patients: a row for each, in one statement."""
    keys = [str(key) for key in patient_keys]
    with connection.cursor() as cursor:
        cursor.execute(_ACCESSES, [at, str(by.pk), str(by), what, request_id, keys])
