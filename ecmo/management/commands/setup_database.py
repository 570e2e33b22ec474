"""`manage.py setup_database`: migrate as the owner, then rights and locks. Safe to run again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, transaction
from psycopg import sql

from ecmo.migrating import light_drawing
from ecmo.roles import grant, harden

LOCK = 0x45434D4F  # any number that only this command uses: "ECMO"


class Command(BaseCommand):
    """Bring the database to this version of the program."""

    help = "Migrate as the owner (DATABASE_OWNER_URL), then give the app role its rights."
    requires_system_checks = []  # they ask about pages; this is the database

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, one process at a time."""
        app = connection.settings_dict["USER"]
        password = connection.settings_dict["PASSWORD"]
        with _as_owner(), _one_at_a_time(), light_drawing():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            with transaction.atomic():
                _ensure_role(app, password)
                grant(connection, app=app)
                harden(connection)
        self.stdout.write(f"The database is ready for {app}.")


@contextmanager
def _as_owner() -> Iterator[None]:
    """Connect as the owner, without the time limits of a web request, while the block runs."""
    if not settings.DATABASE_OWNER_URL:
        raise CommandError(
            "Set DATABASE_OWNER_URL to the address of the role that owns the tables."
        )
    owner = dj_database_url.parse(settings.DATABASE_OWNER_URL)
    as_app = dict(connection.settings_dict)
    if owner["USER"] == as_app["USER"]:
        raise CommandError("DATABASE_URL and DATABASE_OWNER_URL must name two different roles.")
    connection.close()
    connection.settings_dict.update(
        USER=owner["USER"],
        PASSWORD=owner["PASSWORD"],
        HOST=owner["HOST"],
        PORT=owner["PORT"],
        NAME=owner["NAME"],
        OPTIONS={},
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(as_app)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    yield  # the lock goes with the connection


def _ensure_role(name: str, password: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if not cursor.fetchone():
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            cursor.execute(create.format(sql.Identifier(name), sql.Literal(password)))
