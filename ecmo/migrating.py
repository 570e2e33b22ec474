"""Migrate in a third of the time.

For each constraint, index and trigger that a migration adds, Django draws the model and all its
relatives anew in memory, though none of these changes a column. With three history triggers on
each table that was most of a first migration. `light_options` notes them in the model's state and
in the drawn model, and draws nothing; what is sent to the database is the same (a test compares).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, value: Any
) -> None:
    """Stand in for the method of ProjectState by which constraints and indexes are added."""
    options = state.models[app_label, model_name].options
    options[option_name] = [*options.get(option_name, []), value]
    if "apps" in state.__dict__:  # drawn already; asking would draw it
        # Altering a field spares the constraints that the drawn model knows.
        drawn = state.apps.get_model(app_label, model_name)
        setattr(drawn._meta, option_name, options[option_name])


def _note_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    """Stand in for AddTrigger.state_forwards."""
    options = state.models[app_label, operation.model_name.lower()].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]


STAND_INS: tuple[tuple[type, str, Any], ...] = (
    (ProjectState, "_append_option", _append_option),
    (AddTrigger, "state_forwards", _note_trigger),
)


@contextmanager
def light_options() -> Iterator[None]:
    """Let the stand-ins work while the block runs."""
    thorough = [(owner, name, getattr(owner, name)) for owner, name, _ in STAND_INS]
    for owner, name, stand_in in STAND_INS:
        setattr(owner, name, stand_in)
    try:
        yield
    finally:
        for owner, name, method in thorough:
            setattr(owner, name, method)
