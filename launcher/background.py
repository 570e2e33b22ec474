"""One server running in the background, which any later process can find, stop and restart."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from launcher.processes import is_alive, started_at, stop


class Server(Protocol):
    """What PostgreSQL and Valkey have in common."""

    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def stop_by(self) -> signal.Signals: ...
    def initialise(self) -> None: ...
    def command(self) -> list[str]: ...
    def wait(self) -> None: ...


S = TypeVar("S", bound=Server)


@dataclass(frozen=True, slots=True)
class Background(Generic[S]):
    """A server and the process that serves it; the process is noted in the server's folder."""

    server: S

    @property
    def pid(self) -> int:
        """The process, or 0 if it does not run."""
        if not self._note.exists():
            return 0
        pid, started = self._note.read_text().split()
        # after a reboot the number may be another's: the start time tells
        return int(pid) if is_alive(int(pid)) and started_at(int(pid)) == started else 0

    def start(self) -> None:
        """Start the server and wait until it serves; only wait if it runs already."""
        self.server.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self.server.folder):
            if not self.pid:
                self.server.initialise()
                self._spawn()
            self.server.wait()

    def stop(self) -> None:
        """Stop the server cleanly; nothing happens if it does not run."""
        if self.pid:
            stop(self.pid, self.server.stop_by)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: freeze it, kill it, let it go on."""
        os.kill(self.pid, number)

    @property
    def _note(self) -> Path:
        return self.server.folder / f"{self.server.name}.pid"

    def _spawn(self) -> None:
        with (self.server.folder / f"{self.server.name}.log").open("ab") as log:
            child = subprocess.Popen(
                self.server.command(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, not for their servers
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            )
        self._note.write_text(f"{child.pid} {started_at(child.pid)}")
        child.returncode = 0  # found and ended by its note, perhaps by another process


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a lock between processes, for one folder, while the block runs."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
