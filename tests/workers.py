"""A real Celery worker in a process of its own, on the database and broker of the run."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from launcher.processes import leashed, wait_until
from tests.environment import SERVERS, VAR


class Worker:
    """One worker process: start it, kill it, freeze it; its log is there to read."""

    process: subprocess.Popen[bytes]

    def __init__(self, log, **environment):
        self.log = log
        self.environment = {name: str(value) for name, value in environment.items()}

    def start(self):
        """Start and wait until it takes work."""
        options = [
            "--pool=prefork",
            "--concurrency=1",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        ]
        command = [sys.executable, "-m", "celery", "-A", "ecmo", "worker", *options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                leashed(command, signal.SIGKILL),  # no worker outlives a run that was killed
                cwd=VAR.parent,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "ecmo.settings", **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert wait_until(self._is_ready, 60), self.log.read_text()

    def kill(self):
        """End it and its children at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """End it as a deployment would."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def _is_ready(self):
        assert self.process.poll() is None, self.log.read_text()
        return " ready." in self.log.read_text()


@contextmanager
def worker_running(log, **environment):
    """Run a worker while the block runs."""
    worker = Worker(log, **environment)
    try:
        worker.start()
        yield worker
    finally:
        worker.stop()


@pytest.fixture
def celery_worker_process(transactional_db, broker, smtp_server, tmp_path):
    """A worker that sends its mail to `smtp_server`."""
    with worker_running(tmp_path / "worker.log", **smtp_server.settings) as worker:
        yield worker


@pytest.fixture
def broker(django_db_setup):
    """The run's own Valkey, empty: a test may freeze, kill and start it."""
    valkey = SERVERS.valkey
    if valkey is None:
        pytest.skip("the broker was given by REDIS_URL: this test may not stop or empty it")
    valkey.start()
    valkey.server.empty()
    yield valkey
    if valkey.pid:
        valkey.signal(signal.SIGCONT)
    valkey.start()
