"""Anticoagulant infusions: started, changed, held, resumed, stopped. What was done is a fact.

A fact is refused only if it cannot be (in the future, outside the run); what looks like a slip is
asked back.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import User
from audit.context import action
from clinical.anticoagulation import InfusionState
from labs.actions.reassess import reassess_labs
from labs.models import Agent, ChangeKind, Infusion, InfusionChange, InfusionChangeWithdrawal
from labs.queries.infusions import state_at
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Run
from patients.queries import weight_at
from web.problems import ErrorItem, RuleBroken
from web.questions import ask, refuse

# Product defaults for what is asked back, to be replaced by the site's own; no clinical limits.
LARGE_CHANGE = Decimal("0.5")
WEIGHT_APART = Decimal("0.1")
USUAL_UNITS = {
    Agent.UFH: "[IU]/kg/h",
    Agent.BIVALIRUDIN: "mg/kg/h",
    Agent.ARGATROBAN: "ug/kg/min",
}
"""How bedside reference 2.1 writes the rates of these agents."""


class AlreadyWithdrawn(RuleBroken):
    code = "already_withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to an infusion, and when. Rates are in the infusion's own unit.

    `review_at` is when a hold must be looked at again; `public_id` makes sending twice harmless.
    """

    kind: str
    changed_at: datetime
    rate: Decimal | None = None
    bolus: Decimal | None = None
    bolus_unit: str = ""
    review_at: datetime | None = None
    reason: str = ""
    verified_by: User | None = None
    public_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Dosing:
    """How an infusion is written down: unit of the rate (UCUM), weight and concentration."""

    rate_unit: str
    weight_kg: Decimal | None = None
    weight_basis: str = ""
    concentration: Decimal | None = None
    concentration_unit: str = ""


@action("started an infusion")
def start_infusion(
    *,
    run: Run,
    agent: str,
    dosing: Dosing,
    change: Change,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> InfusionChange:
    """Start an agent, or start it again. Raises NeedsConfirmation, CannotBe, InTheFuture,
    OutsideRun.

    The dosing weight and concentration of an infusion that ran before are brought up to date.
    """
    run = Run.objects.locked(run.pk)
    if agent not in Agent.values or agent == Agent.NONE:
        raise refuse("agent", "agent_unknown", f"No agent that is infused is called “{agent}”.")
    _refuse_impossible(run, change, at)
    infusion = run.infusions.filter(agent=agent, rate_unit=dosing.rate_unit).first()
    if infusion and (already := _already(infusion, change)):
        return already
    state = state_at(infusion, change.changed_at) if infusion else InfusionState(None, False)  # noqa: FBT003
    questions = [*_dosing_questions(run, agent, dosing, change), *_questions(change, state)]
    ask(questions, confirmed)
    infusion = _with_dosing(infusion, run, agent, dosing, by, at)
    return _store(run, infusion, change, state, by, at)


@action("changed an infusion")
def change_infusion(
    *,
    infusion: Infusion,
    change: Change,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> InfusionChange:
    """Record a new rate, bolus, hold, resumption or stop of an infusion.

    Raises CannotBe, InTheFuture or OutsideRun for what cannot be, NeedsConfirmation with every
    open question for what may be a slip.
    """
    run = Run.objects.locked(infusion.run_id)
    _refuse_impossible(run, change, at)
    if already := _already(infusion, change):
        return already
    state = state_at(infusion, change.changed_at)
    ask(_questions(change, state), confirmed)
    return _store(run, infusion, change, state, by, at)


@action("withdrew an infusion change")
def withdraw_change(
    *, change: InfusionChange, by: User, at: datetime, reason: str
) -> InfusionChangeWithdrawal:
    """Say that a change was entered in error; it stays readable and counts no more."""
    run = Run.objects.locked(change.infusion.run_id)
    if not reason.strip():
        raise RuleBroken("Say why: the reason stays beside the withdrawn change.")
    if InfusionChangeWithdrawal.objects.filter(change=change).exists():
        raise AlreadyWithdrawn("This change was withdrawn already. Reload the page.")
    withdrawal = InfusionChangeWithdrawal.objects.create(change=change, reason=reason, at=at, by=by)
    reassess_labs(run=run, at=at)
    return withdrawal


def _refuse_impossible(run: Run, change: Change, at: datetime) -> None:
    refuse_future(change.changed_at, at, "time of the change")
    refuse_outside_run(run, change.changed_at, "time of the change")
    if change.kind not in ChangeKind.values:
        raise refuse("kind", "kind_unknown", f"“{change.kind}” is nothing done to an infusion.")
    if change.kind in {ChangeKind.START, ChangeKind.CHANGE, ChangeKind.RESUME}:
        if change.rate is None:
            raise refuse("rate", "missing", "Say at which rate it goes on.")
        if change.rate < 0:
            raise refuse("rate", "negative", "A rate cannot be below zero.")
    if change.kind == ChangeKind.BOLUS and change.bolus is not None and change.bolus <= 0:
        raise refuse("bolus", "not_above_zero", "A bolus is more than nothing.")


def _already(infusion: Infusion, change: Change) -> InfusionChange | None:
    if change.public_id is None:
        return None
    return InfusionChange.objects.filter(infusion=infusion, public_id=change.public_id).first()


def _questions(change: Change, state: InfusionState) -> Iterator[ErrorItem]:
    kind, rate = change.kind, state.rate or Decimal(0)
    is_flowing = rate > 0
    odd = {
        ChangeKind.START: is_flowing and "It is running already",
        ChangeKind.CHANGE: not is_flowing and "It is not running at that time",
        ChangeKind.BOLUS: state.rate is None and "It was not started by then",
        ChangeKind.HOLD: not is_flowing and "It is not running at that time",
        ChangeKind.RESUME: not state.is_on_hold and "It is not on hold at that time",
        ChangeKind.STOP: not is_flowing and not state.is_on_hold and "It is not running then",
    }[ChangeKind(kind)]
    if odd:
        message = f"{odd}. If this is what was done, confirm it."
        yield ErrorItem(parameter="kind", rule="does_not_follow", message=message)
    if kind == ChangeKind.BOLUS and change.bolus is None:
        message = "Say how large the bolus was; if nobody knows any more, confirm that."
        yield ErrorItem(parameter="bolus", rule="missing", message=message)
    if kind == ChangeKind.CHANGE and is_flowing and change.rate is not None:
        share = abs(change.rate - rate) / rate
        if share > LARGE_CHANGE:
            message = (
                f"From {rate.normalize():f} to {change.rate.normalize():f} is a change of "
                f"{share * 100:.0f} %. Check the decimal point; if it is right, confirm it."
            )
            yield ErrorItem(parameter="rate", rule="large_change", message=message)


def _dosing_questions(run: Run, agent: str, dosing: Dosing, change: Change) -> Iterator[ErrorItem]:
    usual = USUAL_UNITS.get(Agent(agent), dosing.rate_unit)
    if dosing.rate_unit != usual:
        message = (
            f"{Agent(agent).label} is written in {usual} as a rule, this is in "
            f"{dosing.rate_unit}. Check the unit; if it is right, confirm it."
        )
        yield ErrorItem(parameter="rate_unit", rule="unit_unusual", message=message)
    known = weight_at(run, change.changed_at)
    if dosing.weight_kg is None or known is None:
        return
    if abs(dosing.weight_kg - known.weight_kg) > known.weight_kg * WEIGHT_APART:
        message = (
            f"The dosing weight {dosing.weight_kg.normalize():f} kg is not the weight on record, "
            f"{known.weight_kg.normalize():f} kg. If it is meant so, confirm it."
        )
        yield ErrorItem(parameter="weight_kg", rule="weight_differs", message=message)


def _with_dosing(
    infusion: Infusion | None, run: Run, agent: str, dosing: Dosing, by: User, at: datetime
) -> Infusion:
    facts = {
        "weight_kg": dosing.weight_kg,
        "weight_basis": dosing.weight_basis,
        "concentration": dosing.concentration,
        "concentration_unit": dosing.concentration_unit,
    }
    if infusion is None:
        return Infusion.objects.create(
            run=run,
            agent=agent,
            rate_unit=dosing.rate_unit,
            entered_at=at,
            entered_by=by,
            **facts,
        )
    moved = {name: value for name, value in facts.items() if value not in {None, ""}}
    for name, value in moved.items():
        setattr(infusion, name, value)
    if moved:
        infusion.save(update_fields=list(moved))
    return infusion


def _store(
    run: Run, infusion: Infusion, change: Change, state: InfusionState, by: User, at: datetime
) -> InfusionChange:
    row = InfusionChange(
        infusion=infusion,
        changed_at=change.changed_at,
        kind=change.kind,
        rate=_rate_that_goes_on(change, state),
        bolus=change.bolus if change.kind == ChangeKind.BOLUS else None,
        bolus_unit=change.bolus_unit if change.kind == ChangeKind.BOLUS else "",
        review_at=change.review_at if change.kind == ChangeKind.HOLD else None,
        reason=change.reason,
        entered_at=at,
        entered_by=by,
        verified_by=change.verified_by,
    )
    if change.public_id:
        row.public_id = change.public_id
    row.save(force_insert=True)
    reassess_labs(run=run, at=at)
    return row


def _rate_that_goes_on(change: Change, state: InfusionState) -> Decimal | None:
    if change.kind in {ChangeKind.HOLD, ChangeKind.STOP}:
        return Decimal(0)
    if change.kind == ChangeKind.BOLUS:
        return state.rate or Decimal(0)
    return change.rate
