"""Reading messages and deciding about them needs the standard library only."""

import ast
import sys
from pathlib import Path

import interop

FOLDER = Path(interop.__file__).parent
PURE = ("hl7wire", "hl7message", "hl7v2", "labcodes", "verdicts", "filing")


def test_parser_and_filing_rules_are_plain_python():
    strangers = {
        name
        for module in PURE
        for name in _imported(FOLDER / f"{module}.py")
        if name.partition(".")[0] not in sys.stdlib_module_names
        and name.removeprefix("interop.") not in PURE
    }

    assert strangers == set()


def _imported(module):
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
