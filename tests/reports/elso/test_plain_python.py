"""The registry's rules import the standard library, `clinical` and each other, nothing else."""

import ast
import sys
from pathlib import Path

import reports.elso

FOLDER = Path(reports.elso.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
ALLOWED = ("clinical.", "reports.elso.")


def test_the_rules_are_plain_python():
    strangers = {
        name
        for module in MODULES
        for name in _imported(module)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not f"{name}.".startswith(ALLOWED)
    }

    assert len(MODULES) > 8
    assert strangers == set()


def _imported(module):
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
