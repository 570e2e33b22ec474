"""Libraries and programs that no wheel brings: found, installed by apt where allowed, or asked for."""

import ctypes
import os
import shutil
from pathlib import Path

from launcher.problems import Problem
from launcher.set_up import install_by_apt

PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PANGO_PACKAGES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ROOM_MB = 600


def ensure_pango() -> None:
    """See that PDFs can be made. Raises Problem with the command that helps."""
    if not (_has_pango() or (install_by_apt(*PANGO_PACKAGES) and _has_pango())):
        raise Problem(
            f"Pango is missing. Install it with: sudo apt-get install {' '.join(PANGO_PACKAGES)}"
        )


def ensure_browser() -> None:
    """See that a Chromium is there. Under CI=true its lack is a Problem, elsewhere a warning."""
    if browser() or (install_by_apt("chromium") and browser()):
        return
    advice = "Chromium is missing. Install it with: sudo apt-get install chromium"
    if os.environ.get("CI") == "true":
        raise Problem(advice)
    print(f"ecmo: {advice} (browser tests are skipped until then)", flush=True)


def browser() -> str:
    """Return the system's Chromium, or nothing."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")


def ensure_room(folder: Path) -> None:
    """See that a database can grow a little. Raises Problem."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < ROOM_MB:
        raise Problem(
            f"The disk is too full: {ROOM_MB} MB are needed in {folder}, {free} are free."
        )


def _has_pango() -> bool:
    try:
        for library in PANGO:
            ctypes.CDLL(library)
    except OSError:
        return False
    return True
