"""The private servers start for anybody, in a folder closed to everybody else."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from launcher.background import Background
from launcher.processes import is_alive, is_port_free, started_at, stop
from launcher.servers import choose_ports, postgres_in, valkey_in

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("start_and_stop.py")
AS_USER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
AS_IT_SHOULD_BE = {"superusers": "1", "open to others": [], "still running": [], "left": []}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def closed_folder():
    """A folder that only its owner can enter, in a place that everybody can reach."""
    folder = Path(tempfile.mkdtemp(prefix="closed-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def start_and_stop(folder, *, prefix=()):
    done = subprocess.run(
        [*prefix, sys.executable, str(SCRIPT), str(folder / "servers")],
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_they_start_in_a_closed_folder(closed_folder):
    seen = start_and_stop(closed_folder)

    assert seen == AS_IT_SHOULD_BE


@needs_root
def test_they_start_for_an_ordinary_user(closed_folder):
    read_it = [*AS_USER, sys.executable, "-c", f"open({str(SCRIPT)!r})"]
    if subprocess.run(read_it, check=False).returncode:
        pytest.skip("this clone is closed to ordinary users")
    os.chown(closed_folder, 65534, 65534)

    seen = start_and_stop(closed_folder, prefix=AS_USER)

    assert seen == AS_IT_SHOULD_BE


@needs_root
def test_root_without_the_capability_keeps_its_data_in_an_open_place(closed_folder):
    weaker = ["setpriv", "--bounding-set=-dac_read_search", "--"]

    seen = start_and_stop(closed_folder, prefix=weaker)

    assert seen == AS_IT_SHOULD_BE


@pytest.fixture
def valkey(tmp_path):
    server = Background(valkey_in(tmp_path / "servers", durable=True))
    yield server
    server.stop()


def test_a_second_start_finds_the_running_server(valkey):
    valkey.start()
    first = valkey.pid

    valkey.start()

    assert valkey.pid == first


def test_a_killed_server_is_seen_as_gone_and_starts_again(valkey):
    valkey.start()
    killed = valkey.pid

    stop(killed, signal.SIGKILL)

    assert valkey.pid == 0
    valkey.start()
    assert valkey.pid not in (0, killed)


def test_a_noted_process_whose_number_is_now_anothers_is_not_ours(valkey):
    valkey.server.folder.mkdir(exist_ok=True)
    (valkey.server.folder / "valkey.pid").write_text(f"{os.getpid()} 1")

    assert started_at(os.getpid()) != "1"
    assert valkey.pid == 0


def test_passwords_stay_when_ports_are_chosen_anew(tmp_path):
    before = postgres_in(tmp_path, durable=True)

    choose_ports(tmp_path)

    after = postgres_in(tmp_path, durable=True)
    assert after.passwords == before.passwords
    assert is_port_free(after.port)


def test_a_process_that_never_was_is_not_alive():
    assert not is_alive(2**22 + 1)
