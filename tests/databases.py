"""A database for each run, copied from a template that was migrated once for these migrations."""

import fcntl
import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from launcher.processes import is_alive
from tests.environment import RUN, SERVERS, VAR

ROOT = VAR.parent
KEPT_TEMPLATES = 3


def create() -> None:
    """Make the database of this run."""
    with _one_at_a_time(), _admin() as admin:
        template = f"template_{_digest()}"
        known = _names(admin, "template_")
        if template not in known:
            _build(admin, template)
            for old in known[: 1 - KEPT_TEMPLATES]:
                _drop(admin, old)
        for old in (*_names(admin, "test_"), *_names(admin, "draft_")):
            if not is_alive(int(old.rpartition("_")[2])):
                _drop(admin, old)
        _copy(admin, template)


def recreate() -> None:
    """Make it afresh: after a test whose transactions were real."""
    with _one_at_a_time(), _admin() as admin:
        _drop(admin, RUN)
        _copy(admin, f"template_{_digest()}")


def drop() -> None:
    """Delete it."""
    with _admin() as admin:
        _drop(admin, RUN)


@contextmanager
def _admin():
    """Connect as the owner, beside the databases of the tests."""
    url = urlsplit(SERVERS.owner_url)._replace(path="/postgres").geturl()
    with psycopg.connect(url, autocommit=True) as admin:
        yield admin


@contextmanager
def _one_at_a_time():
    with (VAR / "test-databases.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(admin, template):
    """Migrate a fresh database by the very command that production uses."""
    with scratch() as addresses:
        done = subprocess.run(
            [sys.executable, "manage.py", "setup_database", "--verbosity=0"],
            cwd=ROOT,
            env={**os.environ, **addresses, "DJANGO_SETTINGS_MODULE": "ecmo.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"setup_database failed:\n{done.stdout}{done.stderr}")
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        admin.execute(rename.format(sql.Identifier(_draft()), sql.Identifier(template)))


@contextmanager
def scratch():
    """Make an empty database for a while; gives the variables by which the product finds it."""
    with _admin() as admin:
        _drop(admin, _draft())
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_draft())))
        try:
            yield {
                name: urlsplit(os.environ[name])._replace(path=f"/{_draft()}").geturl()
                for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
            }
        finally:
            _drop(admin, _draft())


def _draft():
    return f"draft_{os.getpid()}"


def _copy(admin, template):
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    admin.execute(statement.format(sql.Identifier(RUN), sql.Identifier(template)))


def _drop(admin, name):
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _names(admin, beginning):
    """Return the names of databases, oldest first."""
    ask = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid"
    return [name for (name,) in admin.execute(ask, [beginning])]


@cache
def _digest():
    """Name what a migrated database depends on: migrations, ours and others', and the rights."""
    files = [
        *sorted(ROOT.glob("*/migrations/*.py")),
        ROOT / "ecmo" / "management" / "commands" / "setup_database.py",
        ROOT / "ecmo" / "migrating.py",
        ROOT / "ecmo" / "roles.py",
        ROOT / "audit" / "tracking.py",
        ROOT / "requirements.txt",
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]
