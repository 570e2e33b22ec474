"""What anticoagulation is aimed at, from when to when."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import User
from audit.context import action
from clinical.measures import MEASURES, Kind
from labs.actions.reassess import reassess_labs
from labs.models import Agent, AnticoagulationPlan
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Run
from web.problems import RuleBroken
from web.questions import refuse


class PlansOverlap(RuleBroken):
    code = "plans_overlap"


@action("set the anticoagulation plan")
def set_plan(
    *,
    run: Run,
    agent: str,
    starts_at: datetime,
    by: User,
    at: datetime,
    driver: str = "",
    target_low: Decimal | None = None,
    target_high: Decimal | None = None,
    protocol: str = "",
    reason: str = "",
    ends_at: datetime | None = None,
    public_id: UUID | None = None,
) -> AnticoagulationPlan:
    """Let agent, test and target hold from `starts_at`; the plan before ends there.

    The target is in the unit of the test. Raises PlansOverlap if a plan that begins later is on
    record, CannotBe for an unknown test or a target upside down.
    """
    run = Run.objects.locked(run.pk)
    if public_id and (
        already := AnticoagulationPlan.objects.filter(public_id=public_id, run=run).first()
    ):
        return already
    refuse_future(starts_at, at, "start of the plan")
    refuse_outside_run(run, starts_at, "start of the plan")
    unit = _unit_of(agent, driver, target_low, target_high)
    _make_room(run, starts_at)
    plan = AnticoagulationPlan(
        run=run,
        agent=agent,
        driver=driver,
        target_low=target_low,
        target_high=target_high,
        unit=unit,
        protocol=protocol,
        reason=reason,
        starts_at=starts_at,
        ends_at=ends_at,
        entered_at=at,
        entered_by=by,
    )
    if public_id:
        plan.public_id = public_id
    plan.save(force_insert=True)
    reassess_labs(run=run, at=at)
    return plan


@action("ended the anticoagulation plan")
def end_plan(
    *, plan: AnticoagulationPlan, ends_at: datetime, by: User, at: datetime, reason: str = ""
) -> AnticoagulationPlan:
    """Let a plan hold no longer than `ends_at`."""
    run = Run.objects.locked(plan.run_id)
    refuse_future(ends_at, at, "end of the plan")
    if ends_at <= plan.starts_at:
        raise refuse("ends_at", "not_after_start", "The plan would end before it began.")
    plan.ends_at = ends_at
    plan.save(update_fields=["ends_at"])
    reassess_labs(run=run, at=at)
    return plan


def _unit_of(agent: str, driver: str, low: Decimal | None, high: Decimal | None) -> str:
    if agent not in Agent.values:
        raise refuse("agent", "agent_unknown", f"No agent is called {agent}.")
    if not driver:
        return ""
    measure = MEASURES.get(driver)
    if measure is None or measure.kind is not Kind.LAB:
        raise refuse("driver", "code_unknown", f"No laboratory test is called {driver}.")
    if low is not None and high is not None and low > high:
        raise refuse("target_low", "upside_down", "The lower target is above the upper one.")
    return measure.unit


def _make_room(run: Run, starts_at: datetime) -> None:
    if run.plans.filter(starts_at__gte=starts_at).exists():
        raise PlansOverlap(
            "A plan that begins at this time or later is on record. Choose a later start, or "
            "correct that plan first."
        )
    for earlier in run.plans.exclude(ends_at__lte=starts_at):
        earlier.ends_at = starts_at
        earlier.save(update_fields=["ends_at"])
