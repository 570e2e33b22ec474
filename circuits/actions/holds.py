"""Keep the circuits of a run from being discarded, and let them go again.

Who means to discard a held part is stopped by a question; who has discarded it confirms, the fact
is recorded, and an alert stays open until the hold is released or the part is found.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from accounts.models import User
from alerts.actions import reconcile_alerts
from alerts.models import Category
from audit.context import action
from circuits.holding import gone_despite, holds_on
from circuits.models import CircuitHold
from clinical.findings import Assessment, Finding, Severity
from patients.models import Run
from web.problems import NeedsConfirmation, RuleBroken
from web.times import clinical_time

HELD = "held"
BROKEN = "hold.broken"


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
    _tell(hold, (), at)
    return hold


def ask_about_holds(parts: Collection[int], confirmed: Collection[str]) -> None:
    """Ask back before a held part leaves the house; confirmed by `held` it is gone already.

    Raises NeedsConfirmation.
    """
    hold = None if HELD in confirmed else holds_on(parts).first()
    if hold is None:
        return
    since = clinical_time(hold.held_at.astimezone(hold.run.unit.centre.tz))
    said = (
        f"The circuit is held since {since}: {hold.reason}. Nothing of it may be discarded or sent "
        "away: keep it, or have it released first. Confirm only if the part is gone already; whoever "
        "ordered the hold must then be told."
    )
    raise NeedsConfirmation(said, errors=[{"parameter": HELD, "rule": HELD, "message": said}])


def reassess_holds(parts: Collection[int], at: datetime) -> None:
    """Open an alert for each hold on some parts of which anything is gone; close it if not."""
    for hold in holds_on(parts):
        hold.run.locked()
        _tell(hold, gone_despite(hold), at)


def _tell(hold: CircuitHold, gone: Iterable[str], at: datetime) -> None:
    names = ", ".join(gone)
    message = (
        f"Held for {hold.reason}, yet recorded as gone: {names}. Tell whoever ordered the hold."
    )
    findings = (Finding(BROKEN, Severity.WARNING, message),) if names else ()
    reconcile_alerts(
        unit=hold.run.unit,
        run=hold.run,
        assessment=Assessment(frozenset({BROKEN}), findings),
        at=at,
        category=Category.SAFETY,
        subject=str(hold.public_id),
    )
