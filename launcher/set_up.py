"""Make `.venv` as pinned: `python3 launcher/set_up.py [requirements-dev.txt]`.

The one file that the machine's own Python runs, so it is written for old ones too: an old Python
must be able to read it far enough to say that it is too old. Hence the quoted annotations.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEEDED_MB = {"requirements.txt": 1000, "requirements-dev.txt": 1600}
DEV = "requirements-dev.txt"


def main(arguments: "list[str]") -> int:
    """Set up for the given file of requirements; returns the exit code."""
    wanted = arguments[0] if arguments else "requirements.txt"
    problem = too_old(sys.version_info[:3], sys.executable)
    if not problem and not is_installed(wanted):
        problem = no_room(wanted) or no_venv_module() or install(wanted)
    if problem:
        print("ecmo: " + problem, file=sys.stderr)
    return 1 if problem else 0


def too_old(version: "tuple[int, ...]", executable: str) -> str:
    """Say that this Python is too old, if it is."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    found = ".".join(str(part) for part in version)
    return (
        f"Python 3.11 or newer is needed, {executable} is {found}. "
        "If there is another, name it: make PYTHON=python3.12 demo"
    )


def no_room(wanted: str) -> str:
    """Say that the disk is too full, if it is."""
    free = shutil.disk_usage(str(ROOT)).free // 1000000
    if free >= NEEDED_MB[wanted]:
        return ""
    needed = NEEDED_MB[wanted]
    return f"The disk is too full: {needed} MB are needed in {ROOT}, {free} MB are free."


def no_venv_module() -> str:
    """Say that Python's venv module is missing, unless it can be installed."""
    if can_make_venv():
        return ""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if install_by_apt(package) and can_make_venv():
        return ""
    return f"Python's venv module is missing. Install it with: sudo apt-get install {package}"


def can_make_venv() -> bool:
    """Ask a fresh Python, since an import that failed once is remembered."""
    return succeeds([sys.executable, "-c", "import ensurepip, venv"])


def install_by_apt(*packages: str) -> bool:
    """Install packages of the system if we may without asking anybody. Tells whether it worked."""
    apt = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (apt and not shutil.which("sudo")):
        return False
    print(f"ecmo: installing {' '.join(packages)} ...", flush=True)
    apt += ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    install = [*apt, "--no-install-recommends", "install", *packages]
    return succeeds(install) or (succeeds([*apt, "update"]) and succeeds(install))


def install(wanted: str) -> str:
    """Make the environment and fill it; says what went wrong, if anything did."""
    python = ROOT / ".venv" / "bin" / "python"
    if not (python.exists() and succeeds([str(python), "-c", "import pip"])):
        print("ecmo: making .venv ...", flush=True)
        if not succeeds([sys.executable, "-m", "venv", "--clear", str(ROOT / ".venv")]):
            return f"Could not make .venv with {sys.executable}."
    print(f"ecmo: installing {wanted} (the first time takes a minute or two) ...", flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    # The list is whole, so pip has nothing to resolve: a release made today cannot get in its way.
    pip += ["--no-deps", "--require-hashes", "--requirement", str(ROOT / wanted)]
    if subprocess.call(pip, cwd=str(ROOT)):
        return f"Installing {wanted} failed: pip says above why."
    stamp().write_text(json.dumps(digests(["requirements.txt", wanted])))
    return ""


def is_installed(wanted: str) -> bool:
    """Tell whether what is in `.venv` is what the pins say now."""
    try:
        noted = json.loads(stamp().read_text())
    except (OSError, ValueError):
        return False
    return all(noted.get(name) == digest for name, digest in digests([wanted]).items())


def digests(names: "list[str]") -> "dict[str, str]":
    """Return what the files of requirements hold now, and for which Python."""
    python = "{}.{}".format(*sys.version_info[:2])
    return {
        name: f"{python} {hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}" for name in names
    }


def stamp() -> Path:
    """Return the file that notes what was installed."""
    return ROOT / ".venv" / "installed.json"


def succeeds(command: "list[str]") -> bool:
    """Run a command quietly and tell whether it succeeded."""
    try:
        code = subprocess.call(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False
    return code == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
