"""`make bench`: ratios against floors of the same run."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from bench.run import main


class Command(BaseCommand):
    help = "Measure the product against floors of this machine, on a throw-away database."

    def handle(self, **_: object) -> None:
        """Measure; fail if a gate is broken."""
        call_command("collectstatic", interactive=False, verbosity=0)
        if not main():
            raise CommandError("A gate is broken: see the lines marked ABOVE.")
