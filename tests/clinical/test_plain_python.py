"""Clinical rules import the standard library and each other, nothing else."""

import ast
import sys
from pathlib import Path

import pytest

import clinical

pytestmark = pytest.mark.skipif(
    "mutants" in Path(__file__).parts, reason="a mutant imports the tool that made it"
)
MODULES = sorted(Path(clinical.__file__).parent.glob("*.py"))


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 15


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_rule_imports_only_the_standard_library(path):
    allowed = sys.stdlib_module_names | {"clinical"}

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] in allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_rule_has_no_clock(path):
    names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "attr")}

    assert not names & {"now", "utcnow", "today", "time_ns", "monotonic"}
