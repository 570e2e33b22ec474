"""Clots on the map of a circuit: seen, looked at again, gone."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from alerts.actions import reconcile_alerts
from alerts.models import Category
from audit.context import action
from circuits.clots import PLACES, parts_since, seen_of
from circuits.models import ClotKind, ClotLook
from clinical.clots import Change, assess_map, least_grade, standing
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Run
from web.problems import NeedsConfirmation, RuleBroken

SUBJECT = "clot_map"


class GoneAlready(RuleBroken):
    code = "gone_already"


@action("saw a clot in the circuit")
def record_clot(
    *,
    run: Run,
    place: str,
    kind: str,
    grade: int,
    seen_at: datetime,
    by: User,
    at: datetime,
    size_mm: Decimal | None = None,
    clock_position: int | None = None,
    is_mobile: bool = False,
    note: str = "",
    confirmed: Collection[str] = (),
) -> ClotLook:
    """Put a clot on the map. A grade that its size or its moving contradicts is asked back once."""
    run = Run.objects.locked(run.pk)
    _check_time(run, seen_at, at)
    _ask_about_grade(kind, grade, size_mm, confirmed, is_mobile=is_mobile)
    look = ClotLook.objects.create(
        run=run,
        place=place,
        kind=kind,
        grade=grade,
        size_mm=size_mm,
        clock_position=clock_position,
        is_mobile=is_mobile,
        change=Change.NEW,
        seen_at=seen_at,
        note=note,
        entered_at=at,
        entered_by=by,
    )
    reassess_clots(run=run, at=at)
    return look


@action("looked at a clot again")
def look_at_clot(
    *,
    look: ClotLook,
    change: str,
    grade: int,
    seen_at: datetime,
    by: User,
    at: datetime,
    size_mm: Decimal | None = None,
    is_mobile: bool = False,
    note: str = "",
    confirmed: Collection[str] = (),
) -> ClotLook:
    """Say what a clot did since. `look` is any look at it; one that is gone is a new one if it returns.

    Raises GoneAlready, and NeedsConfirmation for a grade that its size contradicts.
    """
    run = Run.objects.locked(look.run_id)
    _check_time(run, seen_at, at)
    newest = run.clot_looks.filter(clot=look.clot).first() or look
    if newest.change == Change.GONE and newest.seen_at <= seen_at:
        raise GoneAlready("This clot was gone by then. If there is one again, record a new one.")
    if change != Change.GONE:
        _ask_about_grade(newest.kind, grade, size_mm, confirmed, is_mobile=is_mobile)
    again = ClotLook.objects.create(
        clot=newest.clot,
        run=run,
        place=newest.place,
        kind=newest.kind,
        grade=grade,
        size_mm=size_mm,
        clock_position=newest.clock_position,
        is_mobile=is_mobile,
        change=change,
        seen_at=seen_at,
        note=note,
        entered_at=at,
        entered_by=by,
    )
    reassess_clots(run=run, at=at)
    return again


def reassess_clots(*, run: Run, at: datetime) -> None:
    """Open, move or close the alert of the worst clot that stands."""
    looks = list(run.clot_looks.all())
    if not looks:
        return
    stands = standing(seen_of(looks), parts_since(run, at), at) if run.ended_at is None else ()
    reconcile_alerts(
        unit=run.unit,
        run=run,
        assessment=assess_map(stands, PLACES),
        at=at,
        category=Category.PHYSIOLOGY,
        subject=SUBJECT,
    )


def _check_time(run: Run, seen_at: datetime, at: datetime) -> None:
    refuse_future(seen_at, at, "time of the look")
    refuse_outside_run(run, seen_at, "time of the look")


def _ask_about_grade(
    kind: str, grade: int, size_mm: Decimal | None, confirmed: Collection[str], *, is_mobile: bool
) -> None:
    least = least_grade(is_clot=kind == ClotKind.CLOT, size_mm=size_mm, is_mobile=is_mobile)
    if grade < least and "grade" not in confirmed:
        why = "It moves" if is_mobile else f"It measures {size_mm} mm"
        said = f"{why}, which on the scale is grade {least} or more. Keep grade {grade}?"
        raise NeedsConfirmation(
            said, errors=[{"parameter": "grade", "rule": "least_grade", "message": said}]
        )
