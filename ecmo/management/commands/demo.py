"""`manage.py demo`: a believable unit of invented patients, on an empty database of the demo."""

import os
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Centre
from ecmo.demo.building import NotEmpty, Wish, build
from ecmo.demo.catching_up import catch_up
from ecmo.demo.people import LOGINS, PASSWORD

MOST_WORKERS = 4


class Command(BaseCommand):
    """Builds the demo unit."""

    help = "Build the demo unit by calling the actions: invented patients, relative to now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment, the seed and the size."""
        parser.add_argument(
            "--if-empty", action="store_true", help="only catch up if a centre exists"
        )
        parser.add_argument("--at", type=_instant, help="the moment that is now (ISO 8601, offset)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--closed", type=int, default=60, help="how many closed runs")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Build; print how long it took and who can sign in."""
        if not settings.DEMO:
            raise CommandError("The demo's passwords are known to all: it needs DEMO=true.")
        at = options["at"] or timezone.now()
        if options["if_empty"] and Centre.objects.exists():
            self._say(f"checks charted that were missed: {catch_up(at)}")
        else:
            try:
                build(_wish(at, options), self._say)
            except NotEmpty as refused:
                raise CommandError(str(refused)) from refused
        self._print_logins()

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()

    def _print_logins(self) -> None:
        self.stdout.write(f"\n  Sign in with one of these; the password of all is {PASSWORD}\n")
        for login in LOGINS:
            self.stdout.write(f"    {login.username:15} {login.role.label}")


def _wish(at: datetime, options: dict[str, Any]) -> Wish:
    workers = min(MOST_WORKERS, os.cpu_count() or 1)
    return Wish(at, seed=options["seed"], closed_runs=options["closed"], workers=workers)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs its offset")
    return at
