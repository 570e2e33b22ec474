"""PostgreSQL refuses to run as root: run it as a plain user, without opening anybody's folders."""

import os
import pwd
import shutil
from pathlib import Path

from launcher.problems import Problem

DAC_READ_SEARCH = 2  # its bit in the kernel's capability sets: pass through closed folders
PLAIN_USERS = ("postgres", "nobody")
CACHE = Path("/var/cache/ecmo")
OPEN_DATA = Path("/var/lib/ecmo")


def is_root() -> bool:
    """Tell whether this process is root."""
    return os.geteuid() == 0


def plain_user() -> pwd.struct_passwd:
    """Return the account that runs PostgreSQL when we are root."""
    for name in PLAIN_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem("Neither a user 'postgres' nor 'nobody' exists: run make as an ordinary user.")


def can_pass_closed_folders() -> bool:
    """Tell whether root here may hand on the capability to pass through closed folders."""
    status = Path("/proc/self/status").read_text()
    bounding = next(line.split()[1] for line in status.splitlines() if line.startswith("CapBnd"))
    return bool(int(bounding, 16) >> DAC_READ_SEARCH & 1)


def as_plain_user(command: list[str]) -> list[str]:
    """Return `command`, to be run by the plain user if we are root, with nothing else of root's."""
    if not is_root():
        return command
    user = plain_user()
    kept = ",+dac_read_search" if can_pass_closed_folders() else ""
    drop = [f"--{name}=-all{kept}" for name in ("inh-caps", "ambient-caps", "bounding-set")]
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids, *drop, "--", *command]


def give_to_plain_user(path: Path) -> None:
    """Make the plain user own `path` if we are root."""
    if is_root():
        user = plain_user()
        os.chown(path, user.pw_uid, user.pw_gid)


def open_copy(package: Path, version: str) -> Path:
    """Return a place of `package` and its `.libs` that the plain user can execute from.

    For an ordinary user that is where it stands. For root it is a copy owned by root, made once
    for each version, since the clone or the home may be closed to others.
    """
    if not is_root():
        return package
    place = CACHE / f"{package.name}-{version}"
    if not place.exists():
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, draft / part.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        CACHE.chmod(0o755)
        try:
            draft.rename(place)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return place / package.name


def data_place(folder: Path) -> Path:
    """Return where the plain user can reach its data: `folder`, or an open place if it must be."""
    if not is_root() or can_pass_closed_folders():
        return folder
    return OPEN_DATA / str(folder.resolve()).strip("/").replace("/", "-")
