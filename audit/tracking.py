"""History and append-only tables, kept by database triggers so that nothing can forget them.

`tracked` writes one event row for each insert, update and delete, whatever did it (also raw SQL).
`append_only` refuses UPDATE, DELETE and TRUNCATE of a table of facts.
"""

from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

M = TypeVar("M", bound=type[models.Model])


def tracked(model: M) -> M:
    """Keep every version of every row of `model` in a table of its own."""
    # New tracker objects for each model: pghistory cannot share them.
    track: Any = pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    )
    decorated: M = track(model)
    return decorated


class RefuseTruncate(pgtrigger.Trigger):
    """Refuse TRUNCATE, which row triggers never see."""

    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate

    def get_func(self, model: models.Model) -> str:
        """Return the body of the trigger function."""
        return f"RAISE EXCEPTION 'append-only: {model._meta.db_table} is never truncated';"


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers for `Meta.triggers` of a model whose rows are written once."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        RefuseTruncate(name="append_only_truncate"),
    ]
