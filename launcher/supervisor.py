"""The configuration of supervisord (from PyPI), which keeps the demo's processes running."""

import os
import shlex
import signal
from dataclasses import dataclass
from pathlib import Path

from launcher.processes import leashed

STOP_BY = signal.SIGTERM  # how supervisord itself is asked to stop
FOR_EVER = 1_000_000  # supervisord's default gives a program up after three failures


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running. `at_once`: started with supervisord, else when told to."""

    name: str
    command: list[str]
    stop_by: signal.Signals = signal.SIGTERM
    at_once: bool = False

    def section(self, folder: Path) -> str:
        """Return its part of the configuration."""
        settings = {
            # also when supervisord itself is killed: no second clock is left behind
            "command": shlex.join(leashed(self.command, self.stop_by)),
            "autostart": str(self.at_once).lower(),
            "autorestart": "true",
            "startsecs": "1",
            "startretries": str(FOR_EVER),
            "stopsignal": self.stop_by.name.removeprefix("SIG"),
            "stopwaitsecs": "15",
            "killasgroup": "true",
            "priority": "1" if self.at_once else "10",
            "redirect_stderr": "true",
            "stdout_logfile": str(folder / f"{self.name}.log"),
            "stdout_logfile_maxbytes": "5MB",
            "stdout_logfile_backups": "1",
        }
        return _section(f"program:{self.name}", settings)


def configuration(programs: list[Program], *, folder: Path, root: Path, socket: Path) -> str:
    """Return the whole configuration: logs in `folder`, started in `root`, told through `socket`."""
    main = {
        "nodaemon": "true",
        "silent": "true",
        "directory": str(root),
        "logfile": str(folder / "supervisord.log"),
        "pidfile": str(folder / "supervisord.pid"),
        "strip_ansi": "true",
    }
    if os.geteuid() == 0:
        main["user"] = "root"
    factory = "supervisor.rpcinterface:make_main_rpcinterface"
    return "\n".join(
        [
            _section("supervisord", main),
            _section("unix_http_server", {"file": str(socket), "chmod": "0700"}),
            _section("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": factory}),
            _section("supervisorctl", {"serverurl": f"unix://{socket}"}),
            *(program.section(folder) for program in programs),
        ]
    )


def _section(name: str, settings: dict[str, str]) -> str:
    lines = (f"{key}={value.replace('%', '%%')}" for key, value in settings.items())
    return "\n".join([f"[{name}]", *lines, ""])
