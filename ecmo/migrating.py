"""Migrate in a fraction of the time.

For each model that a migration makes, and for each field, constraint, index and trigger that it
adds, Django draws the model and all its relatives anew in memory. Here nearly everything is a
relative of everything else (each row says who wrote it), and that was most of a first migration.
With `light_drawing` only the model itself is drawn when nothing can refer to what is new in it,
or when Django says that its relatives may wait ("delayed"). Steps that work on data get all
models drawn anew, as Django does after any delay. What is sent to the database is the same (a
test compares).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.migrations.state import ProjectState

STOOD_IN_FOR = "_find_reload_model"
_thorough = getattr(ProjectState, STOOD_IN_FOR)


def _light(
    state: ProjectState,
    app_label: str,
    model_name: str,
    delay: bool = False,  # noqa: FBT001, FBT002 - called by Django
) -> set[tuple[str, str]]:
    """Stand in for the method of ProjectState that names the models to draw anew."""
    if not (delay or _only_grew(state, app_label, model_name)):
        models: set[tuple[str, str]] = _thorough(state, app_label, model_name, delay)
        return models
    state.is_delayed = True
    return {(app_label, model_name)}


def _only_grew(state: ProjectState, app_label: str, model_name: str) -> bool:
    """Tell whether the model, or some of its fields, are new: nothing refers to those yet."""
    drawn = state.apps.all_models[app_label].get(model_name)
    if drawn is None:
        return True
    before = {field.name for field in (*drawn._meta.local_fields, *drawn._meta.local_many_to_many)}
    return before < set(state.models[app_label, model_name].fields)


@contextmanager
def light_drawing() -> Iterator[None]:
    """Let the stand-in work while the block runs."""
    setattr(ProjectState, STOOD_IN_FOR, _light)
    try:
        yield
    finally:
        setattr(ProjectState, STOOD_IN_FOR, _thorough)
