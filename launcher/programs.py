"""The product's own processes, as the demo runs them. Production has a systemd unit for each."""

import sys

from launcher.processes import LOOPBACK
from launcher.supervisor import Program

ACCESS_LOG = '%(t)s %(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(D)s us'
"""Paths only: a query may hold what somebody searched for, and so may the page one came from."""


def programs(port: int) -> list[Program]:
    """Return web server, worker and clock."""
    celery = [sys.executable, "-m", "celery", "-A", "ecmo"]
    return [
        Program("web", _web(port)),
        Program("worker", _worker(celery)),
        Program("beat", _beat(celery)),
    ]


def _web(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "ecmo.wsgi"),
        f"--bind={LOOPBACK}:{port}",
        "--workers=2",
        "--threads=4",
        "--timeout=30",
        "--no-control-socket",
        "--access-logfile=-",
        f"--access-logformat={ACCESS_LOG}",
    ]


def _worker(celery: list[str]) -> list[str]:
    return [
        *celery,
        "worker",
        "--loglevel=INFO",
        "--concurrency=2",
        "--without-gossip",
        "--without-mingle",
    ]


def _beat(celery: list[str]) -> list[str]:
    return [*celery, "beat", "--pidfile="]
