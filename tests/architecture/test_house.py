"""How the house is kept: files that fit in the head, tasks that exist, migrations with names."""

import ast
import re
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from ecmo.celery import app

ROOT = Path(settings.BASE_DIR)
PACKAGES = [
    "accounts",
    "alerts",
    "audit",
    "circuits",
    "clinical",
    "ecmo",
    "episodes",
    "interop",
    "labs",
    "launcher",
    "notifications",
    "patients",
    "reports",
    "staffing",
    "web",
]
FILES = [
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
]
PURE = [*(ROOT / "clinical").rglob("*.py"), *(ROOT / "reports" / "elso").rglob("*.py")]
LIMIT = 300
NUDGE = re.compile(r"nudge\(\s*\"([a-z_.]+)\"")


def relative(path):
    return str(path.relative_to(ROOT))


def test_there_are_files_to_look_at():
    assert len(FILES) > 150
    assert len(PURE) > 25


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_module_fits_in_the_head(path):
    assert len(path.read_text().splitlines()) <= LIMIT


@pytest.mark.parametrize("path", PURE, ids=relative)
def test_the_medicine_imports_the_standard_library_only(path):
    allowed = sys.stdlib_module_names | {"clinical", "reports"}
    tree = ast.parse(path.read_text())
    modules = [
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    ] + [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert {module.split(".")[0] for module in modules} <= allowed


def named_tasks():
    nudged = {name for path in FILES for name in NUDGE.findall(path.read_text())}
    return sorted(nudged | {entry["task"] for entry in app.conf.beat_schedule.values()})


def test_tasks_are_named_somewhere():
    assert len(named_tasks()) >= 6


@pytest.mark.parametrize("name", named_tasks())
def test_a_task_that_is_called_by_name_is_registered(name):
    current_app.loader.import_default_modules()

    assert name in app.tasks


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/migrations/0*.py")), ids=relative)
def test_a_migration_says_what_it_does(path):
    assert not re.search(r"_auto_|_alter_.*_and_more", path.name)


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_overrides_save_or_listens_to_signals(package):
    for path in FILES:
        if path.is_relative_to(ROOT / package):
            assert not re.search(r"def save\(self|@receiver|\.connect\(", path.read_text())
