"""`@action`: one thing that a person or a machine did, in one transaction, known to the history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

import pghistory
from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")

_acting: ContextVar[bool] = ContextVar("acting", default=False)
_is_one_piece: ContextVar[bool] = ContextVar("one_piece", default=False)


@contextmanager
def one_piece() -> Iterator[None]:
    """Make one transaction of a request: what is refused in it undoes all of it.

    Actions within need no savepoints of their own, two statements each.
    """
    token = _is_one_piece.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        _is_one_piece.reset(token)


def action(verb: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action: atomic, with who / what / why handed to the history triggers.

    `verb` completes the sentence "Sam ...", for example "recorded a bedside check". The function
    takes `by` (who), `at` (when it became known) and, where there is one, `reason` by keyword. An
    action inside an action belongs to the outer one: the outermost verb is what the person did.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            savepoint = not _is_one_piece.get()
            if _acting.get():
                with transaction.atomic(savepoint=savepoint):
                    return function(*args, **kwargs)
            token = _acting.set(True)
            try:
                with (
                    pghistory.context(**_who_what_why(verb, kwargs)),
                    transaction.atomic(savepoint=savepoint),
                ):
                    return function(*args, **kwargs)
            finally:
                _acting.reset(token)

        return act

    return decorate


def _who_what_why(verb: str, kwargs: dict[str, object]) -> dict[str, str]:
    by, at = kwargs.get("by"), kwargs.get("at")
    facts = {
        "action": verb,
        "user": str(getattr(by, "pk", "")) or "",
        "name": str(by) if by is not None else "the system",
        "at": str(at or ""),
        "why": str(kwargs.get("reason") or ""),
    }
    return {key: value for key, value in facts.items() if value}
