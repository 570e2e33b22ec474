"""The private servers of a folder, with ports and passwords chosen once and kept there."""

import json
import secrets
from pathlib import Path
from typing import Any

from launcher.background import locked
from launcher.postgres import ADMIN, APP, DATABASE, OWNER, Postgres
from launcher.processes import free_port
from launcher.valkey import Valkey


def postgres_in(folder: Path, *, durable: bool) -> Postgres:
    """Return the PostgreSQL of a folder; not durable means quick, for tests."""
    known = _known(folder)
    return Postgres(folder, known["ports"]["postgres"], known["passwords"], durable)


def valkey_in(folder: Path, *, durable: bool) -> Valkey:
    """Return the Valkey of a folder."""
    known = _known(folder)
    return Valkey(folder, known["ports"]["valkey"], known["passwords"]["valkey"], durable)


def environment(postgres: Postgres, valkey: Valkey, database: str = DATABASE) -> dict[str, str]:
    """Return the variables by which the product finds these servers."""
    return {
        "DATABASE_URL": postgres.url(APP, database),
        "DATABASE_OWNER_URL": postgres.url(OWNER, database),
        "REDIS_URL": valkey.url,
    }


def choose_ports(folder: Path) -> None:
    """Choose ports anew, keeping the passwords: the old ones may be taken by now."""
    known = _known(folder)
    with locked(folder):
        _write(folder, {**known, "ports": _ports()})


def _known(folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder):
        file = folder / "servers.json"
        if not file.exists():
            names = (ADMIN, OWNER, APP, "valkey")
            passwords = {name: secrets.token_urlsafe(24) for name in names}
            _write(folder, {"ports": _ports(), "passwords": passwords})
        known: dict[str, Any] = json.loads(file.read_text())
        return known


def _ports() -> dict[str, int]:
    return {"postgres": free_port(), "valkey": free_port()}


def _write(folder: Path, known: dict[str, Any]) -> None:
    file = folder / "servers.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(known))
