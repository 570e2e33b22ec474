"""`python -m launcher TARGET`: what the Makefile calls once `.venv` is there."""

import os
import sys
from collections.abc import Callable

from launcher import checks, demo, throwaway
from launcher.problems import Problem

TARGETS: dict[str, Callable[..., int | None]] = {
    "demo": demo.run,
    "demo-reset": demo.reset,
    "check": checks.check,
    "test": checks.test,
    "coverage": checks.coverage,
    "manage": throwaway.manage_on_throwaway_servers,
    "test-servers-stop": throwaway.stop_test_servers,
}


def main(words: list[str]) -> int:
    """Do what a target says; a Problem becomes one line and exit code 1."""
    # Each of the many programs that are started would compile the product anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return TARGETS[words[0]](*words[1:]) or 0
    except Problem as problem:
        print(f"ecmo: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
