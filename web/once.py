"""A form that is sent twice is done once: a double tap, a retry, the back button.

The hidden key of the form (`web.formbase.OnceForm`) is claimed in the transaction of the action
itself: either both are there or neither. A refused form leaves no key behind, so that it may be
sent again, corrected. Whoever sends the same form while it is being saved waits for that to end.
"""

import hashlib
from collections.abc import Callable
from uuid import UUID, uuid4

from django import forms
from django.db import DataError, IntegrityError, connection
from django.http import HttpRequest
from django.utils import timezone

from audit.context import one_piece
from web.models import IdempotencyRecord
from web.problems import RuleBroken, refused_by_database

KEY = "client_uuid"
NOT_COMPARED = frozenset({KEY, "csrfmiddlewaretoken"})
LONGEST_PATH = 200

_CLAIM = """
    INSERT INTO web_idempotencyrecord (key, user_id, method, path, fingerprint, created_at, status)
    VALUES (%s, %s, 'POST', %s, %s, %s, 302)
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING id
"""


class SavedBefore(RuleBroken):
    code = "saved_before"
    title = "This form was saved already"


def do_once(request: HttpRequest, form: forms.BaseForm, act: Callable[[], object]) -> None:
    """Do `act` wholly or not at all, and not again for a form that was done before.

    Raises SavedBefore if the form was changed since it was saved; it then bears a new key, so that
    sending it once more saves a new entry. What the database refuses is a RuleBroken too.
    """
    key = form.cleaned_data.get(KEY)
    try:
        with one_piece():
            if key is None or _claim(request, f"form:{key}"):
                act()
                return
    except (IntegrityError, DataError) as refused:
        raise refused_by_database(refused) from refused
    record = IdempotencyRecord.objects.get(user=request.user.pk, key=f"form:{key}")
    if record.fingerprint != _fingerprint(request):
        _renew(request, form)
        raise SavedBefore(
            "This form was saved already, and then changed. What you changed is not saved: save "
            "again to make a second entry of it, or cancel and correct the first one."
        )


def was_done(request: HttpRequest) -> bool:
    """Whether this very form was saved before: asked first, since what it did may now refuse it."""
    try:
        key = UUID(request.POST.get(KEY, ""))
    except ValueError:
        return False
    return IdempotencyRecord.objects.filter(
        user=request.user.pk, key=f"form:{key}", fingerprint=_fingerprint(request)
    ).exists()


def _claim(request: HttpRequest, key: str) -> bool:
    path = request.path[:LONGEST_PATH]
    values = [key, request.user.pk, path, _fingerprint(request), timezone.now()]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return cursor.fetchone() is not None


def _fingerprint(request: HttpRequest) -> str:
    sent = [(name, values) for name, values in request.POST.lists() if name not in NOT_COMPARED]
    return hashlib.sha256(repr((request.path, sorted(sent))).encode()).hexdigest()


def _renew(request: HttpRequest, form: forms.BaseForm) -> None:
    data = request.POST.copy()
    data[KEY] = str(uuid4())
    form.data = data
