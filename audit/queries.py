"""One timeline of who changed and who read what about a patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from audit.models import Access

EVENT_SUFFIX = "Event"
HIDDEN = frozenset({"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context_id"})


@dataclass(frozen=True, slots=True)
class Trace:
    """One change or one reading: when, who, what, and why if they said so."""

    at: datetime
    who: str
    what: str
    thing: str
    why: str = ""
    is_reading: bool = False


def event_models() -> list[type[Model]]:
    """Return every history table."""
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def readings_of(patient_key: object, limit: int) -> list[Trace]:
    """Return who read what about a patient, newest first (one statement)."""
    rows = Access.objects.of(str(patient_key))[:limit]
    return [
        Trace(row.at, row.user_name, f"read {row.what}", row.subject, is_reading=True)
        for row in rows
    ]


def changes_of(paths: Iterable[tuple[type[Model], str, object]], limit: int) -> list[Trace]:
    """Return changes of the rows that `paths` name, newest first (one statement a path).

    A path is (tracked model, look-up in its history table, value): for example
    `(Check, "run__in", runs)`.
    """
    traces: list[Trace] = []
    for model, lookup, value in paths:
        events = _events(model).filter(**{lookup: value}).order_by("-pgh_id")[:limit]
        traces += [_trace(model, event) for event in events]
    return sorted(traces, key=lambda one: one.at, reverse=True)[:limit]


def first_changes_to(
    model: type[Model], public_ids: Iterable[object], **state: object
) -> dict[object, Trace]:
    """Return by public id the change that first brought rows into a state (one statement).

    `state` are look-ups in the history table: `withdrawn_at__isnull=False`.
    """
    events = _events(model).filter(public_id__in=public_ids, **state).order_by("-pgh_id")
    return {event.public_id: _trace(model, event) for event in events}


def _events(model: type[Model]) -> "QuerySet[Any]":
    # Reverse accessors to history tables are unknown to the type plugin.
    manager: Any = apps.get_model(model._meta.app_label, f"{model.__name__}{EVENT_SUFFIX}")
    rows: QuerySet[Any] = manager.objects.all()
    return rows


def _trace(model: type[Model], event: Any) -> Trace:
    context = event.pgh_context or {}
    verbs = {"insert": "added", "update": "changed", "delete": "deleted"}
    verb = verbs.get(event.pgh_label, event.pgh_label)
    return Trace(
        at=event.pgh_created_at,
        who=context.get("name", "database, outside the application"),
        what=context.get("action", verb),
        thing=f"{model._meta.verbose_name} ({verb})",
        why=context.get("why", ""),
    )
