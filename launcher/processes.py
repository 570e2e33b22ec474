"""Wait for processes and end them, whether or not they are our children."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_port_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def is_alive(pid: int) -> bool:
    """Tell whether a process runs. An ended child of ours is collected and counts as ended."""
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def started_at(pid: int) -> str:
    """Return when a process started, in the kernel's ticks: with its id this names it for good."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19]


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask `holds` again and again; False when it never became true within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def leashed(command: list[str], how: signal.Signals) -> list[str]:
    """Return `command` such that it gets signal `how` when whoever started it dies, however."""
    leash = ["setpriv", f"--pdeathsig={how.name.removeprefix('SIG')}", "--"]
    if command[0] != "setpriv":
        return [*leash, *command]
    end = command.index("--") + 1  # a change of user would take the leash off: put it on after
    return [*command[:end], *leash, *command[end:]]


def stop(pid: int, how: signal.Signals, seconds: float = 20) -> None:
    """Ask a process to end by signal `how`, and kill it if it has not ended after `seconds`."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)
        if not wait_until(lambda: not is_alive(pid), seconds):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not is_alive(pid), 5)
