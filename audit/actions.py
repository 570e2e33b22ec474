"""Write down a reading. Called by the edges; never by a model."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from audit.models import Access


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
    """Note one reading of a page that shows several patients: one row for each of them."""
    Access.objects.bulk_create(
        Access(
            at=at,
            user_key=str(by.pk),
            user_name=str(by),
            what=what,
            patient_key=str(key),
            request_id=request_id,
        )
        for key in patient_keys
    )
