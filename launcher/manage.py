"""Run the product's own commands."""

import subprocess
import sys
from pathlib import Path

from launcher.problems import Problem

ROOT = Path(__file__).resolve().parent.parent


def manage(variables: dict[str, str], *words: str) -> None:
    """Run `manage.py WORDS` with an environment; it speaks to the terminal itself.

    Raises Problem if it fails.
    """
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    if subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode:
        raise Problem(f"manage.py {words[0]} failed: it says above why.")
