"""Cannulas: put in, corrected, moved, taken out. What lies in the patient is never refused."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from audit.context import action
from patients.actions.times import local, refuse_future
from patients.models import Cannula, CannulaPosition, Run
from web.problems import RuleBroken

CORRECTABLE = (
    "site",
    "side",
    "purpose",
    "size_fr",
    "length_cm",
    "lumens",
    "is_minor",
    "technique",
    "inserted_at",
)


class CannulaIsOut(RuleBroken):
    code = "cannula_is_out"


class RemovedBeforeInsertion(RuleBroken):
    code = "removed_before_insertion"


@action("recorded a cannula")
def insert_cannula(
    *, run: Run, inserted_at: datetime, by: User, at: datetime, **facts: Any
) -> Cannula:
    """Add a cannula. It may have been put in before flow on.

    `facts`: site, side, purpose, size_fr, length_cm, lumens, is_minor, technique, depth_cm,
    tip_position.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(inserted_at, at, "time of insertion")
    if facts.get("tip_position"):
        facts["tip_entered_at"] = at
    cannula = Cannula.objects.create(
        run=run, inserted_at=inserted_at, entered_at=at, entered_by=by, **facts
    )
    _note_position(cannula, inserted_at, by, at, cannula.depth_cm, cannula.tip_position, "")
    return cannula


@action("corrected a cannula")
def correct_cannula(
    *, cannula: Cannula, by: User, at: datetime, reason: str, **facts: Any
) -> Cannula:
    """Correct what was entered of a cannula (`CORRECTABLE`); the history keeps what was there."""
    cannula = _locked(cannula)
    if not reason.strip():
        raise RuleBroken("Say why it is corrected: whoever comes next reads the reason.")
    refuse_future(facts.get("inserted_at", cannula.inserted_at), at, "time of insertion")
    for name in set(facts) & set(CORRECTABLE):
        setattr(cannula, name, facts[name])
    if cannula.removed_at and cannula.removed_at <= cannula.inserted_at:
        raise RemovedBeforeInsertion(_too_early(cannula, cannula.removed_at))
    cannula.save(update_fields=[name for name in CORRECTABLE if name in facts])
    return cannula


@action("recorded where a cannula's tip lies")
def record_tip(*, cannula: Cannula, tip_position: str, by: User, at: datetime) -> Cannula:
    """Note the tip's position as seen now."""
    return reposition_cannula(
        cannula=cannula, seen_at=at, tip_position=tip_position, reason="", by=by, at=at
    )


@action("recorded the position of a cannula")
def reposition_cannula(
    *,
    cannula: Cannula,
    seen_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    depth_cm: Decimal | None = None,
    tip_position: str = "",
) -> Cannula:
    """Note how deep a cannula is secured (cm) and where its tip was seen; the history stays.

    The cannula shows the newest by `seen_at`: what is told late about an earlier time changes the
    history only.
    """
    cannula = _locked(cannula)
    refuse_future(seen_at, at, "time of the position")
    if depth_cm is None and not tip_position:
        raise RuleBroken("Give the depth, the position of the tip, or both.")
    _note_position(cannula, seen_at, by, at, depth_cm, tip_position, reason)
    rows = list(cannula.positions.order_by("seen_at", "pk"))
    cannula.depth_cm = next((r.depth_cm for r in reversed(rows) if r.depth_cm is not None), None)
    tip = next((row for row in reversed(rows) if row.tip_position), None)
    if tip is not None:
        cannula.tip_position, cannula.tip_entered_at = tip.tip_position, tip.entered_at
    cannula.save(update_fields=["depth_cm", "tip_position", "tip_entered_at"])
    return cannula


@action("recorded that a cannula came out")
def remove_cannula(
    *,
    cannula: Cannula,
    removed_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    repair: str = "",
) -> Cannula:
    """Note removal, why (CannulaRemoval) and the repair. It may be after flow off."""
    cannula = _locked(cannula)
    if cannula.removed_at:
        who = f"{cannula.removed_by} recorded that" if cannula.removed_by else "it was recorded"
        when = local(cannula.removal_entered_at or cannula.removed_at, cannula.run)
        raise CannulaIsOut(
            f"{cannula} came out already at {local(cannula.removed_at, cannula.run)}; {who} at "
            f"{when}. Reload the run to see what is in place now."
        )
    refuse_future(removed_at, at, "time of removal")
    if removed_at <= cannula.inserted_at:
        raise RemovedBeforeInsertion(_too_early(cannula, removed_at))
    cannula.removed_at, cannula.removed_reason, cannula.repair = removed_at, reason, repair
    cannula.removal_entered_at, cannula.removed_by = at, by
    cannula.save(
        update_fields=["removed_at", "removed_reason", "repair", "removal_entered_at", "removed_by"]
    )
    return cannula


def _locked(cannula: Cannula) -> Cannula:
    run = Run.objects.locked(cannula.run_id)
    fresh = Cannula.objects.select_related("removed_by").get(pk=cannula.pk)
    fresh.run = run
    return fresh


def _note_position(
    cannula: Cannula,
    seen_at: datetime,
    by: User,
    at: datetime,
    depth_cm: Decimal | None,
    tip_position: str,
    reason: str,
) -> None:
    if depth_cm is None and not tip_position:
        return
    CannulaPosition.objects.create(
        cannula=cannula,
        seen_at=seen_at,
        depth_cm=depth_cm,
        tip_position=tip_position,
        reason=reason,
        entered_at=at,
        entered_by=by,
    )


def _too_early(cannula: Cannula, removed_at: datetime) -> str:
    return (
        f"{cannula} went in at {local(cannula.inserted_at, cannula.run)}, so it cannot have come "
        f"out at {local(removed_at, cannula.run)}. Correct one of the two times."
    )
