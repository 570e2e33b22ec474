"""Where this run of the tests finds its servers. Importing it sets the environment for settings.

- `DATABASE_URL`, `DATABASE_OWNER_URL` (may create databases) and `REDIS_URL` given: those servers,
  but a database of our own on them.
- else private ones of this run, in `var/tests/`, started when the first test needs them.
- several processes of one run (pytest-xdist) share its PostgreSQL, each with a database and a
  Valkey of its own.
- with `TEST_SERVERS=keep` the PostgreSQL in `var/test-postgres` stays warm between runs, and many
  runs share it, each with its own database (`make test-servers-stop` ends it).
"""

import atexit
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from launcher.background import Background, locked
from launcher.postgres import Postgres
from launcher.processes import is_alive
from launcher.servers import environment, postgres_in, valkey_in
from launcher.valkey import Valkey

VAR = Path(__file__).resolve().parent.parent / "var"
RUN = f"test_{os.getpid()}"
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")


@dataclass(frozen=True, slots=True)
class TestServers:
    """The servers of this run; none is private when the environment named others."""

    __test__ = False
    app_url: str
    owner_url: str
    postgres: Background[Postgres] | None
    valkey: Background[Valkey] | None

    def start(self) -> None:
        """Start those that are private."""
        if self.postgres is not None:
            self.postgres.start()
            with locked(self.postgres.server.folder):
                self.postgres.server.create_roles()
        if self.valkey is not None:
            self.valkey.start()


def choose() -> TestServers:
    """Decide from the environment, and put the addresses of this run there."""
    given = os.environ.get("TEST_SERVERS_FOLDER", "")
    if not given and "DATABASE_URL" in os.environ:
        return _given_servers()
    folder = Path(given) if given else VAR / "tests" / str(os.getpid())
    keep = os.environ.get("TEST_SERVERS") == "keep"
    postgres = postgres_in(VAR / "test-postgres" if keep else folder, durable=False)
    valkey = valkey_in(folder / PROCESS, durable=False)
    os.environ.update(environment(postgres, valkey, RUN), TEST_SERVERS_FOLDER=str(folder))
    if not given:
        _remove_what_killed_runs_left(folder.parent)
        atexit.register(_remove, os.getpid(), folder, postgres, valkey)
    return TestServers(
        app_url=os.environ["DATABASE_URL"],
        owner_url=os.environ["DATABASE_OWNER_URL"],
        postgres=Background(postgres),
        valkey=Background(valkey),
    )


def _given_servers() -> TestServers:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[name] = urlsplit(os.environ[name])._replace(path=f"/{RUN}").geturl()
    return TestServers(os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"], None, None)


def _remove_what_killed_runs_left(folder: Path) -> None:
    for old in folder.iterdir() if folder.exists() else ():
        if old.name.isdigit() and not is_alive(int(old.name)):
            postgres, valkey = postgres_in(old, durable=False), valkey_in(old, durable=False)
            _remove(os.getpid(), old, postgres, valkey)


def _remove(pid: int, folder: Path, postgres: Postgres, valkey: Valkey) -> None:
    if os.getpid() != pid:  # a fork of this run
        return
    for each in (valkey, *(valkey_in(own, durable=False) for own in folder.glob("gw*"))):
        Background(each).stop()
    if postgres.folder == folder:
        Background(postgres).stop()
        postgres.remove()
    shutil.rmtree(folder, ignore_errors=True)


SERVERS = choose()
