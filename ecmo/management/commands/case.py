"""`manage.py case FILE`: replay one reference case on an empty database. `make case` gives it one."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

try:
    from ecmo.cases.loading import BadCase, load
    from ecmo.cases.printing import report
    from ecmo.cases.replaying import replay
    from ecmo.cases.staff import NotEmpty
except ModuleNotFoundError as missing:
    raise SystemExit(
        f"Replaying a case needs {missing.name}, which is for developers: run `make setup-dev`."
    ) from missing


class Command(BaseCommand):
    """Replays a reference case."""

    help = "Replay a reference case through the REST API on an empty database, and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Replay, print each failed expectation, end with the count; exit code 1 if any failed."""
        logging.getLogger("django.request").setLevel(logging.ERROR)  # refusals are the matter
        try:
            outcome = replay(load(options["file"]))
        except (BadCase, NotEmpty) as wrong:
            raise CommandError(str(wrong)) from wrong
        for line in report(outcome):
            self.stdout.write(line)
        if outcome.failures:
            raise SystemExit(1)
