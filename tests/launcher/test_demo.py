"""`make demo`: what stands in its way is one line; it serves, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from launcher.processes import LOOPBACK, free_port, is_port_free, wait_until

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


@pytest.fixture
def demo(tmp_path):
    """Start the demo without patients in a folder of its own; end what a test left running."""
    started = []

    def start(*words, **variables):
        clean = {name: value for name, value in os.environ.items() if name not in GIVEN}
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", *(words or ("demo",))],
            cwd=ROOT,
            env={**clean, "DEMO_FOLDER": str(tmp_path / "demo"), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


def refused(process):
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    (line,) = said.splitlines()
    return line


def test_a_busy_port_is_one_line(demo):
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]

        line = refused(demo(PORT=str(port)))

    assert line == f"ecmo: Port {port} is busy. Choose another: make demo PORT={port + 1}"


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", ""])
def test_a_port_that_is_none_is_one_line(demo, port):
    assert "must be a number from 1 to 65535" in refused(demo(PORT=port))


def test_a_database_without_its_owner_is_one_line(demo):
    line = refused(demo(PORT=str(free_port()), DATABASE_URL="postgresql://app@127.0.0.1/ecmo"))

    assert "set DATABASE_OWNER_URL" in line


def ask(port, path):
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/{path}", timeout=10) as answer:
        return answer.read()


def is_ready(port):
    try:
        return json.loads(ask(port, "readyz"))["ready"]
    except OSError:
        return False


def wait_for_address(process):
    for line in process.stdout:
        if "The unit is at" in line:
            return
    pytest.fail("the demo ended before it served")


def test_the_demo_serves_survives_and_leaves_nothing_behind(demo, tmp_path):
    port = free_port()
    first = demo(PORT=str(port))
    wait_for_address(first)
    assert wait_until(lambda: is_ready(port), 90), "worker and clock never beat"
    assert "runs already" in refused(demo(PORT=str(free_port())))
    assert "runs already" in refused(demo("demo-reset"))

    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=60)

    assert first.returncode == 0, said
    servers = json.loads((tmp_path / "demo" / "servers.json").read_text())
    assert all(is_port_free(each) for each in (port, *servers["ports"].values()))

    second = demo(PORT=str(port))
    wait_for_address(second)
    assert ask(port, "healthz") == b"alive\n"
    supervisord = int((tmp_path / "demo" / "supervisord.pid").read_text())
    os.kill(supervisord, signal.SIGKILL)
    said, _ = second.communicate(timeout=60)
    assert "supervisord ended by itself" in said
    ports = json.loads((tmp_path / "demo" / "servers.json").read_text())["ports"]
    assert wait_until(lambda: all(is_port_free(each) for each in (port, *ports.values())), 30)

    assert demo("demo-reset").wait(30) == 0
    assert not (tmp_path / "demo").exists()
