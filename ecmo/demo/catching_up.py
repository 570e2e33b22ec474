"""A demo that slept: what was missed is charted again, as a day before, and each line says so."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from circuits.actions.checks import record_check
from circuits.document import Typed, values_of
from circuits.models import Check
from patients.models import Run

DAY = timedelta(hours=24)
LONGEST = timedelta(hours=72)
ENTERED_AFTER = timedelta(minutes=3)
NOTE = (
    "Demonstration: as the check of {at:%d-%b %H:%M} UTC, charted when the demo was started again."
)


def catch_up(at: datetime) -> int:
    """Chart the checks missed until `at` of everybody on ECMO; return how many.

    Each repeats the check a day before it. Who was late when the demo stopped is as late again,
    and of a longer pause all but the last three days stays a gap.
    """
    runs = Run.objects.running().select_related("unit__centre", "patient")
    newest = {run: check for run in runs if (check := run.checks.current().first())}
    stopped_at = max((check.checked_at for check in newest.values()), default=at)
    missed = [
        (checked_at, run, model)
        for run, check in newest.items()
        for checked_at, model in _missed(run, check, at - (stopped_at - check.checked_at))
    ]
    for checked_at, run, model in sorted(missed, key=lambda one: (one[0], one[1].pk)):
        typed = Typed(
            checked_at=checked_at,
            values=values_of(model.document),
            not_done=model.document["not_done"],
            findings=model.document["findings"],
            kind=model.kind,
            note=NOTE.format(at=model.checked_at),
        )
        entered_at, values = checked_at + ENTERED_AFTER, frozenset(typed.values)
        record_check(run=run, typed=typed, by=model.performed_by, at=entered_at, confirmed=values)
    return len(missed)


def _missed(run: Run, newest: Check, until: datetime) -> Iterator[tuple[datetime, Check]]:
    """Return when a check of the run was missed, each with the one that it repeats."""
    last_day = run.checks.current().filter(trial="", checked_at__gt=newest.checked_at - DAY)
    for model in last_day.select_related("performed_by"):
        days = max(1, -((model.checked_at - (until - LONGEST)) // DAY))
        checked_at = model.checked_at + days * DAY
        while checked_at + ENTERED_AFTER <= until:
            yield checked_at, model
            checked_at += DAY
