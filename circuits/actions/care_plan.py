"""Targets of the day, emergency plan and ceiling of care: set, reviewed, never carried silently."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import User
from accounts.permissions import Role
from accounts.queries import with_role
from alerts.actions import set_dues
from alerts.owed import Owed
from audit.context import action
from circuits.care_policies import review_hours
from clinical.goals import GOALS, emergency_plan_due, fault_of_target, targets_due
from patients.actions.times import refuse_future
from patients.care import emergency_plan_of, targets_now
from patients.models import DailyTarget, EmergencyPlan, Run
from web.problems import ErrorItem, RuleBroken

TARGETS = "targets"
EMERGENCY_PLAN = "emergency_plan"
KINDS = frozenset({TARGETS, EMERGENCY_PLAN})


class TargetUnclear(RuleBroken):
    code = "target_unclear"
    status = 422


class ReviewInThePast(RuleBroken):
    code = "review_in_the_past"


class NoSuchTarget(RuleBroken):
    code = "no_such_target"


class NotAPhysician(RuleBroken):
    code = "not_a_physician"


@action("set a target of the day")
def set_target(
    *,
    run: Run,
    key: str,
    by: User,
    at: datetime,
    low: Decimal | None = None,
    high: Decimal | None = None,
    words: str = "",
    review_by: datetime | None = None,
) -> DailyTarget:
    """Let a target hold from now until its review time; by default as long as the site says.

    A range in the unit of the measure, or words. Raises TargetUnclear, ReviewInThePast.
    """
    run = Run.objects.locked(run.pk)
    fault = fault_of_target(key, low, high, words)
    if fault is not None:
        raise TargetUnclear(fault, errors=_errors("key", "unclear", fault))
    target = DailyTarget.objects.create(
        run=run,
        key=key,
        low=low,
        high=high,
        measure_unit=GOALS[key].unit,
        words=words.strip(),
        set_at=at,
        review_by=_review_by(run, review_by, at),
        entered_at=at,
        entered_by=by,
    )
    reassess_care_plan(run=run, at=at)
    return target


@action("carried targets forward")
def carry_targets_forward(
    *, run: Run, keys: Iterable[str], by: User, at: datetime, review_by: datetime | None = None
) -> list[DailyTarget]:
    """Confirm that targets hold for another day: each named one by hand, none by itself.

    Raises NoSuchTarget for a key that has none.
    """
    run = Run.objects.locked(run.pk)
    until = _review_by(run, review_by, at)
    held = {one.row.key: one.row for one in targets_now(run, at)}
    rows = [_again(_held(held, key), by, at, until, is_withdrawn=False) for key in keys]
    carried = DailyTarget.objects.bulk_create(rows)
    reassess_care_plan(run=run, at=at)
    return carried


@action("withdrew a target of the day")
def withdraw_target(*, run: Run, key: str, by: User, at: datetime) -> DailyTarget:
    """Say that a key has no target from now on; what it was stays readable."""
    run = Run.objects.locked(run.pk)
    held = {one.row.key: one.row for one in targets_now(run, at)}
    row = _held(held, key)
    gone = _again(row, by, at, at + timedelta(minutes=1), is_withdrawn=True)
    gone.save()
    reassess_care_plan(run=run, at=at)
    return gone


@action("set the emergency plan")
def set_emergency_plan(
    *,
    run: Run,
    ceiling: str,
    words: str,
    physician: User,
    reviewed_at: datetime,
    by: User,
    at: datetime,
) -> EmergencyPlan:
    """Write down what a physician decided: the plan and the ceiling of care.

    Whoever may set plans may enter it for the physician who decided. Raises NotAPhysician.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(reviewed_at, at, "time of the review")
    if not with_role(Role.PHYSICIAN, run.unit, at).filter(pk=physician.pk).exists():
        message = (
            f"{physician} is no physician of {run.unit}. Emergency plan and ceiling of care are "
            "a physician's: choose who decided."
        )
        raise NotAPhysician(message, errors=_errors("physician", "not_a_physician", message))
    hours = review_hours(run.unit.centre, at).emergency_plan_h
    plan = EmergencyPlan.objects.create(
        run=run,
        ceiling=ceiling,
        words=words.strip(),
        physician=physician,
        reviewed_at=reviewed_at,
        review_by=reviewed_at + timedelta(hours=hours),
        entered_at=at,
        entered_by=by,
    )
    reassess_care_plan(run=run, at=at)
    return plan


def reassess_care_plan(*, run: Run, at: datetime) -> None:
    """Say when targets and emergency plan are to be looked at; nothing once the run has ended."""
    dues = [] if run.ended_at else list(_owed(run, at))
    set_dues(unit=run.unit, run=run, subject=str(run.public_id), kinds=KINDS, dues=dues, at=at)


def _owed(run: Run, at: datetime) -> Iterable[Owed]:
    hours = review_hours(run.unit.centre, at)
    plan = emergency_plan_of(run)
    item = emergency_plan_due(
        reviewed_at=plan.reviewed_at if plan else None,
        time_on=run.started_here_at or run.started_at,
        every_h=hours.emergency_plan_h,
    )
    verb = "Review" if plan else "Enter"
    label = f"{verb} emergency plan and ceiling of care"
    yield Owed(EMERGENCY_PLAN, label, item, owner="physician", source=hours.source)
    held = targets_now(run, at)
    if held:
        first = min((one.row for one in held), key=lambda row: row.review_by)
        due = targets_due(first.review_by, first.set_at)
        yield Owed(TARGETS, "Review the targets", due, owner="physician", source=hours.source)


def _review_by(run: Run, wanted: datetime | None, at: datetime) -> datetime:
    if wanted is None:
        return at + timedelta(hours=review_hours(run.unit.centre, at).targets_h)
    if wanted <= at:
        raise ReviewInThePast(
            "The review time must be later than now. Choose when the target is looked at again."
        )
    return wanted


def _held(held: dict[str, DailyTarget], key: str) -> DailyTarget:
    if key not in held:
        label = GOALS[key].label if key in GOALS else key
        raise NoSuchTarget(
            f"No target holds for {label}. Reload the page; set one if it is wanted."
        )
    return held[key]


def _again(
    row: DailyTarget, by: User, at: datetime, review_by: datetime, *, is_withdrawn: bool
) -> DailyTarget:
    return DailyTarget(
        run=row.run,
        key=row.key,
        low=row.low,
        high=row.high,
        measure_unit=row.measure_unit,
        words=row.words,
        carried_from=row,
        set_at=at,
        review_by=review_by,
        is_withdrawn=is_withdrawn,
        entered_at=at,
        entered_by=by,
    )


def _errors(parameter: str, rule: str, message: str) -> list[ErrorItem]:
    return [ErrorItem(parameter=parameter, rule=rule, message=message)]
