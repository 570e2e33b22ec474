"""Keep the circuits of a run from being discarded, and let them go again."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.models import CircuitHold
from patients.models import Run
from web.problems import RuleBroken


class NotHeld(RuleBroken):
    code = "not_held"


@action("held a circuit")
def hold_circuits(*, run: Run, reason: str, by: User, at: datetime) -> CircuitHold:
    """Mark whatever was in the run's circuits as not to be discarded; a second tap changes nothing."""
    run = Run.objects.locked(run.pk)
    standing = run.holds.filter(released_at=None).first()
    return standing or CircuitHold.objects.create(run=run, reason=reason, held_at=at, held_by=by)


@action("released a held circuit")
def release_circuits(*, run: Run, by: User, at: datetime, reason: str) -> CircuitHold:
    """Let the circuits go. Raises NotHeld."""
    run = Run.objects.locked(run.pk)
    hold = run.holds.filter(released_at=None).first()
    if hold is None:
        raise NotHeld(
            "Nothing of this run is held any more. Reload the page to see who released it."
        )
    if not reason.strip():
        raise RuleBroken("Say who released it and why: the circuit is gone afterwards.")
    hold.released_at, hold.released_by, hold.release_reason = at, by, reason.strip()
    hold.save(update_fields=["released_at", "released_by", "release_reason"])
    return hold
