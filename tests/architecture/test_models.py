"""What every model keeps to: names of constraints, classed fields, history, append-only tables."""

import re

import pytest
from django.apps import apps

from audit.queries import event_models
from tests.architecture.fields import IDENTIFYING, NOT_IDENTIFYING

OUR_APPS = {
    "audit",
    "accounts",
    "web",
    "notifications",
    "patients",
    "staffing",
    "alerts",
    "labs",
    "circuits",
    "episodes",
    "reports",
    "interop",
}
EVENTS = set(event_models())
MODELS = [m for m in apps.get_models() if m._meta.app_label in OUR_APPS and m not in EVENTS]
CONSTRAINTS = [(m, c) for m in MODELS for c in m._meta.constraints]
FIELDS = sorted(
    f"{m._meta.label}.{f.name}" for m in MODELS for f in m._meta.fields if not f.primary_key
)
CLINICAL = {"patients", "labs", "circuits", "alerts", "episodes"}
WRITTEN_ONCE_WITHOUT_HISTORY = {
    "alerts.AlertChange": "is itself the history of alerts",
    "patients.EpisodeStep": "is itself the history of an episode",
    "patients.CallLogEntry": "written once, with who and when in it",
    "alerts.Acknowledgement": "written once, with who and when in it",
    "labs.InfusionChangeWithdrawal": "written once, with who, when and why in it",
}


def test_there_is_something_to_look_at():
    assert len(MODELS) > 30
    assert len(CONSTRAINTS) > 40
    assert len(FIELDS) > 250


@pytest.mark.parametrize(
    ("model", "constraint"), CONSTRAINTS, ids=lambda one: getattr(one, "name", None)
)
def test_a_constraint_is_named_app_model_and_what_holds(model, constraint):
    prefix = f"{model._meta.app_label}_{model._meta.model_name}"

    assert re.match(rf"{prefix}_[a-z0-9_]+$", constraint.name)


@pytest.mark.parametrize("model", [m for m in MODELS if m._meta.app_label in CLINICAL], ids=str)
def test_every_clinical_table_keeps_its_history(model):
    tracked = {event.pgh_tracked_model for event in EVENTS}

    assert model in tracked or model._meta.label in WRITTEN_ONCE_WITHOUT_HISTORY


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_classed_as_identifying_or_not(field):
    assert (field in IDENTIFYING) != (field in NOT_IDENTIFYING)


def test_no_field_is_classed_that_does_not_exist():
    assert set(FIELDS) >= (IDENTIFYING | NOT_IDENTIFYING)
