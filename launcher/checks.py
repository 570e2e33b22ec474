"""`make check` and `make test`: the cheapest first, one pytest run last."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from launcher.manage import ROOT
from launcher.problems import Problem
from launcher.system import ensure_browser, ensure_pango

BIN = ROOT / ".venv" / "bin"
CODE = ("ecmo", "launcher", "tests")
CHECKS = {
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "import contracts": ("lint-imports", "--no-cache"),
    "requirements": ("deptry", "."),
    "spelling": ("codespell",),
    "templates": ("djlint", "templates", "--lint", "--quiet"),
    "migrations": ("python", "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"),
}
TYPES = ("mypy", ".")
# One run in as many processes as there are cores; whoever is idle takes work of the others.
TESTS = ("python", "-m", "pytest", "--numprocesses=auto", "--dist=worksteal")
MEASURED = (*TESTS, "-p", "tests.whole", "--cov", "--cov-report=term:skip-covered")


def check() -> int:
    """Check everything that needs no server; the slow check of types runs beside the others.

    Raises Problem for the first that fails.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        types = beside.submit(_run, TYPES)
        for name, command in CHECKS.items():
            print(f"ecmo: {name} ...", flush=True)
            _passed(name, _run(command))
        print("ecmo: types ...", flush=True)
        _passed("types", types.result())
    return 0


def test(*words: str) -> int:
    """Check everything, then run the whole suite on private servers; returns pytest's code."""
    check()
    return _suite(TESTS, words)


def coverage(*words: str) -> int:
    """Run the whole suite, measured; fails where a rule or an action is not tested wholly."""
    return _suite(MEASURED, words)


def _suite(command: tuple[str, ...], words: tuple[str, ...]) -> int:
    ensure_pango()
    ensure_browser()
    return _run((*command, *words))


def _passed(name: str, code: int) -> None:
    if code:
        raise Problem(f"The check of {name} failed (exit code {code}): it says above why.")


def _run(command: tuple[str, ...]) -> int:
    program, *words = command
    return subprocess.run([str(Path(BIN, program)), *words], cwd=ROOT, check=False).returncode
