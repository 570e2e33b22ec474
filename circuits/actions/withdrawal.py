"""Take a check back that was entered in error: undone at once, or of another patient.

The record keeps it: a version is added that says so, and what it held is judged again without it.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.context import action
from circuits.actions.assess import reassess_circuit
from circuits.actions.checks import AmendedMeanwhile
from circuits.actions.dues import reassess_check_due
from circuits.models import Check
from circuits.queries import Recent
from circuits.slips import UNDONE, may_undo
from patients.models import Run
from web.problems import RuleBroken


class WithdrawnAlready(RuleBroken):
    code = "withdrawn_already"


@action("withdrew a bedside check")
def withdraw_check(*, check: Check, by: User, at: datetime, reason: str = "") -> Check:
    """Mark a check as entered in error; its versions stay readable for ever.

    `check` is the version that the user had before them: raises AmendedMeanwhile if it is no
    longer the newest. Without a reason only within seconds of signing, by who signed.
    """
    run = Run.objects.locked(check.run_id)
    if check.is_withdrawn:
        raise WithdrawnAlready("This check is withdrawn already. Open the list of checks.")
    reason = reason.strip() or (UNDONE if may_undo(check, by, at) else "")
    if not reason:
        raise RuleBroken("Say why the check is withdrawn: the reason stays beside what it held.")
    kept = ("run", "root_id", "kind", "trial", "checked_at", "performed_by", "device_at", "note")
    withdrawn = Check(
        **{name: getattr(check, name) for name in kept},
        version=check.version + 1,
        supersedes=check,
        entered_at=at,
        transmitted_by=by,
        reason=reason,
        is_withdrawn=True,
        document=check.document,
    )
    try:
        with transaction.atomic():
            withdrawn.save(force_insert=True)
    except IntegrityError as broken:
        raise AmendedMeanwhile(
            "Somebody amended this check while you had it open. Open it again and look first."
        ) from broken
    recent = Recent(run)
    body = check.document
    reassess_circuit(
        run=run,
        at=at,
        measures={*body["values"], *body["derived"]},
        looks=set(body["findings"]),
        recent=recent,
        is_taken_back=True,
    )
    reassess_check_due(run=run, at=at, recent=recent)
    return withdrawn
