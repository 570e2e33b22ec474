"""`make demo`: a unit in the browser, with its worker and its clock, on servers of its own."""

import fcntl
import os
import secrets
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from launcher.manage import ROOT, manage
from launcher.postgres import Postgres
from launcher.problems import Problem
from launcher.processes import LOOPBACK, is_port_free, wait_until
from launcher.programs import programs
from launcher.servers import choose_ports, environment, postgres_in, valkey_in
from launcher.supervision import supervised
from launcher.supervisor import Program
from launcher.system import ensure_pango, ensure_room
from launcher.valkey import Valkey

FOLDER = Path(os.environ.get("DEMO_FOLDER", ROOT / "var" / "demo"))
WEB_PATIENCE = 60  # seconds
# Brotli takes a minute over the API page's scripts, and the loopback needs none.
UNCOMPRESSED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def run(*builder: str) -> None:
    """Run the demo until Ctrl-C, after `manage.py BUILDER` has filled it (nothing: as it is).

    Raises Problem with one line for whatever stands in the way.
    """
    port = _port()
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    ensure_room(FOLDER)
    ensure_pango()
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background jobs ignore SIGINT
        signal.signal(number, signal.default_int_handler)
    with _only_one(), suppress(KeyboardInterrupt):
        choose_ports(FOLDER)
        servers = _private_servers()
        variables = {**_addresses(), **os.environ, **_settings(port)}
        ours = programs(port)
        theirs = [
            Program(each.name, each.command(), each.stop_by, at_once=True) for each in servers
        ]
        with supervised([*theirs, *ours], folder=FOLDER, root=ROOT, variables=variables) as running:
            _wait_for(servers)
            _prepare(variables, *builder)
            running.start(ours)
            _wait_for_web(port)
            print(f"\n  The unit is at http://{LOOPBACK}:{port}/  (Ctrl-C stops it)\n", flush=True)
            running.wait()
            raise Problem(f"supervisord ended by itself: see {FOLDER / 'supervisord.log'}.")


def reset() -> None:
    """Delete the private data of the demo. Raises Problem while it runs."""
    if FOLDER.exists():
        with _only_one():
            postgres_in(FOLDER, durable=True).remove()


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise Problem(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    if not is_port_free(int(text)):
        raise Problem(
            f"Port {text} is busy. Choose another: make demo PORT={int(text) % 65535 + 1}"
        )
    return int(text)


@contextmanager
def _only_one() -> Iterator[None]:
    with FOLDER.with_suffix(".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("The demo of this folder runs already: stop it with Ctrl-C.") from None
        yield


def _private_servers() -> list[Postgres | Valkey]:
    """Return the servers that the environment does not name, ready to be started."""
    if "DATABASE_URL" in os.environ and "DATABASE_OWNER_URL" not in os.environ:
        raise Problem("DATABASE_URL is set: set DATABASE_OWNER_URL, the owner's address, as well.")
    every: dict[str, Postgres | Valkey] = {
        "DATABASE_URL": postgres_in(FOLDER, durable=True),
        "REDIS_URL": valkey_in(FOLDER, durable=True),
    }
    private = [server for name, server in every.items() if name not in os.environ]
    for server in private:
        server.initialise()
    return private


def _addresses() -> dict[str, str]:
    return environment(postgres_in(FOLDER, durable=True), valkey_in(FOLDER, durable=True))


def _settings(port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "ecmo.settings",
        "DEMO": "true",
        "SECRET_KEY": _secret_key(),
        "SITE_URL": f"http://{LOOPBACK}:{port}",
        "FILES_DIR": str(FOLDER / "files"),
        "BEAT_SCHEDULE": str(FOLDER / "beat"),
        "STATIC_BACKEND": UNCOMPRESSED,
    }


def _secret_key() -> str:
    """Return the key of this demo, so that sessions outlive a restart."""
    file = FOLDER / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def _wait_for(servers: list[Postgres | Valkey]) -> None:
    for server in servers:
        server.wait()
        if isinstance(server, Postgres):
            server.create_roles()


def _prepare(variables: dict[str, str], *builder: str) -> None:
    print("ecmo: preparing the database ...", flush=True)
    manage(variables, "setup_database", "--verbosity=0")
    manage(variables, "collectstatic", "--no-input", "--verbosity=0")
    if builder:
        manage(variables, *builder)


def _wait_for_web(port: int) -> None:
    def answers() -> bool:
        try:
            urllib.request.urlopen(f"http://{LOOPBACK}:{port}/healthz", timeout=2).close()
        except OSError:
            return False
        return True

    if not wait_until(answers, WEB_PATIENCE):
        raise Problem(f"The web server does not answer: see {FOLDER / 'web.log'}.")
