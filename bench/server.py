"""The product's own web server, as in production, and what it costs in CPU."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60


class Server:
    """gunicorn on a free port: two workers of four threads."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def cpu_ms(self) -> float:
        """Return the CPU time that the server and its workers have used, in milliseconds."""
        return sum(_ticks(pid) for pid in [self.process.pid, *_children(self.process.pid)]) * (
            1000 / TICKS
        )


@contextmanager
def running() -> Iterator[Server]:
    """Start the server on the database of this process, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "gunicorn"),
        "ecmo.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--workers=2",
        "--threads=4",
        "--keep-alive=30",
        "--log-level=warning",
        "--no-control-socket",
    ]
    variables = {**os.environ, "CONN_MAX_AGE": "600", "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(command, env=variables)  # noqa: S603 -- our own command
    try:
        _wait(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The web server did not answer within a minute.")


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
